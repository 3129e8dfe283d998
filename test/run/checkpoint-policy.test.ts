import { describe, expect, test } from "vitest";
import { isCheckpointDue } from "../../lib/run/checkpoint-policy.ts";

const start = { lastBar: 0, lastAtMs: 0, bar: 0, atMs: 0 };

describe("every 10 bars", () => {
  test.each([
    [9, false],
    [10, true],
    [11, true],
  ])("after %d bars: %s", (bar, due) => {
    expect(isCheckpointDue({ everyBars: 10 }, { ...start, bar })).toBe(due);
  });

  test("is counted from the last checkpoint", () => {
    expect(isCheckpointDue({ everyBars: 10 }, { ...start, lastBar: 5, bar: 14 })).toBe(false);
    expect(isCheckpointDue({ everyBars: 10 }, { ...start, lastBar: 5, bar: 15 })).toBe(true);
  });

  test("never by time", () => {
    expect(isCheckpointDue({ everyBars: 10 }, { ...start, bar: 1, atMs: 1e12 })).toBe(false);
  });
});

test.each([
  [1_999, false],
  [2_000, true],
])("every 2 seconds, after %d ms: %s", (atMs, due) => {
  expect(isCheckpointDue({ everyBars: 1_000, everySeconds: 2 }, { ...start, bar: 1, atMs })).toBe(due);
});
