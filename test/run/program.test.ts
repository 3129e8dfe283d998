import { describe, expect, test } from "vitest";
import { defineStrategy, z } from "../../lib/backstitch.ts";
import { InputError } from "../../lib/engine/input-error.ts";
import { toFixed } from "../../lib/engine/money.ts";
import { parseSpec, SpecError } from "../../lib/run/parse-spec.ts";
import { compileProgram, laneParams, specDigest } from "../../lib/run/program.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { smaCross } from "../../lib/strategies/sma-cross.ts";

const data = { timeframe: "1d", startBar: 0, lot: undefined };

function spec(changes: Partial<SpecInput> = {}) {
  return parseSpec({ data: { snapshot: "sp500" }, strategy: { name: "sma-cross" }, ...changes }, "The spec");
}

const settings = (changes: Partial<SpecInput>, lot?: number) =>
  compileProgram(spec(changes), smaCross, { ...data, lot }).lanes[0]?.settings;

describe("lanes", () => {
  test("are the parameters with each of the sets laid over them, defaults filled in", () => {
    const strategy = { name: "sma-cross", params: { slow: 50 }, lanes: [{ fast: 5 }, { slow: 60 }] };
    expect(compileProgram(spec({ strategy }), smaCross, data).lanes.map((lane) => lane.params)).toEqual([
      { fast: 5, slow: 50, side: "long" },
      { fast: 10, slow: 60, side: "long" },
    ]);
  });

  test("without sets there is one", () => {
    expect(laneParams(spec())).toEqual([{}]);
  });
});

describe("parameters are refused", () => {
  test("out of range, with lane and field", () => {
    const strategy = { name: "sma-cross", lanes: [{}, { fast: 0 }] };
    expect(() => compileProgram(spec({ strategy }), smaCross, data)).toThrow(SpecError);
    expect(() => compileProgram(spec({ strategy }), smaCross, data)).toThrow(
      'The parameters of strategy "sma-cross" in strategy.lanes[1] (over strategy.params) are not valid:\n  fast: Too small: expected number to be >=1; found 0\nSee `backstitch strategies show sma-cross`.',
    );
  });

  test("unknown, with a near name", () => {
    const strategy = { name: "sma-cross", params: { fats: 3 } };
    expect(() => compileProgram(spec({ strategy }), smaCross, data)).toThrow(
      'fats: unknown field; did you mean "fast"?',
    );
  });

  test("that contradict each other", () => {
    const strategy = { name: "sma-cross", params: { fast: 30, slow: 30 } };
    expect(() => compileProgram(spec({ strategy }), smaCross, data)).toThrow(
      "fast: expected fast below slow; found 30",
    );
  });

  test("as is a strategy that wakes on no column of its own", () => {
    const sleeper = defineStrategy({ name: "sleeper", params: z.strictObject({}), wakeOn: ["signal"], onBar() {} });
    expect(() => compileProgram(spec({ strategy: { name: "sleeper" } }), sleeper, data)).toThrow(InputError);
  });
});

describe("settings", () => {
  test("a percentage is a rate; amounts are fixed-point", () => {
    const commission = { kind: "percent", percent: 0.05, fixed: 1, minimum: 2, maximum: 30 } as const;
    expect(settings({ execution: { commission } })?.commission).toEqual({
      rate: 0.0005,
      perUnit: 0,
      fixed: toFixed(1),
      minimum: toFixed(2),
      maximum: toFixed(30),
    });
  });

  test.each([
    ["the spec's", { kind: "units", units: 1, lot: 0.5 }, 0.1, 0.5],
    ["else the instrument's", { kind: "units", units: 1 }, 0.1, 0.1],
    ["else 1", { kind: "units", units: 1 }, undefined, 1],
  ] as const)("the lot is %s", (_, sizing, instrumentLot, lot) => {
    expect(settings({ sizing }, instrumentLot)?.quantity.lot).toBe(toFixed(lot));
  });

  test("refuses a lot that rounds to nothing", () => {
    expect(() => settings({ sizing: { kind: "units", units: 1, lot: 1e-9 } })).toThrow(
      "sizing.lot: expected at least 0.00000001",
    );
  });
});

/** An account that begins without a position, in which order numbers go on from 1. */
const opening = {
  cash: "100000",
  nextTradeId: 1,
  trades: [],
  orders: [],
  nextOrder: 1,
  ownIds: [],
  lastSignalTimeMs: null,
};

describe("the digest of a spec", () => {
  const base = specDigest(spec(), "code");

  test.each<[string, Partial<SpecInput>]>([
    ["its name", { name: "other" }],
    ["its tags", { tags: ["a"] }],
    ["when it checkpoints", { checkpoint: { everyBars: 7 } }],
    ["the name of its snapshot", { data: { snapshot: "other" } }],
    ["a default that is written out", { seed: 42, account: { cash: 100_000 } }],
  ])("does not change with %s", (_, changes) => {
    expect(specDigest(spec(changes), "code")).toBe(base);
  });

  test.each<[string, Partial<SpecInput>]>([
    ["a parameter", { strategy: { name: "sma-cross", params: { fast: 11 } } }],
    ["the seed", { seed: 43 }],
    ["the cash", { account: { cash: 99_999 } }],
    ["what the account begins with", { account: { opening } }],
    ["the window", { data: { snapshot: "sp500", from: "2001-01-01" } }],
    ["the commission", { execution: { commission: { kind: "fixed", amount: 1 } } }],
    ["the sizing", { sizing: { kind: "units", units: 1 } }],
    ["how many equity points are kept", { record: { equityEvery: 2 } }],
    ["the periods of a year", { metrics: { periodsPerYear: 365 } }],
  ])("changes with %s", (_, changes) => {
    expect(specDigest(spec(changes), "code")).not.toBe(base);
  });

  test("changes with every part of what the account begins with", () => {
    const of = (change: Partial<typeof opening>) =>
      specDigest(spec({ account: { opening: { ...opening, ...change } } }), "code");
    const digests = [of({}), of({ cash: "100000.00000001" }), of({ nextOrder: 2 }), of({ nextTradeId: 2 })];
    expect(new Set(digests).size).toBe(4);
  });

  test("changes with the strategy's code, not with where it lies", () => {
    const here = spec({ strategy: { file: "/a/mine.ts" } });
    const there = spec({ strategy: { file: "/b/mine.ts" } });
    expect(specDigest(there, "code")).toBe(specDigest(here, "code"));
    expect(specDigest(here, "changed")).not.toBe(specDigest(here, "code"));
  });

  test("is the same for parameters given as such and as the only lane", () => {
    const lanes = spec({ strategy: { name: "sma-cross", params: { fast: 3 }, lanes: [{}] } });
    expect(specDigest(lanes, "code")).toBe(
      specDigest(spec({ strategy: { name: "sma-cross", params: { fast: 3 } } }), "code"),
    );
  });
});
