import type { Feature, FeatureCollection } from "geojson";
import type { StyleSpecification } from "maplibre-gl";
import { beforeAll, describe, expect, it } from "vitest";
import { isStyle } from "./basemap";
import type { Colours } from "./colours";
import { dress, provenance } from "./mapstyle";

const street = (properties: object): Feature => ({
  type: "Feature",
  properties: { level: "street", name_zh: "东街", ...properties },
  geometry: { type: "Polygon", coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] },
}); // biome-ignore format: corners
const all = (...features: Feature[]): FeatureCollection => ({
  type: "FeatureCollection",
  features,
});
const NONE = all();
const INK = new Proxy({}, { get: () => "#000" }) as Colours;
const BASE = {
  version: 8,
  glyphs: "https://tiles.example/{fontstack}/{range}.pbf",
  sources: {},
  layers: [{ id: "names", type: "symbol", source: "x", layout: { "text-font": ["Open Sans"] } }],
} as unknown as StyleSpecification;

beforeAll(() => {
  Object.assign(globalThis, { document: { documentElement: { lang: "zh-Hans" } } });
});

describe("a border", () => {
  const layer = (id: string) => dress(NONE, NONE, INK, null).layers.find((one) => one.id === id);
  const paint = (id: string) => layer(id)?.paint as Record<string, unknown>;

  it("is a solid line only where it is official", () => {
    expect(JSON.stringify(layer("street-line"))).toContain('["==",["get","official"],true]]');
    expect(paint("street-line")).not.toHaveProperty("line-dasharray");
  });

  it("is dashed everywhere else", () => {
    expect(JSON.stringify(layer("street-line-sketch"))).toContain('["!",["==",');
    expect(paint("street-line-sketch")).toHaveProperty("line-dasharray");
  });

  it("is called a sketch where nobody says that it is official", () => {
    expect(provenance(all(street({ official: true }), street({}))).sketch).toBe(true);
    expect(provenance(all(street({ official: true }))).sketch).toBe(false);
    expect(provenance(NONE).sketch).toBe(false);
  });

  it("names its review once", () => {
    const reviewed = street({ official: true, review_number: "闽S(2024)1号" });
    expect(provenance(all(reviewed, reviewed)).reviews).toEqual(["闽S(2024)1号"]);
  });
});

describe("a base map", () => {
  it("lies under ours, which write in a font that it has", () => {
    const style = dress(NONE, NONE, INK, BASE);
    expect(style.layers[0]?.id).toBe("names");
    const ours = style.layers.filter((one) => one.type === "symbol").slice(1);
    for (const one of ours) expect(one.layout?.["text-font"]).toEqual(["Open Sans"]);
  });

  it("is none where what came is no style", () => {
    for (const other of [null, [], "x", {}, { version: 7 }, { ...BASE, layers: [] }]) {
      expect(isStyle(other)).toBe(false);
    }
    expect(isStyle(BASE)).toBe(true);
  });
});
