import { describe, expect, test } from "vitest";
import { compareRuns } from "../../lib/sweep/compare-runs.ts";
import { metricParity, parityPresets, seriesParity } from "../../lib/sweep/parity.ts";

const a = { finalEquity: 100_000, cagr: 0.1, maxDrawdown: 0.2, sharpe: 1, closedTrades: 10 };
const failed = (checks: readonly { readonly what: string; readonly passed: boolean }[]) =>
  checks.filter(({ passed }) => !passed).map(({ what }) => what);

describe("F19: pass and fail between two engines", () => {
  test("on every limit passes, rounding allowed for", () => {
    const b = { finalEquity: 100_100, cagr: 0.1015, maxDrawdown: 0.202, sharpe: 1.05, closedTrades: 11 };
    expect(failed(metricParity(a, b, parityPresets.engines))).toEqual([]);
  });

  test("a final value off by 0.101 % fails", () => {
    expect(failed(metricParity(a, { ...a, finalEquity: 100_101 }, parityPresets.engines))).toEqual(["finalEquity"]);
  });

  /** 1,000 points of 100: so many off by 0.25 %, the others by more. */
  function curve(within: number, further: number[] = Array(1000 - within).fill(0.009)) {
    const value = [...Array(within).fill(100.25), ...further.map((off) => 100 * (1 + off))];
    return { timeMs: value.map((_, i) => i), value };
  }
  const flat = { timeMs: Array.from({ length: 1000 }, (_, i) => i), value: Array(1000).fill(100) };
  const { series } = parityPresets.engines;

  test("990 of 1,000 points within the limit pass", () => {
    expect(failed(seriesParity(flat, curve(990), series))).toEqual([]);
  });

  test("989 do not", () => {
    expect(failed(seriesParity(flat, curve(989), series))).toEqual(["points outside the limit"]);
  });

  test("one point off by 1.01 % fails", () => {
    expect(failed(seriesParity(flat, curve(999, [0.0101]), series))).toEqual(["furthest point"]);
  });

  test("another number of points, or other times, fail", () => {
    expect(failed(seriesParity(flat, { timeMs: flat.timeMs.slice(1), value: flat.value.slice(1) }, series))).toEqual([
      "points",
      "times",
    ]);
  });
});

test("the handoff preset wants exact trades", () => {
  expect(failed(metricParity(a, { ...a, closedTrades: 11 }, parityPresets.handoff))).toEqual(["closedTrades"]);
});

test("a metric that only one side has fails", () => {
  expect(failed(metricParity(a, { ...a, sharpe: null }, parityPresets.engines))).toEqual(["sharpe"]);
});

test("the exact preset lets nothing differ", () => {
  expect(failed(metricParity(a, { ...a, cagr: 0.1 + 1e-16 * 1e3 }, parityPresets.exact))).toEqual(["cagr"]);
});

const run = (label: string, fast: number, metrics: { [name: string]: number | null }) => ({
  label,
  assumptions: { strategy: { name: "sma-cross", params: { fast } }, seed: 42 },
  metrics,
});

test("a comparison shows only the assumptions that differ", () => {
  const { differences } = compareRuns([
    run("a", 5, {}),
    { ...run("b", 10, {}), assumptions: { strategy: { name: "sma-cross", params: { fast: 10, slow: 3 } }, seed: 42 } },
  ]);
  expect(differences).toEqual([
    { path: "strategy.params.fast", values: [5, 10] },
    { path: "strategy.params.slow", values: [undefined, 3] },
  ]);
});

test("best and worst are marked by what is better, equals together, and nothing where neither is", () => {
  const { metrics } = compareRuns([
    run("a", 1, { sharpe: 2, maxDrawdown: 0.3, fills: 5, cagr: 0.1 }),
    run("b", 1, { sharpe: 1, maxDrawdown: 0.1, fills: 7, cagr: 0.1 }),
    run("c", 1, { sharpe: 2, maxDrawdown: null, fills: 9, cagr: 0.1 }),
  ]);
  expect(metrics).toEqual([
    { name: "sharpe", values: [2, 1, 2], best: [0, 2], worst: [1] },
    { name: "maxDrawdown", values: [0.3, 0.1, null], best: [1], worst: [0] },
    { name: "fills", values: [5, 7, 9] },
    { name: "cagr", values: [0.1, 0.1, 0.1] },
  ]);
});

test("one run, or eleven, cannot be compared", () => {
  expect(() => compareRuns([run("a", 1, {})])).toThrow("A comparison takes 2 to 10 runs, found 1.");
});
