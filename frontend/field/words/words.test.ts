import { expect, test } from "vitest";
import { en } from "./en";
import { zh } from "./zh";

const holes = (sentence: string) => (sentence.match(/\{\w+\}/g) ?? []).sort().join();

test("each sentence has the same blanks to fill in both languages", () => {
  for (const [key, chinese] of Object.entries(zh)) {
    expect(`${key} ${holes(en[key as keyof typeof zh])}`).toBe(`${key} ${holes(chinese)}`);
  }
});

test("nothing shouts", () => {
  for (const words of [zh, en]) expect(Object.values(words).join("")).not.toMatch(/[!！]/);
});
