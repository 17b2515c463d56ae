// MapLibre, loaded only by pages that have a map. Our own areas, names and points; a base map is
// an option. Names are drawn by the browser's fonts, so no glyph server is needed.
import type { FeatureCollection } from "geojson";
import {
  type GeoJSONSource,
  MapLibreMap as MapLibre,
  NavigationControl,
  type StyleSpecification,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "../styles/maplibre.css";
import { type Colours, colours, onThemeChange } from "./colours";
import { bounds, labels } from "./geo";
import { words } from "./words";

export { Marker } from "maplibre-gl";
export type { GeoJSONSource, MapLibre };

setWorkerUrl(workerUrl);

const NONE: FeatureCollection = { type: "FeatureCollection", features: [] };
const GULOU: [number, number] = [119.296, 26.088];

export interface Drawing {
  map: MapLibre;
  stop: () => void;
}

export interface Wanted {
  canvas: HTMLElement;
  areas: string;
  points: string;
  base: string;
  label: string;
  centre: [number, number] | null;
  zoom: number;
  /** Set again whenever the style is: what a page draws by itself. */
  more?: (map: MapLibre, colours: Colours) => void;
}

/** Draw a map, fitted to its points, else to its areas. Throws where WebGL is missing. */
export async function draw(wanted: Wanted): Promise<Drawing> {
  const [areas, points] = await Promise.all([load(wanted.areas), load(wanted.points)]);
  const base = wanted.base ? await fetch(wanted.base).then((r) => r.json()) : null;
  const style = () => dress(areas, points, colours(), base);
  const box = bounds(areas) ?? bounds(points);
  const map = new MapLibre({
    container: wanted.canvas,
    style: style(),
    center: wanted.centre ?? GULOU,
    zoom: wanted.centre ? wanted.zoom : 12,
    ...(box && !wanted.centre ? { bounds: box, fitBoundsOptions: { padding: 24 } } : {}),
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
  map.touchZoomRotate.disableRotation();
  map.scrollZoom.disable(); // The page scrolls over the map until somebody takes hold of it.
  map.once("mousedown", () => map.scrollZoom.enable());
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.on("style.load", () => wanted.more?.(map, colours()));
  const stopTheme = onThemeChange(() => map.setStyle(style(), { diff: false }));
  return {
    map,
    stop: () => {
      stopTheme();
      map.remove();
    },
  };
}

async function load(url: string): Promise<FeatureCollection> {
  if (!url) return NONE;
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : NONE;
}

function dress(
  areas: FeatureCollection,
  points: FeatureCollection,
  ink: Colours,
  base: StyleSpecification | null,
): StyleSpecification {
  const english = document.documentElement.lang.startsWith("en");
  const level = (...names: string[]) => ["in", ["get", "level"], ["literal", names]] as never;
  const named = (
    english
      ? ["coalesce", ["get", "name_en"], ["get", "name_zh"]]
      : ["coalesce", ["get", "name_zh"], ["get", "name_en"]]
  ) as never;
  const tone = [
    "match", ["coalesce", ["get", "tone"], ""],
    "waiting", ink.waiting, "underway", ink.underway, "recheck", ink.recheck,
    "done", ink.done, "late", ink.late, ink["map-label"],
  ] as never; // biome-ignore format: one table
  const line = (id: string, names: string[], width: number, minzoom: number) => ({
    id,
    type: "line" as const,
    source: "areas",
    minzoom,
    filter: level(...names),
    paint: { "line-color": ink["map-border"], "line-width": width },
  });
  const label = (id: string, names: string[], size: number, minzoom: number, maxzoom: number) => ({
    id,
    type: "symbol" as const,
    source: "labels",
    minzoom,
    maxzoom,
    filter: level(...names),
    layout: {
      "text-field": named,
      "text-font": ["Noto Sans SC", "PingFang SC", "sans-serif"],
      "text-size": size,
      "text-max-width": 8,
      "text-padding": 6,
    },
    paint: {
      "text-color": ink["map-label"],
      "text-halo-color": ink["map-area"],
      "text-halo-width": 1.5,
    },
  });
  const ours = [
    line("grid-line", ["grid"], 0.5, 15),
    line("community-line", ["community"], 0.75, 12.5),
    line("street-line", ["street", "town"], 1.25, 0),
    line("district-line", ["district"], 2.5, 0),
    label("street-name", ["street", "town"], 13, 11, 14),
    label("community-name", ["community"], 12, 14, 17),
    label("grid-name", ["grid"], 11, 17, 24),
    {
      // How exact a place is: a polygon among the points.
      id: "ring",
      type: "fill" as const,
      source: "points",
      filter: ["==", ["geometry-type"], "Polygon"] as never,
      paint: {
        "fill-color": ink.underway,
        "fill-opacity": 0.12,
        "fill-outline-color": ink.underway,
      },
    },
    {
      id: "point",
      type: "circle" as const,
      source: "points",
      filter: ["all", ["!", ["has", "point_count"]], ["==", ["geometry-type"], "Point"]] as never,
      paint: {
        "circle-color": tone,
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 10, 4, 16, 8] as never,
        "circle-stroke-color": ink.surface,
        "circle-stroke-width": 1.5,
      },
    },
    {
      id: "cluster",
      type: "circle" as const,
      source: "points",
      filter: ["has", "point_count"] as never,
      paint: {
        "circle-color": ink.ink,
        "circle-radius": ["step", ["get", "point_count"], 12, 10, 16, 50, 20] as never,
        "circle-stroke-color": ink.surface,
        "circle-stroke-width": 1.5,
      },
    },
    {
      id: "cluster-count",
      type: "symbol" as const,
      source: "points",
      filter: ["has", "point_count"] as never,
      layout: {
        "text-field": ["to-string", ["get", "point_count"]] as never,
        "text-font": ["Noto Sans SC", "sans-serif"],
        "text-size": 12,
        "text-allow-overlap": true,
      },
      paint: { "text-color": ink.paper },
    },
  ];
  const ground = [
    { id: "ground", type: "background" as const, paint: { "background-color": ink["map-ground"] } },
    {
      id: "area",
      type: "fill" as const,
      source: "areas",
      filter: level("district"),
      paint: { "fill-color": ink["map-area"] },
    },
  ];
  const sources = {
    areas: { type: "geojson" as const, data: areas },
    labels: { type: "geojson" as const, data: labels(areas) },
    points: {
      type: "geojson" as const,
      data: points,
      cluster: points.features.length > 60,
      clusterRadius: 36,
      clusterMaxZoom: 15,
    },
  };
  if (!base) return { version: 8, sources, layers: [...ground, ...ours] } as StyleSpecification;
  return {
    ...base,
    sources: { ...base.sources, ...sources },
    layers: [...base.layers, ...ours],
  } as StyleSpecification;
}
