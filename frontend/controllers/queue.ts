import { Controller } from "@hotwired/stimulus";
import { fill } from "../lib/words";

/** What is selected in a list: it outlives the refreshing of the list, and is counted. */
export default class extends Controller<HTMLFormElement> {
  static override targets = ["page", "count", "whole"];
  declare readonly pageTargets: HTMLInputElement[];
  declare readonly countTarget: HTMLElement;
  declare readonly wholeTarget: HTMLInputElement;
  private chosen = new Set<string>();
  private last: HTMLInputElement | undefined;

  override connect(): void {
    this.element.addEventListener("change", this.change);
    this.element.addEventListener("click", this.range);
    document.addEventListener("htmx:afterSwap", this.restore);
    this.read();
  }

  override disconnect(): void {
    this.element.removeEventListener("change", this.change);
    this.element.removeEventListener("click", this.range);
    document.removeEventListener("htmx:afterSwap", this.restore);
  }

  page(event: Event): void {
    const on = (event.currentTarget as HTMLInputElement).checked;
    for (const box of this.boxes()) box.checked = on;
    this.read();
  }

  none(): void {
    for (const box of this.boxes()) box.checked = false;
    this.wholeTarget.checked = false;
    this.read();
  }

  /** With the shift key all boxes between this one and the last. */
  private range = (event: MouseEvent): void => {
    const box = event.target as HTMLInputElement;
    if (box.name !== "case") return;
    const boxes = this.boxes();
    if (event.shiftKey && this.last) {
      const ends = [boxes.indexOf(this.last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const one of boxes.slice(ends[0], (ends[1] ?? 0) + 1)) one.checked = box.checked;
      this.read();
    }
    this.last = box;
  };

  private change = (): void => this.read();

  private read(): void {
    const boxes = this.boxes();
    this.chosen = new Set(boxes.filter((box) => box.checked).map(numberOf));
    const count = this.chosen.size;
    this.countTarget.textContent = fill(this.countTarget.dataset.words ?? "", { count });
    for (const box of this.pageTargets) {
      box.checked = count > 0 && count === boxes.length;
      box.indeterminate = count > 0 && count < boxes.length;
    }
  }

  /** Fresh rows know the newest versions; what was ticked stays so. */
  private restore = (): void => {
    for (const box of this.boxes()) box.checked = this.chosen.has(numberOf(box));
    this.read();
  };

  private boxes(): HTMLInputElement[] {
    return [...this.element.querySelectorAll<HTMLInputElement>("input[name=case]")];
  }
}

function numberOf(box: HTMLInputElement): string {
  return box.value.split(":")[0] ?? "";
}
