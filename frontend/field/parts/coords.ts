// From the WGS84 that we keep to what China's map apps expect: GCJ-02 (AMap, Tencent), BD-09 (Baidu).
import type { Place } from "../../lib/geo";
import { toGcj02 } from "../core/place";

const BD = (Math.PI * 3000) / 180;

/** GCJ-02 of a place in WGS84. Outside China nothing is shifted. */
export function wgsToGcj(place: Place): Place {
  const [lat, lon] = toGcj02(place.lat, place.lon);
  return { lat, lon };
}

/** BD-09 of a place in GCJ-02. */
export function gcjToBd({ lat, lon }: Place): Place {
  const far = Math.hypot(lon, lat) + 0.00002 * Math.sin(lat * BD);
  const turn = Math.atan2(lat, lon) + 0.000003 * Math.cos(lon * BD);
  return { lat: far * Math.sin(turn) + 0.006, lon: far * Math.cos(turn) + 0.0065 };
}
