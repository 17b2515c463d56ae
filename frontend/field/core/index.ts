// The core of the field app: everything that is kept, sent and asked for, without a screen.
export { openField } from "./field";
export { toGcj02 } from "./place";
export * from "./types";
export { isBegun, isCleared, isUnsent } from "./wipe";
export type * from "./wire";
