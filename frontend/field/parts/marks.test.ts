import { expect, test } from "vitest";
import { isMeant } from "./marks";

test("a slip of the finger is no mark", () => {
  expect(isMeant({ tool: "arrow", from: [0.5, 0.5], to: [0.51, 0.51] })).toBe(false);
  expect(isMeant({ tool: "arrow", from: [0.5, 0.5], to: [0.6, 0.4] })).toBe(true);
});
