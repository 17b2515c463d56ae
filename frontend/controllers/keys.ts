import { Controller } from "@hotwired/stimulus";

const TYPING = "input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]";

/**
 * Everything by keyboard: j and k walk the rows, Enter opens, ? shows the sheet.
 * Anything with data-key="x" or "g q" is pressed, followed or focused by those keys.
 */
export default class extends Controller<HTMLElement> {
  static override targets = ["sheet"];
  declare readonly sheetTarget: HTMLDialogElement;
  private first = "";
  private timer = 0;

  override connect(): void {
    document.addEventListener("keydown", this.press);
  }

  override disconnect(): void {
    document.removeEventListener("keydown", this.press);
  }

  help(): void {
    this.sheetTarget.showModal();
  }

  private press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const at = event.target as HTMLElement;
    if (at.matches(TYPING) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") return this.done(event, () => this.help());
    if (event.key === "j") return this.done(event, () => this.walk(1));
    if (event.key === "k") return this.done(event, () => this.walk(-1));
    if (event.key === "Enter" && !at.closest("a,button,summary,input")) {
      const row = document.querySelector<HTMLElement>(".row.here .row-title, tr.here a");
      if (row) return this.done(event, () => row.click());
    }
    this.bound(event);
  };

  private bound(event: KeyboardEvent): void {
    const both = this.first ? `${this.first} ${event.key}` : event.key;
    const named = [...document.querySelectorAll<HTMLElement>("[data-key]")];
    const found = named.find((one) => one.dataset.key === both);
    window.clearTimeout(this.timer);
    this.first = "";
    if (found) return this.done(event, () => use(found));
    if (!named.some((one) => one.dataset.key?.startsWith(`${event.key} `))) return;
    this.first = event.key;
    this.timer = window.setTimeout(() => {
      this.first = "";
    }, 1_000);
  }

  private walk(by: number): void {
    const rows = [...document.querySelectorAll<HTMLElement>("[data-rows] > *, .rows > .row")];
    if (!rows.length) return;
    const marked = rows.findIndex((row) => row.classList.contains("here"));
    const start = marked >= 0 ? marked : rows.findIndex((row) => row.hasAttribute("aria-current"));
    const next = rows[Math.min(Math.max(start + by, 0), rows.length - 1)] as HTMLElement;
    for (const row of rows) row.classList.toggle("here", row === next);
    next.querySelector<HTMLElement>(".row-title, a")?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  private done(event: KeyboardEvent, run: () => void): void {
    event.preventDefault();
    run();
  }
}

function use(found: HTMLElement): void {
  if (found.matches("input, textarea, select")) found.focus();
  else found.click();
}
