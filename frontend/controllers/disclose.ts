import { Controller } from "@hotwired/stimulus";

/** A <details> menu that closes on Escape and when one clicks elsewhere. */
export default class extends Controller<HTMLDetailsElement> {
  override connect(): void {
    document.addEventListener("click", this.elsewhere);
    this.element.addEventListener("keydown", this.escape);
  }

  override disconnect(): void {
    document.removeEventListener("click", this.elsewhere);
    this.element.removeEventListener("keydown", this.escape);
  }

  private elsewhere = (event: MouseEvent): void => {
    if (!this.element.contains(event.target as Node)) this.element.open = false;
  };

  private escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.element.open) return;
    event.preventDefault();
    this.element.open = false;
    this.element.querySelector("summary")?.focus();
  };
}
