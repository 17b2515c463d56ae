// The page's dictionary, written by the server in the reader's language.
let dictionary: Record<string, string> | undefined;

/** The sentence for `key`, its {names} filled in. */
export function words(key: string, values: Record<string, string | number> = {}): string {
  dictionary ??= read();
  return fill(dictionary[key] ?? key, values);
}

/** Speak from this dictionary: a page that brings its own words. */
export function lay(own: Record<string, string>): void {
  dictionary = own;
}

/** Put values where `{name}` stands. A name without a value stays as it is. */
export function fill(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}

function read(): Record<string, string> {
  const text = document.getElementById("words")?.textContent;
  return text ? JSON.parse(text) : {};
}
