import { Controller } from "@hotwired/stimulus";
import { dropDraft, dropStrangers } from "../lib/drafts";
import { takeNone } from "../lib/notices";
import { forget } from "../lib/store";

/** The page itself: whether it is online, and what must not outlive a session. */
export default class extends Controller<HTMLElement> {
  static override targets = ["offline"];
  declare readonly offlineTargets: HTMLElement[];

  override connect(): void {
    window.addEventListener("online", this.look);
    window.addEventListener("offline", this.look);
    document.addEventListener("network", this.found);
    document.addEventListener("draft-done", this.sent);
    this.look();
    dropStrangers(document.body.dataset.user ?? "");
    this.sweep();
    this.bringIntoSight();
    // A page that htmx put in place of another says the same.
    document.addEventListener("htmx:afterSwap", this.sweep);
  }

  override disconnect(): void {
    document.removeEventListener("htmx:afterSwap", this.sweep);
    document.removeEventListener("network", this.found);
    document.removeEventListener("draft-done", this.sent);
    window.removeEventListener("online", this.look);
    window.removeEventListener("offline", this.look);
  }

  /** Signing out: nothing that was typed stays on a shared device, and no notice comes to it. */
  forget(): void {
    void takeNone();
    forget((key) => key.startsWith("draft:"));
  }

  /** Back to the form as it was left, rather than to a fresh one. */
  back(event: Event): void {
    if (history.length < 2) return;
    event.preventDefault();
    history.back();
  }

  /** On a narrow screen the rail is a strip: where one is should be in sight. */
  private bringIntoSight(): void {
    const rail = document.getElementById("rail");
    const here = rail?.querySelector<HTMLElement>("[aria-current]");
    if (rail && here && rail.scrollWidth > rail.clientWidth) {
      const [strip, link] = [rail.getBoundingClientRect(), here.getBoundingClientRect()];
      rail.scrollLeft += link.left - strip.left - (strip.width - link.width) / 2;
    }
  }

  private sweep = (): void => {
    for (const done of document.querySelectorAll<HTMLElement>("[data-draft-done]")) {
      dropDraft(done.dataset.draftDone ?? "");
    }
  };

  private sent = (event: Event): void => {
    dropDraft(String((event as CustomEvent<{ value?: string }>).detail?.value ?? ""));
  };

  /** Somebody has tried the network: the browser may hold it for there when it is not. */
  private found = (event: Event): void =>
    this.show(!(event as CustomEvent<{ there: boolean }>).detail.there);

  private look = (): void => this.show(!navigator.onLine);

  private show(offline: boolean): void {
    for (const mark of this.offlineTargets) mark.hidden = !offline;
  }
}
