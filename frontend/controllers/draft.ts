import { Controller } from "@hotwired/stimulus";
import { announce } from "../lib/announce";
import { dropDraft, type Fields, keepDraft, recallDraft, slot } from "../lib/drafts";
import { words } from "../lib/words";

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/**
 * Nothing typed is lost: every field is kept in this browser at each keystroke and comes back after
 * a reload, a refusal or a page that could not be reached. What the server wrote wins over the draft.
 */
export default class extends Controller<HTMLFormElement> {
  static override values = { key: String };
  declare keyValue: string;

  override connect(): void {
    this.element.addEventListener("input", this.save);
    this.element.addEventListener("change", this.save);
    // After the other controllers have connected.
    queueMicrotask(() => this.restore());
  }

  override disconnect(): void {
    this.element.removeEventListener("input", this.save);
    this.element.removeEventListener("change", this.save);
  }

  /** "Start afresh". */
  clear(): void {
    dropDraft(this.keyValue);
    window.location.reload();
  }

  private save = (): void => {
    const fields: Fields = {};
    for (const field of this.fields()) {
      const values = fields[field.name] ?? [];
      fields[field.name] = values;
      if (!tickable(field) || field.checked) values.push(field.value);
    }
    keepDraft(this.slot, fields);
  };

  private restore(): void {
    const kept = recallDraft(this.slot);
    if (!kept) return;
    let back = false;
    for (const [name, values] of Object.entries(kept)) {
      const fields = this.fields().filter((field) => field.name === name);
      if (values.some(Boolean) && untouched(fields)) back = put(fields, values) || back;
    }
    if (!back) return;
    document.dispatchEvent(new CustomEvent("draft:restored"));
    announce(words("draftKept"), "", { words: words("draftClear"), run: () => this.clear() });
  }

  private fields(): Field[] {
    return [...this.element.elements].filter(
      (one): one is Field =>
        one.matches("input, select, textarea") &&
        (one as Field).name !== "" &&
        mayKeep(one as Field),
    );
  }

  private get slot(): string {
    return slot(document.body.dataset.user ?? "", this.keyValue);
  }
}

function mayKeep(field: Field): boolean {
  if (field.closest("[data-no-draft]")) return false;
  if (field.type === "hidden") return field.dataset.draftKeep !== undefined;
  return !["password", "file", "submit", "button", "search"].includes(field.type);
}

function tickable(field: Field): field is HTMLInputElement {
  return field.type === "checkbox" || field.type === "radio";
}

/** Still as an empty form: the server has written nothing here. */
function untouched(fields: Field[]): boolean {
  return fields.every((field) => {
    if (tickable(field)) return !field.checked;
    if (field instanceof HTMLSelectElement) return field.selectedIndex <= 0;
    return field.value === "";
  });
}

function put(fields: Field[], values: string[]): boolean {
  for (const [index, field] of fields.entries()) {
    if (tickable(field)) field.checked = values.includes(field.value);
    else if (field instanceof HTMLSelectElement && field.multiple) {
      for (const option of field.options) option.selected = values.includes(option.value);
    } else field.value = values[index] ?? "";
  }
  return fields.length > 0;
}
