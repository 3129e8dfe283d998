import { describe, expect, test } from "vitest";
import { parseSpec, SpecError, specJsonSchema } from "../../lib/run/parse-spec.ts";

const least = { data: { snapshot: "sp500" }, strategy: { name: "sma-cross" } };

/** The lines that a spec is refused with, without the first. */
function faults(spec: unknown): string[] {
  try {
    parseSpec(spec, "spec.yaml");
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const [first, ...lines] = error.message.split("\n");
    expect(first).toBe("spec.yaml is not a valid spec:");
    return lines.map((line) => line.trim());
  }
  return [];
}

test("the least spec gets every default, written out", () => {
  expect(parseSpec(least, "spec.yaml")).toEqual({
    tags: [],
    data: { snapshot: "sp500", warmupBars: 0 },
    strategy: { name: "sma-cross", params: {} },
    account: { cash: 100_000, currency: "USD", shorting: true },
    sizing: { kind: "fraction", fraction: 1, of: "cash", basis: "fill", minimum: 0 },
    execution: {
      fill: "next-open",
      commission: { kind: "none" },
      slippage: { kind: "bps", bps: 0 },
      pyramiding: 1,
      closeAtEnd: false,
      fundsCheck: "fill",
    },
    metrics: {},
    record: { facts: "full", equityEvery: 1 },
    checkpoint: { everyBars: 100_000, keep: 3 },
    seed: 42,
  });
});

test("a parsed spec parses to itself", () => {
  const parsed = parseSpec(least, "spec.yaml");
  expect(parseSpec(JSON.parse(JSON.stringify(parsed)), "spec.yaml")).toEqual(parsed);
});

const trade = {
  tradeId: 1,
  direction: 1,
  quantity: "10",
  entryBar: 7,
  entryTimeMs: 0,
  entryPrice: 100,
  entryValue: "1000",
  entryFee: "0",
  rangeFromBar: 7,
  highest: 101,
  lowest: 99,
  tag: null,
};
const opening = {
  cash: "9000",
  nextTradeId: 2,
  trades: [trade],
  orders: [],
  nextOrder: 1,
  ownIds: [],
  lastSignalTimeMs: null,
};

test("an account that begins with a position is kept as it is written", () => {
  expect(parseSpec({ ...least, account: { opening } }, "spec.yaml").account.opening).toEqual(opening);
});

describe("a spec is refused naming the field, what was expected and what was found:", () => {
  test.each<[string, unknown, string]>([
    ["nothing at all", null, "(the whole): expected object; found null"],
    ["no snapshot", { ...least, data: {} }, "data.snapshot: expected string; found nothing"],
    ["a mistyped field", { ...least, sizng: {} }, 'sizng: unknown field; did you mean "sizing"?'],
    [
      "a mistyped inner field",
      { ...least, execution: { comission: {} } },
      'execution.comission: unknown field; did you mean "commission"?',
    ],
    ["a field like no other", { ...least, zzzzzzzz: 1 }, "zzzzzzzz: unknown field; remove it"],
    ["text for a number", { ...least, account: { cash: "many" } }, 'account.cash: expected number; found "many"'],
    ["no cash", { ...least, account: { cash: 0 } }, "account.cash: Too small: expected number to be >0; found 0"],
    [
      "an opening amount that is a number",
      { ...least, account: { opening: { ...opening, cash: 9_000.5 } } },
      "account.opening.cash: expected string; found 9000.5",
    ],
    [
      "an opening position in both directions",
      {
        ...least,
        account: { opening: { ...opening, nextTradeId: 3, trades: [trade, { ...trade, tradeId: 2, direction: -1 }] } },
      },
      "account.opening.trades.1.direction: expected the direction of the trades before it, 1; found -1",
    ],
    [
      "opening trades whose numbers would come again",
      { ...least, account: { opening: { ...opening, nextTradeId: 1 } } },
      "account.opening.nextTradeId: expected a number above those of the trades; found 1",
    ],
    ["a seed that is not a number", { ...least, seed: Number.NaN }, "seed: expected number; found NaN"],
    ["a seed between whole numbers", { ...least, seed: 1.5 }, "seed: expected int; found 1.5"],
    [
      "a date of the wrong form",
      { ...least, data: { snapshot: "x", from: "01/02/2020" } },
      'data.from: expected a date (2020-04-17) or an ISO 8601 time (2020-04-17T09:30:00Z; without an offset it is UTC); found "01/02/2020"',
    ],
    [
      "a month that does not exist",
      { ...least, data: { snapshot: "x", from: "2020-13-01" } },
      'data.from: expected a date that exists; found "2020-13-01"',
    ],
    [
      "a day that does not exist",
      { ...least, data: { snapshot: "x", to: "2021-02-29" } },
      'data.to: expected a date that exists; found "2021-02-29"',
    ],
    [
      "an hour that does not exist",
      { ...least, data: { snapshot: "x", to: "2021-02-28T25:00Z" } },
      'data.to: expected a date that exists; found "2021-02-28T25:00Z"',
    ],
    [
      "no timeframe",
      { ...least, data: { snapshot: "x", timeframe: "1 day" } },
      'data.timeframe: expected a count and a unit such as "1m", "5m", "1h", "1d", "1w" or "1M"; found "1 day"',
    ],
    [
      "a strategy without a name",
      { ...least, strategy: {} },
      "strategy: expected either name (a built-in strategy) or file (your own); found {}",
    ],
    [
      "a strategy with a name and a file",
      { ...least, strategy: { name: "a", file: "b" } },
      'strategy: expected either name (a built-in strategy) or file (your own); found {"name":"a","file":"b"}',
    ],
    [
      "an unknown kind of sizing",
      { ...least, sizing: { kind: "unit" } },
      "sizing.kind: Invalid discriminator value. Expected 'units' | 'fraction' | 'notional'; found \"unit\"",
    ],
    ["units without units", { ...least, sizing: { kind: "units" } }, "sizing.units: expected number; found nothing"],
    [
      "more than a hundred percent",
      { ...least, execution: { commission: { kind: "percent", percent: 101 } } },
      "execution.commission.percent: Too big: expected number to be <=100; found 101",
    ],
    [
      "a checkpoint every 0 bars",
      { ...least, checkpoint: { everyBars: 0 } },
      "checkpoint.everyBars: Too small: expected number to be >=1; found 0",
    ],
  ])("%s", (_, spec, fault) => {
    expect(faults(spec)).toEqual([fault]);
  });

  test("every fault at once", () => {
    expect(faults({ data: {}, strategy: { name: "x" }, seed: -1 }).length).toBe(2);
  });
});

test.each(["2020-02-29", "2020-02-29T23:59", "2020-02-29T09:30:00.500+05:30"])("%s is a date", (from) => {
  expect(faults({ ...least, data: { snapshot: "x", from } })).toEqual([]);
});

test("the JSON Schema names every field of the spec", () => {
  const { properties } = specJsonSchema() as { properties: object };
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(parseSpec(least, "spec.yaml"))));
});
