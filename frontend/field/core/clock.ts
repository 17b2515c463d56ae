// How far the phone's clock is from the server's.
import type { Clock } from "./types";

const MOST_MS = 120_000;

/** `time` is the server's; it was asked at `asked` and answered at `heard` (milliseconds of the phone). */
export function measured(time: string, asked: number, heard: number): Clock | null {
  const server = Date.parse(time);
  if (Number.isNaN(server)) return null;
  const offset = server - (asked + heard) / 2;
  return { offset, wrong: Math.abs(offset) > MOST_MS };
}
