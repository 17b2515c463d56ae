import { Controller } from "@hotwired/stimulus";
import type { Announcement } from "../lib/announce";
import { words } from "../lib/words";

const STAY = 6_000;
const ICONS = {
  "": "M3 12a9 9 0 1 0 18 0a9 9 0 0 0-18 0M12 9h.01M11 12h1v4h1",
  error: "M3 12a9 9 0 1 0 18 0a9 9 0 0 0-18 0M12 8v4M12 16h.01",
  success: "M3 12a9 9 0 1 0 18 0a9 9 0 0 0-18 0M9 12l2 2l4-4",
};
const TONES = { "": "", error: "tone-late", success: "tone-done" };

/** Short words that float and go; errors stay until they are closed. */
export default class extends Controller<HTMLElement> {
  static override targets = ["toast"];

  override connect(): void {
    document.addEventListener("announce", this.show);
  }

  override disconnect(): void {
    document.removeEventListener("announce", this.show);
  }

  toastTargetConnected(toast: HTMLElement): void {
    // An error stays until it is closed; what can be taken back, for as long as it can.
    if (toast.classList.contains("tone-late") || toast.querySelector("form")) return;
    const timer = setInterval(() => {
      if (toast.matches(":hover, :focus-within")) return;
      clearInterval(timer);
      toast.remove();
    }, STAY);
  }

  dismiss(event: Event): void {
    (event.currentTarget as HTMLElement).closest(".toast")?.remove();
  }

  private show = (event: Event): void => {
    const said = (event as CustomEvent<Announcement>).detail;
    const toast = document.createElement("div");
    toast.className = `toast ${TONES[said.tone]}`;
    toast.dataset.toastTarget = "toast";
    toast.innerHTML = `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[said.tone]}"/></svg><div></div>`;
    (toast.lastElementChild as HTMLElement).textContent = said.words;
    if (said.action) toast.append(this.button(said.action.words, said.action.run, "link-button"));
    toast.append(this.button("", () => {}, "toast-close"));
    this.element.append(toast);
  };

  private button(text: string, run: () => void, kind: string): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = kind;
    button.dataset.action = "toast#dismiss";
    if (text) button.textContent = text;
    else {
      button.setAttribute("aria-label", words("close"));
      button.innerHTML =
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M18 6L6 18M6 6l12 12"/></svg>';
    }
    button.addEventListener("click", run);
    return button;
  }
}
