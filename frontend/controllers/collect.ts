import { Controller } from "@hotwired/stimulus";

/** Puts pictures that are dropped on the form, or pasted anywhere, into its file input. */
export default class extends Controller<HTMLFormElement> {
  static override targets = ["input", "said"];
  declare readonly inputTarget: HTMLInputElement;
  declare readonly saidTarget: HTMLElement;

  override connect(): void {
    document.addEventListener("paste", this.paste);
    this.element.addEventListener("dragover", this.over);
    this.element.addEventListener("drop", this.drop);
    this.inputTarget.addEventListener("change", this.say);
  }

  override disconnect(): void {
    document.removeEventListener("paste", this.paste);
  }

  private paste = (event: ClipboardEvent): void => {
    if (this.take(event.clipboardData)) event.preventDefault();
  };

  private over = (event: DragEvent): void => event.preventDefault();

  private drop = (event: DragEvent): void => {
    event.preventDefault();
    this.take(event.dataTransfer);
  };

  private take(from: DataTransfer | null): boolean {
    const pictures = [...(from?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    if (pictures.length === 0) return false;
    const all = new DataTransfer();
    for (const file of [...(this.inputTarget.files ?? []), ...pictures]) all.items.add(file);
    this.inputTarget.files = all.files;
    this.say();
    return true;
  }

  private say = (): void => {
    const names = [...(this.inputTarget.files ?? [])].map((file) => file.name);
    this.saidTarget.textContent = names.join(", ");
  };
}
