// The chain of our own camera view: each picture names the one before (gulou/photos/capture.py reads it).
import { type Db, recall } from "./db";
import { sha256Text, uuid } from "./hash";
import type { Place } from "./types";

interface Chain {
  device: string;
  n: number;
  link: string;
}

/** The line for a picture that was taken just now. */
export async function captured(
  db: Db,
  sha256: string,
  taken: string,
  place: Place | null,
): Promise<string> {
  for (;;) {
    const last = (await recall<Chain>(db, "chain")) ?? { device: uuid(), n: 0, link: "" };
    const line = await lineOf(last, sha256, taken, place);
    // Two pictures at once: only one of them may follow the last one.
    const tx = db.transaction("meta", "readwrite");
    const now = (await tx.store.get("chain")) as Chain | undefined;
    const free = (now?.n ?? 0) === last.n && (now?.link ?? "") === last.link;
    if (free) await tx.store.put({ device: last.device, n: line.n, link: line.link }, "chain");
    await tx.done;
    if (free) return JSON.stringify(line);
  }
}

async function lineOf(last: Chain, sha256: string, taken: string, place: Place | null) {
  const said = {
    v: 1,
    device: last.device,
    n: last.n + 1,
    before: last.link,
    sha256,
    taken,
    lat: place ? rounded(place.lat, 6) : null,
    lon: place ? rounded(place.lon, 6) : null,
    accuracy: place?.accuracy == null ? null : rounded(place.accuracy, 1),
  };
  const text = Object.values(said)
    .map((one) => JSON.stringify(one))
    .join("\n");
  return { ...said, link: await sha256Text(text) };
}

/** Python and JavaScript write such numbers alike; very small ones they would not. */
function rounded(value: number, digits: number): number {
  const by = 10 ** digits;
  const found = Math.round(value * by) / by;
  return Math.abs(found) < 0.001 ? 0 : found;
}

/** An ISO time with the phone's offset, of milliseconds. */
export function localTime(at: number): string {
  const offset = -new Date(at).getTimezoneOffset();
  const shifted = new Date(at + offset * 60_000).toISOString().slice(0, 19);
  const two = (n: number) => String(Math.floor(Math.abs(n))).padStart(2, "0");
  return `${shifted}${offset < 0 ? "-" : "+"}${two(offset / 60)}:${two(offset % 60)}`;
}
