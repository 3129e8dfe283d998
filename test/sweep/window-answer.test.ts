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
