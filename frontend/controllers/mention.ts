import { Controller } from "@hotwired/stimulus";

const MOST = 6;

/**
 * Suggests colleagues while one types "@…" in a note; the names come from the select that pages
 * without a script have, and choosing one selects it there as well.
 */
export default class extends Controller<HTMLTextAreaElement> {
  static override values = { from: String };
  declare fromValue: string;
  private list: HTMLUListElement | undefined;
  private at = 0;

  override connect(): void {
    this.element.addEventListener("input", this.look);
    this.element.addEventListener("keydown", this.key);
    this.element.addEventListener("blur", this.later);
  }

  override disconnect(): void {
    this.element.removeEventListener("input", this.look);
    this.element.removeEventListener("keydown", this.key);
    this.element.removeEventListener("blur", this.later);
    this.close();
  }

  private look = (): void => {
    const begun = this.begun();
    const found = begun === null ? [] : this.fitting(begun);
    if (found.length === 0) return this.close();
    this.show(found);
  };

  private begun(): string | null {
    const before = this.element.value.slice(0, this.element.selectionStart);
    return /(?:^|[^\w.])[@＠]([^\s@＠]{0,20})$/u.exec(before)?.[1] ?? null;
  }

  private fitting(begun: string): HTMLOptionElement[] {
    const wanted = begun.toLowerCase();
    return this.options()
      .filter((option) => option.text.toLowerCase().includes(wanted))
      .slice(0, MOST);
  }

  private show(found: HTMLOptionElement[]): void {
    this.close();
    const list = document.createElement("ul");
    list.className = "mention-list";
    list.id = `${this.element.id}_people`;
    list.setAttribute("role", "listbox");
    for (const [index, option] of found.entries()) {
      const item = document.createElement("li");
      item.id = `${list.id}_${index}`;
      item.setAttribute("role", "option");
      item.dataset.value = option.value;
      item.textContent = option.text;
      const unit = option.closest("optgroup")?.label;
      if (unit) {
        const said = document.createElement("small");
        said.textContent = ` ${unit}`;
        item.append(said);
      }
      item.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        this.take(option);
      });
      list.append(item);
    }
    this.element.insertAdjacentElement("afterend", list);
    this.element.setAttribute("aria-controls", list.id);
    this.list = list;
    this.mark(0);
  }

  private mark(index: number): void {
    const items = [...(this.list?.children ?? [])];
    this.at = (index + items.length) % items.length;
    for (const [n, item] of items.entries())
      item.setAttribute("aria-selected", String(n === this.at));
    this.element.setAttribute("aria-activedescendant", items[this.at]?.id ?? "");
  }

  private key = (event: KeyboardEvent): void => {
    if (!this.list || event.isComposing) return;
    if (event.key === "ArrowDown") this.mark(this.at + 1);
    else if (event.key === "ArrowUp") this.mark(this.at - 1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" || event.key === "Tab") {
      const value = (this.list.children[this.at] as HTMLElement | undefined)?.dataset.value;
      const option = this.options().find((one) => one.value === value);
      if (option) this.take(option);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  private take(option: HTMLOptionElement): void {
    const { selectionStart: end, value } = this.element;
    const start = Math.max(value.lastIndexOf("@", end - 1), value.lastIndexOf("＠", end - 1));
    this.element.setRangeText(`@${option.text} `, start, end, "end");
    option.selected = true;
    this.close();
    this.element.dispatchEvent(new Event("input", { bubbles: true }));
    this.element.focus();
  }

  private options(): HTMLOptionElement[] {
    const select = document.querySelector<HTMLSelectElement>(this.fromValue);
    return select ? [...select.options] : [];
  }

  private later = (): void => {
    window.setTimeout(() => this.close(), 150);
  };

  private close(): void {
    this.list?.remove();
    this.list = undefined;
    this.element.removeAttribute("aria-activedescendant");
  }
}
