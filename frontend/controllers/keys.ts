import { Controller } from "@hotwired/stimulus";
import { forget, keep, recall } from "../lib/store";

const TYPING = "input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]";
const ROWS = "[data-rows] > *, .rows > .row";
const OFF = "keys:off";

/**
 * Everything by keyboard: j and k walk the rows, Enter opens, x selects, ? shows the sheet.
 * Anything in sight with data-key="f" or "g m" is pressed, followed or focused by those keys; in a
 * list a letter also opens that move of the marked row. Single keys can be turned off (WCAG 2.1.4).
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["sheet", "off"];
  declare readonly sheetTarget: HTMLDialogElement;
  declare readonly offTargets: HTMLInputElement[];
  private first = "";
  private timer = 0;
  private marked = "";

  override connect(): void {
    document.addEventListener("keydown", this.press);
    document.addEventListener("htmx:afterSwap", this.markAgain);
    for (const box of this.offTargets) box.checked = recall(OFF) !== null;
  }

  override disconnect(): void {
    document.removeEventListener("keydown", this.press);
    document.removeEventListener("htmx:afterSwap", this.markAgain);
  }

  help(): void {
    this.sheetTarget.showModal();
  }

  turn(event: Event): void {
    if ((event.currentTarget as HTMLInputElement).checked) keep(OFF, "1");
    else forget((key) => key === OFF);
  }

  private press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const at = event.target as HTMLElement;
    if (event.defaultPrevented || recall(OFF) !== null) return;
    if (at.matches(TYPING)) return this.leave(event, at);
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "?") return this.done(event, () => this.help());
    if (!this.first && this.rows().length) {
      if (event.key === "j") return this.done(event, () => this.walk(1));
      if (event.key === "k") return this.done(event, () => this.walk(-1));
      if (event.key === "x") return this.done(event, () => this.select());
    }
    if (event.key === "Enter" && !at.closest("a,button,summary,input")) {
      const link = this.here()?.querySelector<HTMLElement>(".row-title, a");
      if (link) return this.done(event, () => link.click());
    }
    this.bound(event);
  };

  /** Escape leaves a field, so that the keys work again. */
  private leave(event: KeyboardEvent, field: HTMLElement): void {
    if (event.key === "Escape") this.done(event, () => field.blur());
  }

  private bound(event: KeyboardEvent): void {
    const both = this.first ? `${this.first} ${event.key}` : event.key;
    const named = [...document.querySelectorAll<HTMLElement>("[data-key]")].filter(inSight);
    const found = named.find((one) => one.dataset.key === both);
    const first = !this.first;
    window.clearTimeout(this.timer);
    this.first = "";
    if (found) return this.done(event, () => use(found));
    const move = first && this.moveOf(event.key);
    if (move) return this.done(event, () => window.location.assign(move));
    if (!named.some((one) => one.dataset.key?.startsWith(`${event.key} `))) return;
    this.first = event.key;
    this.timer = window.setTimeout(() => {
      this.first = "";
    }, 1_000);
  }

  /** Where the move with this key is made on the marked row. */
  private moveOf(key: string): string {
    const list = document.querySelector<HTMLElement>("[data-keys-rows]");
    const names = list?.dataset.keysRows?.split(" ").map((one) => one.split(":")) ?? [];
    const name = names.find(([letter]) => letter === key)?.[1];
    const link = this.here()?.querySelector<HTMLAnchorElement>("a.row-title");
    if (!name || !link) return "";
    const url = new URL(link.href);
    url.pathname += `${name}/`;
    return url.href;
  }

  private rows(): HTMLElement[] {
    return [...document.querySelectorAll<HTMLElement>(ROWS)];
  }

  private here(): HTMLElement | undefined {
    const rows = this.rows();
    return (
      rows.find((row) => row.classList.contains("here")) ??
      rows.find((row) => row.hasAttribute("aria-current"))
    );
  }

  private walk(by: number): void {
    const rows = this.rows();
    const here = this.here();
    // The first press goes to the row that is shown, or else to the first.
    const marked = here?.classList.contains("here");
    const start = here ? rows.indexOf(here) : -1;
    const to = marked || !here ? start + by : start;
    const next = rows[Math.min(Math.max(to, 0), rows.length - 1)] as HTMLElement;
    for (const row of rows) row.classList.toggle("here", row === next);
    this.marked = next.dataset.number ?? "";
    next.querySelector<HTMLElement>(".row-title, a")?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  private markAgain = (): void => {
    if (!this.marked || this.rows().some((row) => row.classList.contains("here"))) return;
    const row = this.rows().find((one) => one.dataset.number === this.marked);
    row?.classList.add("here");
  };

  private select(): void {
    const box = this.here()?.querySelector<HTMLInputElement>("input[name=case]");
    if (!box) return;
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private done(event: KeyboardEvent, run: () => void): void {
    event.preventDefault();
    run();
  }
}

function inSight(found: HTMLElement): boolean {
  return found.getClientRects().length > 0;
}

function use(found: HTMLElement): void {
  if (found.matches("input, textarea, select")) found.focus();
  else found.click();
}
