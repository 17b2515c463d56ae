import { Controller } from "@hotwired/stimulus";
import { announce } from "../lib/announce";
import { words } from "../lib/words";

/** Copies `data-copy-text-value` and says so. */
export default class extends Controller<HTMLElement> {
  static override values = { text: String };
  declare textValue: string;

  async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.textValue);
      announce(words("copied"), "success");
    } catch {
      announce(words("copyFailed"), "error");
    }
  }
}
