// What is kept of a form, and when it may come back. Pure but for the storage.
import { forget, keep, recall } from "./store";

export type Fields = Record<string, string[]>;
interface Kept {
  at: number;
  fields: Fields;
}

const DAYS = 7;

export const slot = (user: string, key: string): string => `draft:${user || "anyone"}:${key}`;

export function keepDraft(at: string, fields: Fields, now = Date.now()): void {
  keep(at, JSON.stringify({ at: now, fields } satisfies Kept));
}

/** The fields of a draft that is not too old; null for none. */
export function recallDraft(at: string, now = Date.now()): Fields | null {
  return readDraft(recall(at), now);
}

export function readDraft(text: string | null, now: number): Fields | null {
  if (!text) return null;
  try {
    const { at, fields } = JSON.parse(text) as Kept;
    return now - at < DAYS * 86_400_000 && fields && typeof fields === "object" ? fields : null;
  } catch {
    return null;
  }
}

/** The form with this key was sent: nobody's draft of it is needed. */
export function dropDraft(key: string): void {
  forget((name) => name.startsWith("draft:") && name.endsWith(`:${key}`));
}

/** Whether a kept draft belongs to somebody else who signed in on this device before. */
export function strangers(name: string, user: string): boolean {
  const [kind, owner] = name.split(":");
  return kind === "draft" && user !== "" && owner !== user && owner !== "anyone";
}

/** Nothing of another person stays once somebody signs in. */
export function dropStrangers(user: string): void {
  forget((name) => strangers(name, user));
}
