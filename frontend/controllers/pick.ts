import { Controller } from "@hotwired/stimulus";

/** Narrows a long select to the options that hold what one types; what is chosen stays. */
export default class extends Controller<HTMLElement> {
  static override values = { from: String };
  declare fromValue: string;
  private all: Node[] = [];

  filter(event: Event): void {
    const select = document.querySelector<HTMLSelectElement>(this.fromValue);
    if (!select) return;
    if (this.all.length === 0) this.all = [...select.childNodes].map((one) => one.cloneNode(true));
    const wanted = (event.target as HTMLInputElement).value.trim().toLowerCase();
    const chosen = select.value;
    select.replaceChildren(...this.all.map((one) => one.cloneNode(true)));
    for (const option of [...select.options]) {
      const fits = option.text.toLowerCase().includes(wanted);
      if (!fits && option.value !== "" && option.value !== chosen) option.remove();
    }
    for (const group of [...select.querySelectorAll("optgroup")])
      if (group.children.length === 0) group.remove();
    select.value = chosen;
  }

  /** Enter looks at what is left instead of sending the form. */
  stay(event: KeyboardEvent): void {
    event.preventDefault();
    document.querySelector<HTMLSelectElement>(this.fromValue)?.focus();
  }
}
