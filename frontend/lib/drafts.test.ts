import { describe, expect, it } from "vitest";
import { readDraft, slot, strangers } from "./drafts";
import { fill } from "./words";

const NOW = 1_800_000_000_000;
const kept = (daysAgo: number) =>
  JSON.stringify({ at: NOW - daysAgo * 86_400_000, fields: { words: ["路灯不亮"] } });

describe("a draft", () => {
  it("comes back within a week", () => {
    expect(readDraft(kept(6), NOW)).toEqual({ words: ["路灯不亮"] });
  });

  it("does not come back after a week", () => {
    expect(readDraft(kept(8), NOW)).toBeNull();
  });

  it("that cannot be read is none", () => {
    expect(readDraft("{half", NOW)).toBeNull();
  });

  it("belongs to who typed it", () => {
    expect(strangers(slot("7", "handle"), "8")).toBe(true);
    expect(strangers(slot("8", "handle"), "8")).toBe(false);
    expect(strangers(slot("", "report"), "8")).toBe(false);
    expect(strangers(slot("7", "handle"), "")).toBe(false);
  });
});

describe("a sentence", () => {
  it("takes its values and leaves what has none", () => {
    expect(fill("最多 {count} 张，{other}", { count: 9 })).toBe("最多 9 张，{other}");
  });
});
