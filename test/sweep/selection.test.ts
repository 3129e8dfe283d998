import fc from "fast-check";
import { expect, test } from "vitest";
import type { Metrics } from "../../lib/engine/metrics.ts";
import { parseConditions } from "../../lib/sweep/conditions.ts";
import { metricNames } from "../../lib/sweep/metric-directions.ts";
import { objectiveValue, parseObjective } from "../../lib/sweep/objective.ts";
import { selectBest } from "../../lib/sweep/selection.ts";
import type { ObjectiveSpec } from "../../lib/sweep/sweep-spec.ts";
import { metricsOf } from "./metrics-of.ts";

function select(
  all: (Partial<Metrics> | null)[],
  objective: ObjectiveSpec = "sharpe",
  require: string[] = [],
  topK = 1,
) {
  const scores = all.map((given, lane) => ({ lane, metrics: given === null ? null : metricsOf(given) }));
  return selectBest(scores, parseObjective(objective), parseConditions("require", require, metricNames), topK);
}

const lanes = (all: Parameters<typeof select>[0], ...rest: [ObjectiveSpec?, string[]?, number?]) =>
  select(all, ...rest).winners.map(({ lane }) => lane);

test("the largest Sharpe ratio wins", () => {
  expect(select([{ sharpe: 1 }, { sharpe: 3 }, { sharpe: 2 }]).winners).toEqual([{ lane: 1, value: 3 }]);
});

test("the smallest drawdown wins", () => {
  expect(lanes([{ maxDrawdown: 0.3 }, { maxDrawdown: 0.1 }, { maxDrawdown: 0.2 }], "maxDrawdown")).toEqual([1]);
});

test("equals win in the order of the space, in whatever order they come", () => {
  const scores = [3, 1, 2, 0].map((lane) => ({ lane, metrics: metricsOf({ sharpe: 1 }) }));
  expect(selectBest(scores, parseObjective("sharpe"), [], 2).winners.map(({ lane }) => lane)).toEqual([0, 1]);
});

test("a null objective never wins, even against losses", () => {
  expect(lanes([{ sharpe: null }, { sharpe: -5 }], "sharpe", [], 2)).toEqual([1]);
});

test("a null objective never wins when it is minimised", () => {
  expect(lanes([{ volatility: null }, { volatility: 5 }], "volatility", [], 2)).toEqual([1]);
});

test("a weighted sum is computed, and null when a part is", () => {
  const objective = parseObjective({ weights: { sharpe: 2, maxDrawdown: -1 }, direction: "maximise" });
  expect(objectiveValue(objective, metricsOf({ sharpe: 1.5, maxDrawdown: 0.25 }))).toBe(2.75);
  expect(objectiveValue(objective, metricsOf({ sharpe: null, maxDrawdown: 0.25 }))).toBeNull();
});

test("a lane that breaks a constraint does not win", () => {
  const all = [
    { sharpe: 9, closedTrades: 29 },
    { sharpe: 1, closedTrades: 30 },
  ];
  expect(lanes(all, "sharpe", ["closedTrades >= 30"])).toEqual([1]);
});

test("a null metric does not meet a constraint on it", () => {
  expect(
    lanes(
      [
        { sharpe: 2, winRate: null },
        { sharpe: 1, winRate: 0.6 },
      ],
      "sharpe",
      ["winRate > 0.5"],
    ),
  ).toEqual([1]);
});

test("the best k come best first, and memory holds no more", () => {
  expect(lanes([{ sharpe: 1 }, { sharpe: 4 }, { sharpe: 3 }, { sharpe: 2 }], "sharpe", [], 3)).toEqual([1, 2, 3]);
});

test("constraints that exclude everything are reported with their counts", () => {
  const result = select(
    [null, { closedTrades: 3 }, { closedTrades: 5 }, { closedTrades: 40, sharpe: null }],
    "sharpe",
    ["closedTrades >= 30"],
  );
  expect(result.emptyReason).toBe(
    'None of 4 lanes can be chosen: 1 failed, 2 did not meet "closedTrades >= 30", for 1 the objective is undefined. Loosen require, or use longer windows.',
  );
});

test("where all lanes failed, looser constraints are no advice", () => {
  expect(select([null, null], "sharpe", ["closedTrades >= 30"]).emptyReason).toBe(
    "None of 2 lanes can be chosen: 2 failed. Their failures say why.",
  );
});

test("the chosen are those that a full sort would put first", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 6 }),
      (values, topK) => {
        const expected = values
          .map((value, lane) => ({ value, lane }))
          .sort((a, b) => b.value - a.value || a.lane - b.lane);
        expect(
          lanes(
            values.map((sharpe) => ({ sharpe })),
            "sharpe",
            [],
            topK,
          ),
        ).toEqual(expected.slice(0, topK).map(({ lane }) => lane));
      },
    ),
  );
});
