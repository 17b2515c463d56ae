import { Controller } from "@hotwired/stimulus";

const AGAIN_AFTER = 15_000;

/** A form that is sent once: the second press of a hurried thumb does nothing. */
export default class extends Controller<HTMLFormElement> {
  private sent = 0;

  override connect(): void {
    this.element.addEventListener("submit", this.guard);
    window.addEventListener("pageshow", this.free);
    this.element.addEventListener("htmx:afterRequest", this.free);
  }

  override disconnect(): void {
    this.element.removeEventListener("submit", this.guard);
    window.removeEventListener("pageshow", this.free);
    this.element.removeEventListener("htmx:afterRequest", this.free);
  }

  private guard = (event: SubmitEvent): void => {
    if (event.submitter?.getAttribute("formmethod") === "dialog" || event.defaultPrevented) return;
    if (this.sent && Date.now() - this.sent < AGAIN_AFTER) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    this.sent = Date.now();
    event.submitter?.setAttribute("aria-busy", "true");
  };

  private free = (): void => {
    this.sent = 0;
    for (const button of this.element.querySelectorAll("[aria-busy]")) {
      button.removeAttribute("aria-busy");
    }
  };
}
