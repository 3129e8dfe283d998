import { expect, test } from "vitest";
import { parseObjective } from "../../lib/sweep/objective.ts";
import { parameterSpace } from "../../lib/sweep/parameter-space.ts";
import { parameterSensitivity, stabilityAt } from "../../lib/sweep/parameter-stability.ts";
import { metricSpreads, parameterDrift, walkForwardEfficiency } from "../../lib/sweep/window-answer.ts";
import { metricsOf } from "./metrics-of.ts";

test("efficiency is out of sample over in-sample", () => {
  expect(walkForwardEfficiency(parseObjective("sharpe"), metricsOf({ sharpe: 2 }), metricsOf({ sharpe: 0.5 }))).toBe(
    0.25,
  );
});

test.each([
  ["sharpe", { sharpe: -1 }, { sharpe: 1 }],
  ["sharpe", { sharpe: 1 }, { sharpe: null }],
  ["maxDrawdown", { maxDrawdown: 0.1 }, { maxDrawdown: 0.2 }],
])("efficiency by %s from %j to %j says nothing", (objective, inSample, outOfSample) => {
  expect(walkForwardEfficiency(parseObjective(objective), metricsOf(inSample), metricsOf(outOfSample))).toBeNull();
});

test("drift is the mean move along the axis and the share of changes", () => {
  const space = parameterSpace({ fast: [5, 10, 15, 20, 25], side: ["long", "both"] });
  // fast 5, 15, 15, 25 and side long, long, both, both: moves 2, 0, 2 of 4 steps; changes 2 of 3 and 1 of 3.
  expect(parameterDrift(space, [0, 4, 5, 9])).toEqual([
    { name: "fast", meanMove: expect.closeTo(1 / 3, 12), changes: expect.closeTo(2 / 3, 12) },
    { name: "side", meanMove: expect.closeTo(1 / 3, 12), changes: expect.closeTo(1 / 3, 12) },
  ]);
});

test("the spread of a metric is over lanes where it is defined", () => {
  const spreads = metricSpreads([1, 2, null, 6].map((sharpe) => metricsOf({ sharpe })));
  expect(spreads.sharpe).toEqual({
    count: 3,
    mean: 3,
    min: 1,
    max: 6,
    standardDeviation: expect.closeTo(Math.sqrt(7), 12),
  });
});

const grid = parameterSpace({ a: [1, 2, 3], b: [1, 2, 3] });

test("a lone peak is unstable, a plateau is stable", () => {
  const peak = stabilityAt(grid, 4, (index) => (index === 4 ? 10 : 0));
  expect(peak).toEqual({ value: 10, neighbourhoodMean: 2, neighbours: 4, stability: 0.2 });
  expect(stabilityAt(grid, 4, () => 10)?.stability).toBe(1);
});

test("a corner has two neighbours, and texts have none", () => {
  expect(stabilityAt(grid, 0, () => 1)?.neighbours).toBe(2);
  expect(stabilityAt(parameterSpace({ side: ["long", "short", "both"] }), 1, () => 1)?.neighbours).toBe(0);
});

test("points where no lane ran are not neighbours", () => {
  expect(stabilityAt(grid, 4, (index) => (index % 2 === 0 ? 1 : undefined))?.neighbours).toBe(0);
});

test("stability is the mean of a point and its neighbours over its own value, worked out by hand", () => {
  // 3 × 3, numbered row by row: the middle is 5, with 2 above, 6 below, 1 left and 7 right: the mean is 21/5, and 21/25 of the middle.
  const values = [9, 2, 9, 1, 5, 7, 9, 6, 9];
  expect(stabilityAt(grid, 4, (index) => values[index])).toEqual({
    value: 5,
    neighbourhoodMean: (5 + 2 + 6 + 1 + 7) / 5,
    neighbours: 4,
    stability: expect.closeTo(0.84, 12),
  });
  expect(stabilityAt(grid, 4, (index) => (index === 4 ? -1 : 1))?.stability).toBeNull();
});

test("what a parameter explains is the variance of its means over that of all, worked out by hand", () => {
  // Values 1, 2 and 3, 6: mean 3, squares 4 + 1 + 0 + 9 = 14. Means by a 1.5 and 4.5: 4 × 1.5² = 9; by b 2 and 4: 4 × 1² = 4.
  const two = parameterSpace({ a: [1, 2], b: [1, 2] });
  const lanes = [1, 2, 3, 6].map((value, index) => ({ index, value }));
  expect(parameterSensitivity(two, lanes).map(({ share }) => share)).toEqual([
    expect.closeTo(9 / 14, 12),
    expect.closeTo(4 / 14, 12),
  ]);
});

test("a value that more lanes have weighs more", () => {
  // Without the fourth: mean 2, squares 1 + 0 + 1 = 2. By a: two lanes with 1.5, one with 3: 2 × 0.25 + 1 = 1.5; by b: two with 2, one with 2: 0.
  const two = parameterSpace({ a: [1, 2], b: [1, 2] });
  const lanes = [1, 2, 3].map((value, index) => ({ index, value }));
  expect(parameterSensitivity(two, lanes).map(({ share }) => share)).toEqual([0.75, 0]);
});

test("a parameter that decides everything has all the variance", () => {
  const lanes = Array.from({ length: 9 }, (_, index) => ({ index, value: 10 * Math.floor(index / 3) }));
  const [a, b] = parameterSensitivity(grid, lanes);
  expect([a?.share, b?.share]).toEqual([expect.closeTo(1, 12), expect.closeTo(0, 12)]);
  expect(a?.values).toEqual([
    { value: 1, mean: 0, lanes: 3 },
    { value: 2, mean: 10, lanes: 3 },
    { value: 3, mean: 20, lanes: 3 },
  ]);
});
