import { Controller } from "@hotwired/stimulus";

/** Narrows a long table to the rows that hold what one types. */
export default class extends Controller<HTMLInputElement> {
  static override values = { from: String };
  declare fromValue: string;

  narrow(): void {
    const wanted = this.element.value.trim().toLowerCase();
    for (const row of document.querySelectorAll<HTMLElement>(`${this.fromValue} tbody tr`))
      row.hidden = !(row.textContent ?? "").toLowerCase().includes(wanted);
  }
}
