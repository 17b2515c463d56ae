// Which category it may be: from the words, from what this person reports, from what they report here.
import type { Place, Suggestion } from "./types";
import type { Category } from "./wire";

/** How often, and when last, a category was sent from a cell of some 300 m. */
export type Habits = Record<string, { count: number; at: number }>;

const CELL = 0.003;
const MOST = 200;
const HALF_LIFE_MS = 30 * 24 * 3600 * 1000;

const cellOf = (place: Place | null) =>
  place ? `${Math.round(place.lat / CELL)},${Math.round(place.lon / CELL)}` : "";

export function learnt(habits: Habits, category: number, place: Place | null, now: number): Habits {
  const next = { ...habits };
  for (const cell of new Set(["", cellOf(place)])) {
    const key = `${category}@${cell}`;
    next[key] = { count: (next[key]?.count ?? 0) + 1, at: now };
  }
  const newest = Object.entries(next).sort((a, b) => b[1].at - a[1].at);
  return Object.fromEntries(newest.slice(0, MOST));
}

export function suggested(
  categories: Category[],
  habits: Habits,
  place: Place | null,
  words: string,
  now: number,
): Suggestion[] {
  const parents = new Set(categories.map((one) => one.parent_id));
  const found: Suggestion[] = [];
  for (const one of categories) {
    if (parents.has(one.id)) continue;
    const because = {
      words: 4 * likeness(words, one),
      near: 2 * weight(habits[`${one.id}@${cellOf(place)}`], now, place !== null),
      habit: weight(habits[`${one.id}@`], now, true),
    };
    const score = because.words + because.near + because.habit;
    if (score < 0.05) continue;
    const [why] = Object.entries(because).sort((a, b) => b[1] - a[1])[0] as [string, number];
    found.push({ category_id: one.id, because: why, score });
  }
  return found.sort((a, b) => b.score - a.score).slice(0, 5);
}

function weight(habit: Habits[string] | undefined, now: number, counts: boolean): number {
  if (!habit || !counts) return 0;
  const fresh = 0.5 ** ((now - habit.at) / HALF_LIFE_MS);
  return fresh * (1 - 0.6 ** habit.count);
}

/** How much of the category's own name and hints stands in the words: pairs of letters, as Chinese has no spaces. */
function likeness(words: string, category: Category): number {
  const said = pairs(words);
  if (!said.size) return 0;
  const name = pairs(`${category.name_zh} ${category.name_en}`);
  const hint = pairs(`${category.hint_zh} ${category.hint_en}`);
  const shared = (of: Set<string>) => [...said].filter((one) => of.has(one)).length;
  return Math.min(1, shared(name) / Math.min(said.size, 3) + shared(hint) / (2 * said.size));
}

function pairs(text: string): Set<string> {
  const found = new Set<string>();
  for (const run of text.toLowerCase().match(/[\p{Script=Han}]+|[a-z]{3,}/gu) ?? []) {
    if (/[a-z]/.test(run)) found.add(run);
    else for (let i = 0; i + 1 < run.length; i++) found.add(run.slice(i, i + 2));
  }
  return found;
}
