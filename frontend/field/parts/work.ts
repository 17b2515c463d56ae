// What each kind of task asks for, in one table: the outcomes to choose from and what each needs.
import type { Item, Kind, Task } from "../core";
import type { Key } from "../words";

export interface Outcome {
  /** Its name in addresses. */
  name: string;
  /** The operation it becomes, and what it says beside words and photos. */
  kind: Kind;
  given: Record<string, unknown>;
  label: Key;
  ask: Key;
  words: Key;
  needsWords: boolean;
  needsPhoto: boolean;
  reasons: "return" | "rework" | "";
  camera: boolean;
}

const outcome = (name: string, kind: Kind, label: Key, ask: Key, words: Key, more: Partial<Outcome> = {}): Outcome => ({
  name, kind, label, ask, words, given: {}, needsWords: false, needsPhoto: false, reasons: "", camera: true, ...more,
}); // biome-ignore format: one table

/** The outcomes that are open for a task now, the usual one first. */
export function outcomes(task: Task): Outcome[] {
  const onSpot = task.on_spot;
  const all: Outcome[] = [
    outcome("handle", "handle", "doHandle", "askHandle", "askWordsHandle", { needsWords: true, needsPhoto: task.needs_photo }),
    outcome("report_part", "report_part", "doReportPart", "askHandle", "askWordsHandle", { needsWords: true }),
    outcome("close", "close", "doPass", "askRecheck", "askWordsPass", { needsPhoto: !task.after.length }),
    outcome("rework", "rework", "doRework", "askRecheck", "askWordsRework", { needsWords: true, reasons: "rework" }),
    outcome("found", "verify", "doFound", "askVerify", "askWordsVerify", { given: { found: true }, needsWords: true }),
    outcome("not_found", "verify", "doNotFound", "askVerify", "askWordsVerify", { given: { found: false }, needsWords: true }),
    outcome("in_order", "look_back", task.blind ? "doPass" : "doInOrder", task.blind ? "askRecheck" : "askLookBack", "askWordsPass", { given: { passed: true }, needsWords: onSpot }),
    outcome("not_in_order", "look_back", task.blind ? "doRework" : "doNotInOrder", task.blind ? "askRecheck" : "askLookBack", "askWordsRework", { given: { passed: false }, needsWords: true }),
    outcome("return", "return", "doReturn", "askReason", "askWordsReturn", { needsWords: true, reasons: "return", camera: false }),
    outcome("accept", "accept", "doAccept", "doAccept", "askWordsPass", { camera: false }),
  ]; // biome-ignore format: one table
  return all.filter((one) => task.moves.includes(one.kind));
}

/** The outcome that a draft was begun for: of the task as it is now, else as it was then. */
export function outcomeOf(draft: Item, task: Task | undefined): Outcome | null {
  const fits = (one: Outcome) =>
    one.kind === draft.kind &&
    Object.entries(one.given).every(([name, value]) => draft.given[name] === value);
  const known = [task, draft.about ?? undefined].flatMap((one) => (one ? outcomes(one) : []));
  return known.find(fits) ?? null;
}

/** What is still missing before it may be sent; null when nothing is. */
export function lacking(
  one: Outcome,
  has: { words: string; photos: number; reason: number | null },
): Key | null {
  if (one.reasons && has.reason === null) return "chooseReason";
  if (one.needsPhoto && !has.photos) return "addAfterPhoto";
  if (one.needsWords && !has.words.trim()) return "writeWords";
  return null;
}
