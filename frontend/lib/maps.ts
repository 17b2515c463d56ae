// MapLibre, loaded only by pages that have a map. Our own areas, names and points; a base map is
// an option. Names are drawn by the browser's fonts, so no glyph server is needed.
import type { FeatureCollection } from "geojson";
import {
  type GeoJSONSource,
  MapLibreMap as MapLibre,
  NavigationControl,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "../styles/maplibre.css";
import { loadBase } from "./basemap";
import { type Colours, colours, onThemeChange } from "./colours";
import { around, bounds } from "./geo";
import { dress, provenance } from "./mapstyle";
import { words } from "./words";

export { Marker } from "maplibre-gl";
export type { GeoJSONSource, MapLibre };

setWorkerUrl(workerUrl);

const NONE: FeatureCollection = { type: "FeatureCollection", features: [] };
const GULOU: [number, number] = [119.296, 26.088];

export interface Drawing {
  map: MapLibre;
  areas: FeatureCollection;
  stop: () => void;
}

export interface Wanted {
  canvas: HTMLElement;
  /** An address, or the areas themselves where a phone keeps them. */
  areas: string | FeatureCollection;
  points: string;
  /** Address of a MapLibre style to draw under ours. */
  base: string;
  /** Where is said of which kind the borders are. */
  caption: HTMLElement;
  label: string;
  centre: [number, number] | null;
  zoom: number;
  /** Stay on the areas where the centre lies far outside them. */
  stay?: boolean;
  /** Set again whenever the style is: what a page draws by itself. */
  more?: (map: MapLibre, colours: Colours) => void;
}

/** Draw a map, fitted to its points, else to its areas. Throws where WebGL is missing. */
export async function draw(wanted: Wanted): Promise<Drawing> {
  const [areas, points, found] = await Promise.all([
    load(wanted.areas),
    load(wanted.points),
    loadBase(wanted.base),
  ]);
  let base = found;
  caption(wanted.caption, areas);
  const style = () => dress(areas, points, colours(), base);
  const box = bounds(areas) ?? bounds(points);
  const [lon, lat] = wanted.centre ?? GULOU;
  const centre = wanted.stay && !around(areas, { lat, lon }) ? null : wanted.centre;
  const map = new MapLibre({
    container: wanted.canvas,
    style: style(),
    center: centre ?? GULOU,
    zoom: centre ? wanted.zoom : 12,
    ...(box && !centre ? { bounds: box, fitBoundsOptions: { padding: 24 } } : {}),
    attributionControl: base ? { compact: true } : false,
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 19,
    fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
    locale: {
      "Map.Title": wanted.label,
      "NavigationControl.ZoomIn": words("zoomIn"),
      "NavigationControl.ZoomOut": words("zoomOut"),
    },
  });
  let drawn = false;
  map.once("style.load", () => {
    drawn = true;
  });
  map.on("error", () => {
    // A base map that cannot be drawn is left out; ours needs none.
    if (drawn || !base) return;
    base = null;
    map.setStyle(style(), { diff: false });
  });
  map.touchZoomRotate.disableRotation();
  map.scrollZoom.disable(); // The page scrolls over the map until somebody takes hold of it.
  map.once("mousedown", () => map.scrollZoom.enable());
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.on("style.load", () => wanted.more?.(map, colours()));
  const stopTheme = onThemeChange(() => map.setStyle(style(), { diff: false }));
  return {
    map,
    areas,
    stop: () => {
      stopTheme();
      map.remove();
    },
  };
}

function caption(element: HTMLElement, areas: FeatureCollection): void {
  const { sketch, reviews } = provenance(areas);
  const said = reviews.map((number) => words("reviewNumber", { number }));
  if (sketch) said.unshift(words("sketch"));
  element.textContent = said.join(" · ");
  element.hidden = !said.length;
}

async function load(url: string | FeatureCollection): Promise<FeatureCollection> {
  if (typeof url !== "string") return url;
  if (!url) return NONE;
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : NONE;
}
