// Anything may say something; the toast controller shows it.
export type Tone = "" | "error" | "success";

export interface Announcement {
  words: string;
  tone: Tone;
  action?: { words: string; run: () => void };
}

export function announce(words: string, tone: Tone = "", action?: Announcement["action"]): void {
  const detail: Announcement = action ? { words, tone, action } : { words, tone };
  document.dispatchEvent(new CustomEvent("announce", { detail }));
}
