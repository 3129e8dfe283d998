import { describe, expect, test } from "vitest";
import { z } from "zod";
import { smaCross } from "../../lib/strategies/sma-cross.ts";
import { parseSweepSpec } from "../../lib/sweep/parse-sweep-spec.ts";
import { planSweep } from "../../lib/sweep/plan-sweep.ts";
import { metricsOverRanges } from "../../lib/sweep/range-metrics.ts";
import { batchStatus, failureCategory, failuresByCategory } from "../../lib/sweep/sweep-status.ts";
import { hasSharedCases } from "../golden-cases/golden-file.ts";
import { expectedOf, seedCase } from "../golden-cases/seed-case.ts";
import { metricsOf } from "./metrics-of.ts";

const times = { startBar: 0, openTimeMs: Float64Array.from({ length: 1000 }, (_, i) => i * 86_400_000) };
const dayOf = (bar: number) => new Date(bar * 86_400_000).toISOString().slice(0, 10);
const sizing = { laneBarsPerSecond: 1e7, targetSeconds: 60, mostLanes: 1000 };
const sweep = (more: object) =>
  parseSweepSpec(
    {
      base: { data: { snapshot: "s" }, strategy: { name: "sma-cross" } },
      space: { fast: { from: 5, to: 30, step: 5 }, slow: { from: 10, to: 70, step: 10 } },
      where: ["fast < slow"],
      ...more,
    },
    "sweep.yaml",
  );

test("the grid of case B13 has 33 lanes in one item", () => {
  const plan = planSweep(sweep({}), smaCross, times, sizing);
  expect([plan.points.count, plan.windows.length, plan.items.length]).toEqual([33, 1, 1]);
});

test("a walk-forward sweep has an item for each window", () => {
  const windows = { kind: "rolling", inSample: "500 bars", outOfSample: "125 bars", warmup: 70 };
  const plan = planSweep(sweep({ windows }), smaCross, times, sizing);
  expect(plan.items.map(({ window, startBar, endBar, warmupBars }) => [window, startBar, endBar, warmupBars])).toEqual([
    [0, 0, 500, 0],
    [1, 55, 625, 70],
    [2, 180, 750, 70],
    [3, 305, 875, 70],
  ]);
});

describe("positions are carried over only between ranges that follow each other bar for bar", () => {
  const carried = (windows: object) => planSweep(sweep({ windows, state: "carried" }), smaCross, times, sizing);
  const rolling = { kind: "rolling", inSample: "500 bars", outOfSample: "125 bars" };
  const listed = (...starts: readonly number[]) => ({
    kind: "list",
    list: starts.map((start) => ({ inSample: days(0, 99), outOfSample: days(start, start + 49) })),
  });
  const days = (from: number, to: number) => ({ from: dayOf(from), to: dayOf(to) });

  test("an embargo in front of them leaves no gap", () => {
    const { windows } = carried({ ...rolling, embargo: "10 bars" });
    expect(windows.map(({ outOfSample }) => outOfSample[0]?.startBar)).toEqual([510, 635, 760]);
  });

  test("nor do windows of a list that touch", () => {
    expect(carried(listed(100, 150)).windows).toHaveLength(2);
  });

  test.each([
    [
      "a step longer than the range",
      { ...rolling, step: "150 bars" },
      "25 bars between those of windows 0 and 1, which begins at bar 650 (1971-10-13",
    ],
    [
      "a list with a gap",
      listed(100, 150, 220),
      "20 bars between those of windows 1 and 2, which begins at bar 220 (1970-08-09",
    ],
  ])("%s is refused", (_, windows, found) => {
    expect(() => carried(windows)).toThrow(
      `state: "carried" expects each out-of-sample range to begin at the bar after the one before it, found ${found}`,
    );
  });
});

test("an optimiser has no items before it has asked", () => {
  expect(planSweep(sweep({ method: { kind: "tpe", n: 50 } }), smaCross, times, sizing).items).toEqual([]);
});

test("over separate ranges counts are added and ratios averaged by bars", () => {
  const combined = metricsOverRanges([
    metricsOf({ bars: 100, closedTrades: 3, sharpe: 1, calmar: null }),
    metricsOf({ bars: 300, closedTrades: 4, sharpe: 2, calmar: 1 }),
  ]);
  expect([combined.bars, combined.closedTrades, combined.sharpe, combined.calmar]).toEqual([400, 7, 1.75, null]);
});

const counts = (given: object) => ({ total: 3, running: 0, completed: 0, failed: 0, ...given });

test.each([
  [counts({}), "pending"],
  [counts({ running: 1 }), "running"],
  [counts({ completed: 2 }), "running"],
  [counts({ completed: 3 }), "completed"],
  [counts({ completed: 1, failed: 2 }), "partial"],
  [counts({ failed: 3 }), "failed"],
] as const)("a batch of %j is %s", (given, status) => {
  expect(batchStatus(given, "live")).toBe(status);
});

test("a cancelled batch stays cancelled, whatever ends later", () => {
  expect(batchStatus(counts({ completed: 3 }), "cancelled")).toBe("cancelled");
});

describe.skipIf(!hasSharedCases)("F15: batch status and error classes", () => {
  test("each error has its category", () => {
    const { errors } = z.object({ errors: z.array(z.string()) }).parse(seedCase("F15").input);
    const { category } = expectedOf("F15", z.object({ category: z.array(z.string()) }));
    expect(errors.map((text) => failureCategory("Error", text))).toEqual(category);
  });

  test("one good member of three is partial, with a count of each kind of failure", () => {
    expect(batchStatus(counts({ completed: 1, failed: 2 }), "live")).toBe("partial");
    expect(
      failuresByCategory([
        { name: "Error", message: "Connection timed out" },
        { name: "E", message: "insufficient data" },
      ]),
    ).toEqual({ data_error: 1, timeout: 1 });
  });
});
