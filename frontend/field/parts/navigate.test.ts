import { expect, test } from "vitest";
import { gcjToBd, wgsToGcj } from "./coords";
import { handoffs } from "./navigate";

test("a place in WGS84 becomes the known place in GCJ-02", () => {
  const { lat, lon } = wgsToGcj({ lat: 40, lon: 120 });
  expect(lat).toBeCloseTo(40.0013047896019, 9);
  expect(lon).toBeCloseTo(120.00567568355486, 9);
});

test("a place outside of China stays where it is", () => {
  expect(wgsToGcj({ lat: 48.8566, lon: 2.3522 })).toEqual({ lat: 48.8566, lon: 2.3522 });
});

test("BD-09 lies a little to the north-east of GCJ-02", () => {
  const { lat, lon } = gcjToBd({ lat: 39.915, lon: 116.404 });
  expect(lat).toBeCloseTo(39.92133699351, 6);
  expect(lon).toBeCloseTo(116.41036949371, 6);
});

test("every map app gets its own coordinates", () => {
  const to = { lat: 26.0862, lon: 119.2941 };
  const gcj = wgsToGcj(to);
  const bd = gcjToBd(gcj);
  const [amap, baidu, tencent, other] = handoffs(to, "三坊七巷", "walk").map((one) =>
    decodeURIComponent(one.url),
  );
  expect(amap).toContain(`to=${gcj.lon.toFixed(6)},${gcj.lat.toFixed(6)},三坊七巷`);
  expect(baidu).toContain(`latlng:${bd.lat.toFixed(6)},${bd.lon.toFixed(6)}|name:三坊七巷`);
  expect(tencent).toContain(`tocoord=${gcj.lat.toFixed(6)},${gcj.lon.toFixed(6)}`);
  expect(other).toBe("geo:26.086200,119.294100");
});
