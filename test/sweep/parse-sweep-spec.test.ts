import { describe, expect, test } from "vitest";
import { smaCross } from "../../lib/strategies/sma-cross.ts";
import { checkParameterNames, laneFault } from "../../lib/sweep/check-lanes.ts";
import { parseSweepSpec, sweepSpecJsonSchema } from "../../lib/sweep/parse-sweep-spec.ts";

const base = { data: { snapshot: "sp500" }, strategy: { name: "sma-cross" } };
const least = { base, space: { fast: [5, 10] } };
const opening = {
  cash: "1",
  nextTradeId: 1,
  trades: [],
  orders: [],
  nextOrder: 1,
  ownIds: [],
  lastSignalTimeMs: null,
};
const rolling = { kind: "rolling", inSample: "500 bars", outOfSample: "125 bars" };

test("the least sweep gets every default, written out", () => {
  const { base: _base, ...rest } = parseSweepSpec(least, "sweep.yaml");
  expect(rest).toEqual({
    tags: [],
    space: { fast: [5, 10] },
    where: [],
    method: { kind: "grid" },
    windows: { kind: "none" },
    state: "fresh",
    capital: "chained",
    objective: "sharpe",
    require: [],
    regimes: { lookback: 63, bull: 0.1, bear: -0.1, volatility: 0.25 },
    topK: 1,
    maxLanes: 100_000,
    facts: "summary",
  });
});

test("the base is a run's spec with its defaults", () => {
  expect(parseSweepSpec(least, "sweep.yaml").base.account.cash).toBe(100_000);
});

test("a parsed sweep parses to itself", () => {
  const written = {
    ...least,
    space: { ...least.space, slow: { from: 1, to: 9, count: 3, scale: "log" }, side: "long", x: { value: true } },
    windows: { ...rolling, embargo: 0, step: "21 trading days" },
    objective: { weights: { sharpe: 1, maxDrawdown: -2 } },
    require: ["closedTrades >= 30"],
  };
  const parsed = parseSweepSpec(written, "sweep.yaml");
  expect(parseSweepSpec(JSON.parse(JSON.stringify(parsed)), "sweep.yaml")).toEqual(parsed);
});

describe("a sweep is refused naming the field, what was expected and what was found:", () => {
  test.each<[string, object, string]>([
    [
      "a fault of the base",
      { ...least, base: { ...base, data: {} } },
      "base.data.snapshot: expected string; found nothing",
    ],
    [
      "a run's field beside the base",
      { ...least, execution: {} },
      "execution: unknown field; a field of this name belongs elsewhere, move it there",
    ],
    [
      "a warm-up with a unit",
      { ...least, windows: { ...rolling, warmup: "100 bars" } },
      'windows.warmup: expected a number of bars without a unit, such as 100; found "100 bars"',
    ],
    ["a mistyped field", { ...least, objectve: "sharpe" }, 'objectve: unknown field; did you mean "objective"?'],
    ["no space", { base }, "space: expected at least one parameter, such as { fast: [5, 10, 20] }; found none"],
    [
      "an axis of nonsense",
      { ...least, space: { fast: { form: 1 } } },
      "space.fast: expected a list of values, { from, to, step }",
    ],
    ["an unknown method", { ...least, method: { kind: "gird" } }, "method.kind: "],
    [
      "a length of nonsense",
      { ...least, windows: { ...rolling, inSample: "5 fortnights" } },
      'windows.inSample: expected a length such as "500 bars"',
    ],
    [
      "an empty window",
      { ...least, windows: { ...rolling, outOfSample: 0 } },
      "windows.outOfSample: expected a length above 0; found 0",
    ],
    [
      "an unknown objective",
      { ...least, objective: "sharp" },
      'objective: expected a metric, found "sharp"; did you mean "sharpe"?',
    ],
    [
      "an objective without a better side",
      { ...least, objective: "closedTrades" },
      'neither way is better for "closedTrades"',
    ],
    [
      "an unknown metric in a sum",
      { ...least, objective: { weights: { sharpe: 1, drawdwn: 1 } } },
      'objective.weights.drawdwn: expected a metric, found "drawdwn"',
    ],
    [
      "an unknown metric in require",
      { ...least, require: ["closedTrade > 3"] },
      'found "closedTrade" at character 1 of "closedTrade > 3"; did you mean "closedTrades"?',
    ],
    [
      "lanes in the base",
      { ...least, base: { ...base, strategy: { name: "sma-cross", lanes: [{}] } } },
      "base.strategy.lanes: a sweep makes the lanes itself",
    ],
    [
      "a list beside a space",
      { ...least, method: { kind: "list", points: [{ fast: 1 }] } },
      'space: method.kind "list" names its points itself; remove one of the two; found fast',
    ],
    [
      "carried state without order",
      { ...least, state: "carried" },
      'state: "carried" needs windows that follow each other (rolling, anchored, list); found windows.kind "none"',
    ],
    [
      "carried state with reset capital",
      { ...least, windows: rolling, state: "carried", capital: "reset" },
      "capital: what state",
    ],
    [
      "a bear above a bull",
      { ...least, regimes: { bull: 0.1, bear: 0.2 } },
      "regimes.bear: expected at most regimes.bull (0.1), for no return is above the one and below the other; found 0.2",
    ],
    [
      "a look back on one return",
      { ...least, regimes: { lookback: 1 } },
      "regimes.lookback: expected at least 2, for one return has no deviation; found 1",
    ],
    [
      "a volatility of nothing",
      { ...least, regimes: { volatility: 0 } },
      "regimes.volatility: expected a number above 0; found 0",
    ],
    ["a threshold in words", { ...least, regimes: { bull: "10%" } }, 'regimes.bull: expected number; found "10%"'],
    ["a mistyped threshold", { ...least, regimes: { bul: 0.1 } }, 'regimes.bul: unknown field; did you mean "bull"?'],
    [
      "carried state beside bars on which nothing is decided",
      { ...least, base: { ...base, data: { snapshot: "s", warmupBars: 5 } }, windows: rolling, state: "carried" },
      "base.data.warmupBars: on these bars of each window nothing would manage what is carried over; use windows.warmup; found 5",
    ],
    [
      "a base that begins with a position",
      { ...least, base: { ...base, account: { opening } } },
      "base.account.opening: a sweep begins flat",
    ],
    [
      "warm-up said twice",
      { ...least, base: { ...base, data: { snapshot: "s", warmupBars: 5 } }, windows: { ...rolling, warmup: 7 } },
      "windows.warmup: base.data.warmupBars (5) says the same",
    ],
    [
      "all groups out of sample",
      { ...least, windows: { kind: "cpcv", groups: 6, testGroups: 6 } },
      "windows.testGroups: expected fewer than windows.groups (6); found 6",
    ],
  ])("%s", (_, spec, message) => {
    expect(() => parseSweepSpec(spec, "sweep.yaml")).toThrow(message);
  });
});

test("the JSON Schema names the fields", () => {
  expect(Object.keys((sweepSpecJsonSchema() as { properties: object }).properties)).toContain("windows");
});

test("a parameter that the strategy does not have is refused with a near name", () => {
  const spec = parseSweepSpec({ ...least, space: { fst: [1] } }, "sweep.yaml");
  expect(() => checkParameterNames(spec, smaCross)).toThrow(
    'space.fst: strategy "sma-cross" has no such parameter; did you mean "fast"? It has fast, slow, side.',
  );
});

test("a lane that the strategy refuses says why", () => {
  expect(laneFault(smaCross, { slow: 30 }, { fast: 40 })).toBe("fast: expected fast below slow; found 40");
});

test("a lane that the strategy takes has no fault", () => {
  expect(laneFault(smaCross, { slow: 30 }, { fast: 10 })).toBeUndefined();
});
