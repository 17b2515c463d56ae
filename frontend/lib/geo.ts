// Little geometry on WGS84 degrees, good enough for a district.
import type { Feature, FeatureCollection, MultiPolygon, Point, Polygon, Position } from "geojson";

const METRES_PER_DEGREE = 111_320;

export interface Place {
  lat: number;
  lon: number;
}

/** The place so many metres to the east and the north. */
export function moved(from: Place, east: number, north: number): Place {
  const shrink = Math.cos((from.lat * Math.PI) / 180);
  return {
    lat: from.lat + north / METRES_PER_DEGREE,
    lon: from.lon + east / (METRES_PER_DEGREE * shrink),
  };
}

/** A ring of 48 corners around a place. */
export function circle(at: Place, metres: number): Feature<Polygon> {
  const ring: Position[] = [];
  for (let i = 0; i <= 48; i++) {
    const turn = (i / 48) * 2 * Math.PI;
    const edge = moved(at, Math.cos(turn) * metres, Math.sin(turn) * metres);
    ring.push([edge.lon, edge.lat]);
  }
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
}

/** Where an area's name stands: the centroid of its largest ring. */
export function labelPoint(area: Polygon | MultiPolygon): Position {
  const rings =
    area.type === "Polygon" ? [area.coordinates[0]] : area.coordinates.map((one) => one[0]);
  let best: { size: number; at: Position } = { size: -1, at: [0, 0] };
  for (const ring of rings) {
    const found = centroid(ring ?? []);
    if (found.size > best.size) best = found;
  }
  return best.at;
}

function centroid(ring: Position[]): { size: number; at: Position } {
  const [ox, oy] = (ring[0] ?? [0, 0]) as [number, number];
  let twice = 0;
  let x = 0;
  let y = 0;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax, ay] = ring[i] as [number, number];
    const [bx, by] = ring[i + 1] as [number, number];
    const cross = (ax - ox) * (by - oy) - (bx - ox) * (ay - oy);
    twice += cross;
    x += (ax + bx - 2 * ox) * cross;
    y += (ay + by - 2 * oy) * cross;
  }
  if (!twice) return { size: 0, at: [ox, oy] };
  return { size: Math.abs(twice), at: [ox + x / (3 * twice), oy + y / (3 * twice)] };
}

/** The names of areas as points. */
export function labels(areas: FeatureCollection): FeatureCollection<Point> {
  const features: Feature<Point>[] = [];
  for (const area of areas.features) {
    const shape = area.geometry;
    if (shape.type !== "Polygon" && shape.type !== "MultiPolygon") continue;
    features.push({
      type: "Feature",
      properties: area.properties,
      geometry: { type: "Point", coordinates: labelPoint(shape) },
    });
  }
  return { type: "FeatureCollection", features };
}

/** Whether a place lies in the box around all areas. Without areas everything does. */
export function around(all: FeatureCollection, { lat, lon }: Place): boolean {
  const box = bounds(all);
  if (!box) return true;
  const [west, south, east, north] = box;
  return west <= lon && lon <= east && south <= lat && lat <= north;
}

/** West, south, east, north of everything, or nothing. */
export function bounds(all: FeatureCollection): [number, number, number, number] | null {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  const visit = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === "number") {
      const [lon, lat] = part as [number, number];
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    } else for (const inner of part) visit(inner);
  };
  for (const one of all.features)
    if ("coordinates" in one.geometry) visit(one.geometry.coordinates);
  return Number.isFinite(box[0]) ? box : null;
}
