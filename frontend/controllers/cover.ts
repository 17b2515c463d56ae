import { Controller } from "@hotwired/stimulus";

const SIDES = ["x", "y", "width", "height"];
const SVG = "http://www.w3.org/2000/svg";

/** Rectangles drawn on a picture with a pointer fill the next free row of numbers, and what stands in the
 * rows is shown on the picture. The numbers alone serve the keyboard, and whoever has no script. */
export default class extends Controller<HTMLElement> {
  static override targets = ["picture", "plane", "row"];
  declare readonly pictureTarget: HTMLElement;
  declare readonly planeTarget: SVGSVGElement;
  declare readonly rowTargets: HTMLElement[];

  #from: [number, number] | null = null;
  #row: HTMLElement | null = null;

  override connect(): void {
    this.pictureTarget.addEventListener("pointerdown", this.#begin);
    this.pictureTarget.addEventListener("pointermove", this.#stretch);
    this.pictureTarget.addEventListener("pointerup", this.#end);
    this.pictureTarget.addEventListener("pointercancel", this.#end);
    this.element.addEventListener("input", this.#draw);
    this.#draw();
  }

  override disconnect(): void {
    this.element.removeEventListener("input", this.#draw);
  }

  #at(event: PointerEvent): [number, number] {
    const box = this.pictureTarget.getBoundingClientRect();
    const part = (value: number, size: number) => Math.min(100, Math.max(0, (value / size) * 100));
    return [part(event.clientX - box.left, box.width), part(event.clientY - box.top, box.height)];
  }

  #begin = (event: PointerEvent): void => {
    const free = this.rowTargets.find((row) => this.#numbers(row).every((field) => !field.value));
    if (!free || event.button !== 0) return;
    event.preventDefault();
    this.pictureTarget.setPointerCapture(event.pointerId);
    this.#from = this.#at(event);
    this.#row = free;
  };

  #stretch = (event: PointerEvent): void => {
    if (!this.#from || !this.#row) return;
    const [left, top] = this.#from;
    const [right, bottom] = this.#at(event);
    const box = [
      Math.min(left, right),
      Math.min(top, bottom),
      Math.abs(right - left),
      Math.abs(bottom - top),
    ];
    this.#numbers(this.#row).forEach((field, i) => {
      field.value = (box[i] ?? 0).toFixed(1);
    });
    this.#draw();
  };

  #end = (): void => {
    const row = this.#row;
    if (row && this.#numbers(row).some((field, i) => i > 1 && Number(field.value) < 0.5))
      for (const field of this.#numbers(row)) field.value = "";
    this.#from = this.#row = null;
    this.#draw();
  };

  #numbers(row: HTMLElement): HTMLInputElement[] {
    return SIDES.flatMap((side) => [
      ...row.querySelectorAll<HTMLInputElement>(`input[name^="${side}_"]`),
    ]);
  }

  #draw = (): void => {
    for (const old of this.planeTarget.querySelectorAll(".cover-drawn")) old.remove();
    for (const row of this.rowTargets) {
      const values = this.#numbers(row).map((field) => field.value);
      if (values.some((value) => !value)) continue;
      const rect = document.createElementNS(SVG, "rect");
      rect.setAttribute("class", "cover-drawn");
      SIDES.forEach((side, i) => {
        rect.setAttribute(side, values[i] ?? "0");
      });
      this.planeTarget.append(rect);
    }
  };
}
