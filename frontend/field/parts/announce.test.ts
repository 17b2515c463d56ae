import { expect, test } from "vitest";
import type { Field, Item } from "../core";
import { announce } from "./announce";
import { said } from "./say";

function aPhone() {
  let told: (items: Item[]) => void = () => undefined;
  const items = { get: () => [], subscribe: (by: typeof told) => { told = by; by([]); return () => undefined; } }; // biome-ignore format: one line
  const catalogue = { get: () => null };
  announce({ items, catalogue } as unknown as Field);
  return (phase: Item["phase"]) => told([{ id: "1", phase, given: { words: "路灯不亮" } } as unknown as Item]);
} // biome-ignore format: one line

test("what arrived and what was refused is said aloud", () => {
  const now = aPhone();
  now("sending");
  expect(said.text).toBe("");
  now("sent");
  expect(said.text).toBe("路灯不亮已收到");
  now("sending");
  now("refused");
  expect(said.text).toContain("路灯不亮没有被接收");
});

test("what was there when the app opened is not said again", () => {
  said.text = "";
  aPhone()("sent");
  expect(said.text).toBe("");
});
