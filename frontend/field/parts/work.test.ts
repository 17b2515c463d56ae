import { expect, test } from "vitest";
import type { Item, Task } from "../core";
import { lacking, outcomeOf, outcomes } from "./work";

const task = (more: Partial<Task>): Task => ({
  id: "case-1", kind: "handle", case: "1", version: 3, state: "handling", category_id: 1, category: "", icon: "",
  words: [], address: "", street: "", community: "", unit: "", lat: 26, lon: 119, due_at: null, late: false,
  urgent: false, blind: false, on_spot: false, needs_photo: true, before: [], after: [], history: [], moves: [], ...more,
}); // biome-ignore format: one table
const names = (one: Task) => outcomes(one).map(({ name }) => name);

test("only moves that are open are offered", () => {
  expect(names(task({ moves: ["handle", "return"] }))).toEqual(["handle", "return"]);
  expect(names(task({ moves: ["close", "rework"] }))).toEqual(["close", "rework"]);
  expect(names(task({ moves: [] }))).toEqual([]);
});

test("one visit has two outcomes", () => {
  expect(names(task({ kind: "look_back", moves: ["look_back"] }))).toEqual([
    "in_order",
    "not_in_order",
  ]);
  expect(names(task({ kind: "verify", moves: ["verify"] }))).toEqual(["found", "not_found"]);
});

test("a draft is opened for what it was begun for, also when the task is gone", () => {
  const about = task({ kind: "verify", moves: ["verify"] });
  const draft = { kind: "verify", given: { found: false, words: "none" }, about } as Partial<Item>;
  expect(outcomeOf(draft as Item, about)?.name).toBe("not_found");
  expect(outcomeOf(draft as Item, undefined)?.name).toBe("not_found");
  expect(outcomeOf({ ...draft, about: null } as Item, task({ moves: ["handle"] }))).toBeNull();
});

test("what is missing is asked for: reason, photo, words", () => {
  const nothing = { words: " ", photos: 0, reason: null };
  const rework = outcomes(task({ moves: ["rework"] }))[0];
  const handle = outcomes(task({ moves: ["handle"] }))[0];
  if (!rework || !handle) throw new Error("not offered");
  expect(lacking(rework, nothing)).toBe("chooseReason");
  expect(lacking(rework, { ...nothing, reason: 4 })).toBe("writeWords");
  expect(lacking(handle, { ...nothing, words: "已清运" })).toBe("addAfterPhoto");
  expect(lacking(handle, { words: "已清运", photos: 1, reason: null })).toBeNull();
});
