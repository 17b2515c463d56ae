import { Controller } from "@hotwired/stimulus";
import { words } from "../lib/words";

const PATIENCE = 10_000;

/**
 * A form that leaves the page only while the network is there: else it says beside its button that
 * all is kept, and can be sent as soon as the network is back. Stands before `once` in the markup.
 */
export default class extends Controller<HTMLFormElement> {
  static override targets = ["said"];
  declare readonly saidTarget: HTMLElement;
  private asking = false;
  private sure = false;

  override connect(): void {
    this.element.addEventListener("submit", this.hold, { capture: true });
    window.addEventListener("online", this.back);
  }

  override disconnect(): void {
    this.element.removeEventListener("submit", this.hold, { capture: true });
    window.removeEventListener("online", this.back);
  }

  private hold = (event: SubmitEvent): void => {
    if (this.sure) {
      this.sure = false;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!this.asking) void this.ask(event.submitter);
  };

  private async ask(submitter: HTMLElement | null): Promise<void> {
    this.asking = true;
    submitter?.setAttribute("aria-busy", "true");
    const there = navigator.onLine && (await answers());
    submitter?.removeAttribute("aria-busy");
    this.asking = false;
    document.dispatchEvent(new CustomEvent("network", { detail: { there } }));
    if (!there) return this.say(words("keptHere"));
    this.say("");
    this.sure = true;
    this.element.requestSubmit(submitter);
    this.sure = false;
  }

  private back = (): void => {
    if (!this.saidTarget.hidden) this.say(words("backOnline"));
  };

  private say(text: string): void {
    this.saidTarget.hidden = !text;
    this.saidTarget.textContent = text;
    if (!text) return;
    const { top, bottom } = this.saidTarget.getBoundingClientRect();
    if (top < 0 || bottom > window.innerHeight) this.saidTarget.scrollIntoView({ block: "center" });
  }
}

/** Whether anything comes back from where this page came from; a refusal is an answer too. */
async function answers(): Promise<boolean> {
  const mark = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  try {
    await fetch(mark?.href ?? window.location.href, {
      method: "HEAD",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    return true;
  } catch {
    return false;
  }
}
