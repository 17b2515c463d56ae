// The app's dictionary: Chinese comes with the first load, English when somebody reads English.
import { shallowRef } from "vue";
import { fill, lay } from "../../lib/words";
import { type Key, zh } from "./zh";

export type Language = "zh" | "en";
export type { Key };

const dictionary = shallowRef<Record<Key, string>>(zh);
export const language = shallowRef<Language>("zh");

/** The sentence for `key` in the language of the reader, its {names} filled in. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return fill(dictionary.value[key], values);
}

/** Speak another language from now on. */
export async function speak(wanted: Language): Promise<void> {
  dictionary.value = wanted === "en" ? (await import("./en")).en : zh;
  language.value = wanted;
  lay(dictionary.value);
  document.documentElement.lang = wanted === "en" ? "en" : "zh-Hans";
}

/** Sentences one after the other: Chinese sets no space between them. */
export function sentences(...said: string[]): string {
  return said.filter(Boolean).join(language.value === "en" ? " " : "");
}

/** The name of a thing that has one in each language. */
export function nameOf(thing: { name_zh: string; name_en: string }): string {
  return language.value === "en" ? thing.name_en || thing.name_zh : thing.name_zh;
}
