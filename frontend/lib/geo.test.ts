import { describe, expect, it } from "vitest";
import { around, bounds, circle, labelPoint, moved } from "./geo";

const XIHU = { lat: 26.0962, lon: 119.2852 };

describe("a place moved", () => {
  it("goes as far north as it is told", () => {
    expect(moved(XIHU, 0, 111.32).lat - XIHU.lat).toBeCloseTo(0.001, 6);
  });

  it("goes further in degrees to the east, for the meridians are closer here", () => {
    expect(moved(XIHU, 111.32, 0).lon - XIHU.lon).toBeCloseTo(0.001 / Math.cos(0.45546), 5);
  });
});

describe("a circle", () => {
  it("is closed and as wide as its accuracy", () => {
    const ring = circle(XIHU, 50).geometry.coordinates[0] as number[][];
    expect(ring[0]?.[0]).toBeCloseTo(ring.at(-1)?.[0] as number, 9);
    const box = bounds({ type: "FeatureCollection", features: [circle(XIHU, 50)] });
    expect(((box?.[3] as number) - (box?.[1] as number)) * 111_320).toBeCloseTo(100, 1);
  });
});

describe("a name", () => {
  it("stands at the centroid of the largest part", () => {
    const square = (x: number, size: number) => [
      [[x, 0], [x + size, 0], [x + size, size], [x, size], [x, 0]],
    ]; // biome-ignore format: corners
    const at = labelPoint({ type: "MultiPolygon", coordinates: [square(0, 1), square(10, 4)] });
    expect(at[0]).toBeCloseTo(12);
    expect(at[1]).toBeCloseTo(2);
  });
});

describe("bounds", () => {
  it("of nothing are nothing", () => {
    expect(bounds({ type: "FeatureCollection", features: [] })).toBeNull();
  });
});

describe("the box around all areas", () => {
  const areas = { type: "FeatureCollection" as const, features: [circle(XIHU, 500)] };

  it("holds what is in it, and nothing of another country", () => {
    expect(around(areas, moved(XIHU, 300, -300))).toBe(true);
    expect(around(areas, { lat: 51.5, lon: -0.12 })).toBe(false);
  });

  it("says nothing where there are no areas", () => {
    expect(around({ type: "FeatureCollection", features: [] }, { lat: 51.5, lon: -0.12 })).toBe(
      true,
    );
  });
});
