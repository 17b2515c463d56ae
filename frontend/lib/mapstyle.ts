// What a map is made of: our own areas, names and points, over a base map where there is one.
import type { FeatureCollection } from "geojson";
import type { StyleSpecification } from "maplibre-gl";
import type { Colours } from "./colours";
import { labels } from "./geo";

const FONTS = ["Noto Sans SC", "PingFang SC", "sans-serif"];

/** The style of a map. A border that is not official is a dashed line. */
export function dress(
  areas: FeatureCollection,
  points: FeatureCollection,
  ink: Colours,
  base: StyleSpecification | null,
): StyleSpecification {
  // Where a base map brings a server of glyphs, ours are written in a font that it has.
  const fonts = (base && fontOf(base)) ?? FONTS;
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
  const official = ["==", ["get", "official"], true] as never;
  const lines = (id: string, names: string[], width: number, minzoom: number) =>
    [true, false].map((solid) => ({
      id: solid ? id : `${id}-sketch`,
      type: "line" as const,
      source: "areas",
      minzoom,
      filter: ["all", level(...names), solid ? official : ["!", official]] as never,
      paint: {
        "line-color": ink["map-border"],
        "line-width": width,
        ...(solid ? {} : { "line-dasharray": [3, 2] }),
      },
    }));
  const label = (id: string, names: string[], size: number, minzoom: number, maxzoom: number) => ({
    id,
    type: "symbol" as const,
    source: "labels",
    minzoom,
    maxzoom,
    filter: level(...names),
    layout: {
      "text-field": named,
      "text-font": fonts,
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
    ...lines("grid-line", ["grid"], 0.5, 15),
    ...lines("community-line", ["community"], 0.75, 12.5),
    ...lines("street-line", ["street", "town"], 1.25, 0),
    ...lines("district-line", ["district"], 2.5, 0),
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
        "text-font": fonts,
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

function fontOf(base: StyleSpecification): string[] | undefined {
  for (const layer of base.layers) {
    const font = layer.type === "symbol" && layer.layout?.["text-font"];
    if (Array.isArray(font) && font.every((one) => typeof one === "string"))
      return font as string[];
  }
  return undefined;
}

/** What has to be said of the borders that are drawn: some are a sketch; who reviewed the others. */
export function provenance(areas: FeatureCollection): { sketch: boolean; reviews: string[] } {
  const told = areas.features.map((area) => area.properties ?? {});
  const reviews = told.filter((one) => one.official === true).map((one) => one.review_number);
  return {
    sketch: told.some((one) => one.official !== true),
    reviews: [...new Set(reviews.filter(Boolean).map(String))],
  };
}
