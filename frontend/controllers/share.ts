import { Controller } from "@hotwired/stimulus";
import { announce } from "../lib/announce";
import { words } from "../lib/words";

/** Hands `data-share-url-value` to another app. There only where the device can do that. */
export default class extends Controller<HTMLElement> {
  static override values = { url: String, title: String };
  declare urlValue: string;
  declare titleValue: string;

  override connect(): void {
    this.element.hidden = typeof navigator.share !== "function";
  }

  async share(): Promise<void> {
    try {
      await navigator.share({ url: this.urlValue, title: this.titleValue });
    } catch (error) {
      if ((error as Error).name !== "AbortError") announce(words("copyFailed"), "error");
    }
  }
}
