// The bridge from the core (plain stores) to the screens (Vue). One core for each page.
import { type InjectionKey, inject, onScopeDispose, type ShallowRef, shallowRef } from "vue";
import type { Area, Catalogue, Field, Item, Store } from "./core";
import { FieldError } from "./core";
import { type Key, nameOf, t } from "./words";

export const FIELD: InjectionKey<Field> = Symbol("field");

export function useField(): Field {
  const field = inject(FIELD);
  if (!field) throw new Error("The field app has not begun.");
  return field;
}

/** A store of the core as something that templates follow. */
export function live<T>(store: Store<T>): Readonly<ShallowRef<T>> {
  const value = shallowRef(store.get());
  onScopeDispose(
    store.subscribe((now) => {
      value.value = now;
    }),
  );
  return value;
}

const SAID: Record<string, Key> = {
  "place.denied": "placeDenied",
  "place.unavailable": "placeUnavailable",
  "place.timeout": "placeTimeout",
  "place.unsupported": "placeDenied",
  "space.full": "storageFull",
  "picture.unreadable": "photoBad",
  "picture.too_large": "photoTooLarge",
  "picture.too_many": "photosFull",
};

/** What went wrong with the phone itself, in words. */
export function inWords(error: unknown, values: Record<string, string | number> = {}): string {
  const key = error instanceof FieldError ? SAID[error.code] : undefined;
  return t(key ?? "brokenText", values);
}

/** The street and community of a place. */
export function areaNames(found: (Area | null)[]): string {
  return found
    .filter((one): one is Area => one !== null)
    .map(nameOf)
    .join(" ");
}

/** What an item is about: its kind, else its first words. */
export function titleOf(item: Item, catalogue: Catalogue | null): string {
  const id = item.given.category ?? item.about?.category_id;
  const kind = catalogue?.categories.find((one) => one.id === id);
  return kind ? nameOf(kind) : textOf(item, "words").slice(0, 24) || t("itemReport");
}

/** Text that somebody gave, empty where none. */
export function textOf(item: Item, name: string): string {
  const value = item.given[name];
  return typeof value === "string" ? value : "";
}

export function numberOf(item: Item, name: string): number | null {
  const value = item.given[name];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
