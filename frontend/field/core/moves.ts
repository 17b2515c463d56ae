// The life of an item, as one table. Pure: nothing is kept or sent here.
import { FieldError, type Item, type Phase, type Trouble } from "./types";
import type { Answer } from "./wire";

const MAY: Record<string, readonly Phase[]> = {
  write: ["draft"],
  send: ["draft"],
  begin: ["waiting", "sending"],
  hinder: ["waiting", "sending"],
  settle: ["waiting", "sending"],
  mend: ["waiting", "refused", "changed"],
  discard: ["draft", "waiting", "sent", "refused", "changed"],
};

export function allow(item: Item, move: keyof typeof MAY): void {
  if (!MAY[move]?.includes(item.phase)) throw new FieldError("item.busy");
}

export function sent(item: Item, now: string): Item {
  allow(item, "send");
  return { ...item, phase: "waiting", made_at: now, changed_at: now, tries: 0, next_at: 0 };
}

export function begun(item: Item): Item {
  allow(item, "begin");
  return { ...item, phase: "sending" };
}

/** Trouble on the way: it waits again. */
export function hindered(item: Item, problem: Trouble | null, next_at: number): Item {
  allow(item, "hinder");
  return { ...item, phase: "waiting", tries: item.tries + 1, next_at, problem };
}

/** The app was killed while it was sending: it waits, as if nothing had happened. */
export function awoken(item: Item): Item {
  return item.phase === "sending" ? { ...item, phase: "waiting", next_at: 0 } : item;
}

export function refused(item: Item, problem: Trouble): Item {
  allow(item, "settle");
  return { ...item, phase: "refused", problem };
}

export function answered(item: Item, answer: Answer, now: string): Item {
  allow(item, "settle");
  const problem = { code: answer.code, message: answer.message, field: answer.field };
  if (answer.state === "done") {
    const pictures = item.pictures.map((one) => ({ ...one, kept: true, sent: one.size }));
    const result = answer.result;
    // Done, and yet something to say: it had arrived before it was edited.
    const told = answer.code ? problem : null;
    return { ...item, phase: "sent", problem: told, sent_at: now, pictures, result };
  }
  const phase = answer.state === "changed" ? "changed" : "refused";
  return { ...item, phase, problem, now: answer.now };
}

const DONE_BEFORE = "push.same_id_other_content";

/**
 * Back to a draft. What the server refused was not done, so it gets a new id. What is merely waiting
 * keeps its own: perhaps the server has done it, and only the answer was lost. What the server has
 * done keeps it for ever.
 */
export function mended(item: Item, operation: string, now: string): Item {
  allow(item, "mend");
  const next: Item = { ...item, phase: "draft", problem: null, behind: "", changed_at: now };
  if (item.phase === "waiting") return { ...next, tries: 0 };
  const version = item.phase === "changed" && item.now ? item.now.version : item.version;
  const about = item.phase === "changed" && item.now ? item.now : item.about;
  const id = item.problem?.code === DONE_BEFORE ? item.operation : operation;
  return { ...next, operation: id, version, about, now: null, tries: 0 };
}

const FIRST_MS = 1000;
const LONGEST_MS = 120_000;

/** How long to wait after so many failures: doubling, up to two minutes, never two phones alike. */
export function pause(failures: number, chance: () => number = Math.random): number {
  const most = Math.min(FIRST_MS * 2 ** Math.max(failures - 1, 0), LONGEST_MS);
  return Math.round(most * (0.5 + chance() / 2));
}
