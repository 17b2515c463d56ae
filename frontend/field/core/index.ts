// The core of the field app: everything that is kept, sent and asked for, without a screen.
export * from "./types";
export type * from "./wire";
