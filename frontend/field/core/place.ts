// Where the phone is. WGS84 everywhere; what WeChat says in GCJ-02 is turned back.
import { FieldError, type Place } from "./types";
import type { Area } from "./wire";

const CODES = { 1: "place.denied", 2: "place.unavailable", 3: "place.timeout" } as const;

export function locate(options: { timeout?: number; fresh?: boolean } = {}): Promise<Place> {
  return new Promise((found, failed) => {
    if (!supported()) return failed(new FieldError("place.unsupported"));
    navigator.geolocation.getCurrentPosition(
      (at) => found(placeOf(at)),
      (error) => failed(errorOf(error)),
      {
        enableHighAccuracy: true,
        timeout: options.timeout ?? 12_000,
        maximumAge: options.fresh ? 0 : 15_000,
      },
    );
  });
}

export function follow(told: (place: Place) => void, failed: (error: FieldError) => void) {
  if (!supported()) {
    failed(new FieldError("place.unsupported"));
    return () => undefined;
  }
  const id = navigator.geolocation.watchPosition(
    (at) => told(placeOf(at)),
    (error) => failed(errorOf(error)),
    { enableHighAccuracy: true, maximumAge: 5000 },
  );
  return () => navigator.geolocation.clearWatch(id);
}

/** Browsers say where they are to secure pages only. */
const supported = () => Boolean(navigator.geolocation) && globalThis.isSecureContext !== false;

const errorOf = (error: GeolocationPositionError) =>
  new FieldError(CODES[error.code as 1 | 2 | 3] ?? "place.unavailable");

const placeOf = ({ coords }: GeolocationPosition): Place => ({
  lat: coords.latitude,
  lon: coords.longitude,
  accuracy: Number.isFinite(coords.accuracy) ? coords.accuracy : null,
  source: "device",
});

const A = 6378245;
const EE = 0.006693421622965943;

/** GCJ-02 of a place in WGS84; outside of China they are the same. */
export function toGcj02(lat: number, lon: number): [number, number] {
  if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return [lat, lon];
  const [x, y, rad] = [lon - 105, lat - 35, (lat / 180) * Math.PI];
  const magic = 1 - EE * Math.sin(rad) ** 2;
  const root = Math.sqrt(magic);
  const north = (northOf(x, y) * 180) / (((A * (1 - EE)) / (magic * root)) * Math.PI);
  const east = (eastOf(x, y) * 180) / ((A / root) * Math.cos(rad) * Math.PI);
  return [lat + north, lon + east];
}

/** Back again, to a few centimetres: the shift is found by trying. */
export function fromGcj02(lat: number, lon: number): [number, number] {
  let [a, b] = [lat, lon];
  for (let i = 0; i < 6; i++) {
    const [x, y] = toGcj02(a, b);
    [a, b] = [a + lat - x, b + lon - y];
  }
  return [a, b];
}

const wave = (v: number, by: number) => Math.sin(v * Math.PI * by);
const common = (x: number) => ((20 * wave(x, 6) + 20 * wave(x, 2)) * 2) / 3;

function northOf(x: number, y: number): number {
  const flat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x));
  const third = ((160 * wave(y, 1 / 12) + 320 * wave(y, 1 / 30)) * 2) / 3;
  return flat + common(x) + ((20 * wave(y, 1) + 40 * wave(y, 1 / 3)) * 2) / 3 + third;
}

function eastOf(x: number, y: number): number {
  const flat = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x));
  const third = ((150 * wave(x, 1 / 12) + 300 * wave(x, 1 / 30)) * 2) / 3;
  return flat + common(x) + ((20 * wave(x, 1) + 40 * wave(x, 1 / 3)) * 2) / 3 + third;
}

/** The smallest area that holds a place: of one level, or of any. */
export function areaAt(areas: Area[], lat: number, lon: number, level?: string): Area | null {
  const found = areas.filter(
    (area) => (!level || area.level === level) && area.rings.some((one) => inside(one, lat, lon)),
  );
  found.sort((a, b) => spread(a) - spread(b));
  return found[0] ?? null;
}

function inside(polygon: number[][][], lat: number, lon: number): boolean {
  let odd = false;
  for (const ring of polygon) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [ax, ay] = ring[i] as [number, number];
      const [bx, by] = ring[j] as [number, number];
      if (ay > lat !== by > lat && lon < ((bx - ax) * (lat - ay)) / (by - ay) + ax) odd = !odd;
    }
  }
  return odd;
}

function spread(area: Area): number {
  const points = area.rings.flat(2) as unknown as [number, number][];
  const [xs, ys] = [points.map((one) => one[0]), points.map((one) => one[1])];
  return (Math.max(...xs) - Math.min(...xs)) * (Math.max(...ys) - Math.min(...ys));
}
