import { Controller } from "@hotwired/stimulus";
import { forget } from "../lib/store";

/** The page itself: whether it is online, and what must not outlive a session. */
export default class extends Controller<HTMLElement> {
  static override targets = ["offline"];
  declare readonly offlineTargets: HTMLElement[];

  override connect(): void {
    window.addEventListener("online", this.look);
    window.addEventListener("offline", this.look);
    this.look();
  }

  override disconnect(): void {
    window.removeEventListener("online", this.look);
    window.removeEventListener("offline", this.look);
  }

  /** Signing out: nothing that was typed stays on a shared device. */
  forget(): void {
    forget((key) => key.startsWith("draft:"));
  }

  /** Back to the form as it was left, rather than to a fresh one. */
  back(event: Event): void {
    if (history.length < 2) return;
    event.preventDefault();
    history.back();
  }

  private look = (): void => {
    for (const mark of this.offlineTargets) mark.hidden = navigator.onLine;
  };
}
