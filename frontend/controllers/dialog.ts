import { Controller } from "@hotwired/stimulus";

/** Opens the <dialog> with the id `data-dialog-id-param`. Closing is the browser's own. */
export default class extends Controller<HTMLElement> {
  open(event: Event & { params?: { id?: string } }): void {
    const dialog = document.getElementById(event.params?.id ?? "");
    if (!(dialog instanceof HTMLDialogElement)) return;
    event.preventDefault();
    dialog.showModal();
  }
}
