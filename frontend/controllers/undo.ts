import { Controller } from "@hotwired/stimulus";
import { words } from "../lib/words";

/** The seconds in which something may be taken back. After them its button goes, with its toast. */
export default class extends Controller<HTMLFormElement> {
  static override targets = ["left"];
  static override values = { seconds: Number };
  declare readonly leftTargets: HTMLElement[];
  declare secondsValue: number;
  private timer = 0;

  override connect(): void {
    const end = Date.now() + this.secondsValue * 1_000;
    this.timer = window.setInterval(() => {
      const left = Math.ceil((end - Date.now()) / 1_000);
      for (const one of this.leftTargets)
        one.textContent = words("seconds", { n: Math.max(left, 0) });
      if (left > 0) return;
      window.clearInterval(this.timer);
      (this.element.closest(".toast") ?? this.element).remove();
    }, 250);
  }

  override disconnect(): void {
    window.clearInterval(this.timer);
  }
}
