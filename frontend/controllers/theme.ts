import { Controller } from "@hotwired/stimulus";

const YEAR = 31_536_000;

/** Light, dark, or as the device: switches at once and lets a cookie tell the server. */
export default class extends Controller<HTMLFormElement> {
  static override targets = ["button"];
  declare readonly buttonTarget: HTMLButtonElement;

  change(event: SubmitEvent): void {
    event.preventDefault();
    const root = document.documentElement;
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const now = root.dataset.theme ?? (dark ? "dark" : "light");
    const next = now === "dark" ? "light" : "dark";
    root.dataset.theme = next;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing on older phones
    document.cookie = `theme=${next};path=/;max-age=${YEAR};samesite=lax`;
    document.dispatchEvent(new CustomEvent("themechange"));
  }
}
