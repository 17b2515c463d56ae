// A value that can be watched.
import type { Store } from "./types";

export interface Held<T> extends Store<T> {
  set(value: T): void;
}

export function held<T>(first: T): Held<T> {
  let value = first;
  const watching = new Set<(value: T) => void>();
  return {
    get: () => value,
    set(next) {
      value = next;
      for (const told of [...watching]) told(next);
    },
    subscribe(told) {
      watching.add(told);
      told(value);
      return () => watching.delete(told);
    },
  };
}
