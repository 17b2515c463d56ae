// The areas that the phone keeps, as the map draws them.
import type { FeatureCollection } from "geojson";
import type { Area } from "../core";

export function collection(areas: Area[]): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: areas.map(({ rings, ...properties }) => ({
      type: "Feature",
      properties,
      geometry: { type: "MultiPolygon", coordinates: rings },
    })),
  };
}
