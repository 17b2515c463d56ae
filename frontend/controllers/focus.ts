import { Controller } from "@hotwired/stimulus";

/** Takes the focus when it appears: the summary of a form's errors. */
export default class extends Controller<HTMLElement> {
  override connect(): void {
    this.element.focus();
  }
}
