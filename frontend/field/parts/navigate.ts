// Hand a place over to a map app of the phone, in the coordinates that app expects.
import type { Place } from "../../lib/geo";
import { gcjToBd, wgsToGcj } from "./coords";

export type Travel = "walk" | "ride";
export interface Handoff {
  app: "amap" | "baidu" | "tencent" | "other";
  url: string;
}

const TENCENT = { walk: "walk", ride: "bike" } as const;
const AMAP = { walk: "walk", ride: "ride" } as const;
const BAIDU = { walk: "walking", ride: "riding" } as const;

/** Addresses that open each map app with the way to `to` (WGS84). They need no installation. */
export function handoffs(to: Place, name: string, by: Travel): Handoff[] {
  const gcj = wgsToGcj(to);
  const bd = gcjToBd(gcj);
  return [
    {
      app: "amap",
      url: address("https://uri.amap.com/navigation", {
        to: `${gcj.lon.toFixed(6)},${gcj.lat.toFixed(6)},${name.replaceAll(",", " ")}`,
        mode: AMAP[by],
        coordinate: "gaode",
        src: "gulou",
        callnative: "1",
      }),
    },
    {
      app: "baidu",
      url: address("https://api.map.baidu.com/direction", {
        destination: `latlng:${bd.lat.toFixed(6)},${bd.lon.toFixed(6)}|name:${name}`,
        coord_type: "bd09ll",
        mode: BAIDU[by],
        output: "html",
        src: "webapp.gulou",
      }),
    },
    {
      app: "tencent",
      url: address("https://apis.map.qq.com/uri/v1/routeplan", {
        type: TENCENT[by],
        to: name,
        tocoord: `${gcj.lat.toFixed(6)},${gcj.lon.toFixed(6)}`,
        referer: "gulou",
      }),
    },
    {
      // RFC 5870: WGS84, whatever other map the phone has.
      app: "other",
      url: `geo:${to.lat.toFixed(6)},${to.lon.toFixed(6)}`,
    },
  ];
}

function address(base: string, query: Record<string, string>): string {
  return `${base}?${new URLSearchParams(query)}`;
}
