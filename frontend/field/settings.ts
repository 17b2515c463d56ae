// How this phone shows the app: language, size of type, look. Kept here, no account needed.
import { reactive, watch } from "vue";
import type { Travel } from "./parts/navigate";
import { type Language, speak } from "./words";

export type Size = "normal" | "large" | "huge";
export type Look = "auto" | "light" | "dark" | "sun";

interface Settings {
  language: Language;
  size: Size;
  look: Look;
  /** The first visit's explanation has been read. */
  welcomed: boolean;
  /** Nobody wants to be asked again to put the app on the first screen. */
  noInstall: boolean;
  /** How somebody gets about. */
  travel: Travel;
}

const KEY = "gulou-field-settings";
const english = !document.documentElement.lang.startsWith("zh");
const plain: Settings = {
  language: english ? "en" : "zh",
  size: "normal",
  look: "auto",
  welcomed: false,
  noInstall: false,
  travel: "walk",
};

export const settings = reactive<Settings>({ ...plain, ...kept() });

/** Show the page as it was left, and keep what is changed from now on. */
export async function applySettings(): Promise<void> {
  show();
  watch(settings, () => {
    keep();
    show();
    void speak(settings.language);
  });
  await speak(settings.language);
}

function show(): void {
  const { dataset } = document.documentElement;
  dataset.size = settings.size;
  if (settings.look === "auto") delete dataset.theme;
  else dataset.theme = settings.look === "sun" ? "light" : settings.look;
  if (settings.look === "sun") dataset.contrast = "more";
  else delete dataset.contrast;
}

function kept(): Partial<Settings> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>;
  } catch {
    return {};
  }
}

function keep(): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // A private window may keep nothing; the page works all the same.
  }
}
