import { Controller } from "@hotwired/stimulus";
import htmx from "../lib/htmx";

const WIDE = "(min-width: 64rem)";
const ROW = "[data-number]";

/**
 * On a wide screen a row shows its record beside the list first; pressed again, or by Enter, it
 * opens. On a narrow one, and with a modifier, a row is the plain link that it is.
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["list"];
  declare readonly listTarget: HTMLElement;
  private timer = 0;

  override connect(): void {
    this.element.addEventListener("click", this.press);
    this.element.addEventListener("focusin", this.walk);
    const first = this.element.querySelector<HTMLAnchorElement>("[data-beside]");
    if (first && matchMedia(WIDE).matches && !this.element.querySelector(`${ROW}[aria-current]`)) {
      this.show(first, false);
    }
  }

  override disconnect(): void {
    window.clearTimeout(this.timer);
    this.element.removeEventListener("click", this.press);
    this.element.removeEventListener("focusin", this.walk);
  }

  private press = (event: MouseEvent): void => {
    const link = linkOf(event);
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !plain || !matchMedia(WIDE).matches) return;
    if (link.closest(ROW)?.hasAttribute("aria-current")) return;
    event.preventDefault();
    this.show(link, true);
  };

  /** Walked to by key: shown after a moment's rest. */
  private walk = (event: FocusEvent): void => {
    const link = linkOf(event);
    if (!link?.matches(":focus-visible") || !matchMedia(WIDE).matches) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.show(link, true), 120);
  };

  private show(link: HTMLAnchorElement, remember: boolean): void {
    for (const row of this.element.querySelectorAll("[data-number][aria-current]")) {
      row.removeAttribute("aria-current");
    }
    link.closest(ROW)?.setAttribute("aria-current", "true");
    const url = new URL(window.location.href);
    url.searchParams.set("at", link.dataset.beside ?? "");
    if (remember) history.replaceState(history.state, "", url);
    const asked = `${url.pathname}${url.search}`;
    void htmx.ajax("get", asked, { target: "#beside", select: "#beside", swap: "outerHTML" });
  }
}

function linkOf(event: Event): HTMLAnchorElement | null {
  const at = event.target as Element;
  return at.closest<HTMLAnchorElement>("[data-beside]");
}
