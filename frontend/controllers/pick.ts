import { Controller } from "@hotwired/stimulus";

/** Narrows a long select, or a long list of boxes to tick, to what holds the words one types;
 * what is chosen stays. It stands between the field's question and its answers. */
export default class extends Controller<HTMLElement> {
  static override values = { from: String };
  declare fromValue: string;
  private all: Node[] = [];

  override connect(): void {
    const answers = this.answers();
    const below = answers?.closest(".choices") ?? answers;
    if (below?.closest(".field") && below.previousElementSibling !== this.element)
      below.before(this.element);
  }

  filter(event: Event): void {
    const wanted = (event.target as HTMLInputElement).value.trim().toLowerCase();
    const answers = this.answers();
    if (answers instanceof HTMLSelectElement) this.narrow(answers, wanted);
    else if (answers) tick(answers, wanted);
  }

  /** Enter looks at what is left instead of sending the form. */
  stay(event: KeyboardEvent): void {
    event.preventDefault();
    const answers = this.answers();
    const first = answers?.querySelector<HTMLElement>("label:not([hidden]) input");
    (first ?? answers)?.focus();
  }

  private answers(): HTMLElement | null {
    return document.querySelector<HTMLElement>(this.fromValue);
  }

  private narrow(select: HTMLSelectElement, wanted: string): void {
    if (this.all.length === 0) this.all = [...select.childNodes].map((one) => one.cloneNode(true));
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
}

function tick(list: HTMLElement, wanted: string): void {
  for (const label of list.querySelectorAll("label")) {
    const ticked = label.querySelector<HTMLInputElement>("input")?.checked ?? false;
    const fits = label.textContent?.toLowerCase().includes(wanted) ?? false;
    const row = label.parentElement === list ? label : (label.parentElement ?? label);
    label.hidden = row.hidden = !fits && !ticked;
  }
}
