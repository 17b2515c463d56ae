import { expect, test } from "vitest";
import { apart, away, timeLeft, urgency } from "./times";

const NOW = Date.parse("2026-11-23T10:30:00+08:00");

test("a limit says how long is left", () => {
  expect(timeLeft("2026-11-23T13:50:00+08:00", NOW)).toBe("还剩 3 小时 20 分");
  expect(timeLeft("2026-11-25T11:30:00+08:00", NOW)).toBe("还剩 2 天 1 小时");
  expect(timeLeft("2026-11-23T10:42:30+08:00", NOW)).toBe("还剩 12 分钟");
  expect(timeLeft("2026-11-23T12:30:00+08:00", NOW)).toBe("还剩 2 小时");
  expect(timeLeft("2026-11-24T10:30:00+08:00", NOW)).toBe("还剩 1 天");
});

test("a limit that has passed says by how much", () => {
  expect(timeLeft("2026-11-23T08:00:00+08:00", NOW)).toBe("已超 2 小时 30 分");
  expect(urgency("2026-11-23T08:00:00+08:00", NOW)).toBe("late");
});

test("what is due within two hours is soon, and no limit is neither", () => {
  expect(urgency("2026-11-23T12:00:00+08:00", NOW)).toBe("soon");
  expect(urgency("2026-11-23T13:00:00+08:00", NOW)).toBe("");
  expect(urgency(null, NOW)).toBe("");
});

test("distances are metres in tens, then kilometres", () => {
  expect(away(123)).toBe("120 米");
  expect(away(1449)).toBe("1.4 公里");
});

test("a thousandth of a degree to the north is 111 metres", () => {
  const from = { lat: 26.08, lon: 119.29 };
  expect(apart(from, { ...from, lat: 26.081 })).toBeCloseTo(111.3, 1);
});
