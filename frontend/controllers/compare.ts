import { Controller } from "@hotwired/stimulus";

/** Two pictures become one with a line to slide; the range input brings the keys. */
export default class extends Controller<HTMLElement> {
  static override targets = ["range"];
  declare readonly rangeTarget: HTMLInputElement;

  override connect(): void {
    this.element.classList.add("ready");
    this.move();
  }

  move(): void {
    this.element.style.setProperty("--cut", `${this.rangeTarget.value}%`);
  }
}
