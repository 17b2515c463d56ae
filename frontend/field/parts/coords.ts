// From the WGS84 that we keep to what China's map apps expect: GCJ-02 (AMap, Tencent), BD-09 (Baidu).
import type { Place } from "../../lib/geo";

const RADIUS = 6_378_245;
const EE = 0.006693421622965943;
const BD = (Math.PI * 3000) / 180;

/** GCJ-02 of a place in WGS84. Outside China nothing is shifted. */
export function wgsToGcj({ lat, lon }: Place): Place {
  if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return { lat, lon };
  const [x, y] = [lon - 105, lat - 35];
  const turn = (lat / 180) * Math.PI;
  const magic = 1 - EE * Math.sin(turn) ** 2;
  const root = Math.sqrt(magic);
  return {
    lat: lat + (northOf(x, y) * 180) / (((RADIUS * (1 - EE)) / (magic * root)) * Math.PI),
    lon: lon + (eastOf(x, y) * 180) / ((RADIUS / root) * Math.cos(turn) * Math.PI),
  };
}

/** BD-09 of a place in GCJ-02. */
export function gcjToBd({ lat, lon }: Place): Place {
  const far = Math.hypot(lon, lat) + 0.00002 * Math.sin(lat * BD);
  const turn = Math.atan2(lat, lon) + 0.000003 * Math.cos(lon * BD);
  return { lat: far * Math.sin(turn) + 0.006, lon: far * Math.cos(turn) + 0.0065 };
}

const waves = (value: number, one: number, two: number, three: number) =>
  ((one * Math.sin(value * Math.PI) +
    two * Math.sin((value / 3) * Math.PI) +
    three * Math.sin((value / 12) * Math.PI)) *
    2) /
  3;

const ripple = (x: number) =>
  ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3;

function northOf(x: number, y: number): number {
  const base = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x));
  return base + ripple(x) + waves(y, 20, 40, 0) + far(y);
}

/** The last terms of the northern shift have periods of their own. */
function far(y: number): number {
  return ((160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3;
}

function eastOf(x: number, y: number): number {
  const base = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x));
  const slow = ((150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2) / 3;
  return base + ripple(x) + waves(x, 20, 40, 0) + slow;
}
