import { describe, expect, test } from "vitest";
import type { Metrics } from "../../lib/backstitch.ts";
import { barsOf } from "./bars-of.ts";
import { runScript } from "./run-script.ts";

const buy = (bar: { buy(): unknown }) => bar.buy();
const out = (bar: { closePosition(): unknown }) => bar.closePosition();
const daily = (closes: readonly number[]) => barsOf(closes, { stepMs: 86_400_000 });
const thousandUnits = { sizing: { kind: "units", units: 1_000 } } as const;

function nulls(metrics: Metrics): string[] {
  return Object.entries(metrics).flatMap(([name, value]) => (value === null ? [name] : []));
}

describe("without a single trade", () => {
  test("every ratio of trades is null, every count and sum 0", async () => {
    const { metrics } = await runScript({}, daily([100, 101, 102]), {}, "1d");
    expect(nulls(metrics)).toEqual(
      expect.arrayContaining([
        "winRate",
        "profitFactor",
        "expectancy",
        "averageProfit",
        "bestTrade",
        "sqn",
        "kelly",
        "averageHoldingMs",
      ]),
    );
    expect([metrics.closedTrades, metrics.totalFees, metrics.netProfit, metrics.exposure, metrics.turnover]).toEqual([
      0, 0, 0, 0, 0,
    ]);
  });

  test("an equity that never moves has no Sharpe, Sortino, Calmar or recovery, and no drawdown", async () => {
    const { metrics } = await runScript({}, daily([100, 101, 102]), {}, "1d");
    const { sharpe, sortino, calmar, recoveryFactor, sharpeGeometric, averageDrawdown, maxDrawdown, volatility, cagr } =
      metrics;
    expect([sharpe, sortino, calmar, recoveryFactor, sharpeGeometric, averageDrawdown]).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
    expect([maxDrawdown, volatility, cagr]).toEqual([0, 0, 0]);
  });
});

test("one bar has no period and no growth", async () => {
  const { metrics } = await runScript({}, daily([100]), {}, "1d");
  expect([metrics.periods, metrics.annualReturn, metrics.cagr, metrics.volatility, metrics.bestPeriodReturn]).toEqual([
    0,
    null,
    null,
    null,
    null,
  ]);
});

test("winners only: no profit factor and no Kelly, for want of a loss", async () => {
  const { metrics } = await runScript(
    { 0: buy, 1: out, 2: buy, 3: out },
    daily([100, 100, 110, 110, 130]),
    thousandUnits,
    "1d",
  );
  const { winRate, profitFactor, profitFactorOfReturns, kelly, averageLoss, averageLossHoldingMs } = metrics;
  expect([winRate, profitFactor, profitFactorOfReturns, kelly, averageLoss, averageLossHoldingMs]).toEqual([
    1,
    null,
    null,
    null,
    null,
    null,
  ]);
});

test("one trade has no SQN", async () => {
  const { metrics } = await runScript({ 0: buy, 1: out }, daily([100, 100, 110]), thousandUnits, "1d");
  expect([metrics.closedTrades, metrics.sqn]).toEqual([1, null]);
});

test("figures of two trades: +10,000 in one day and -5,000 in two", async () => {
  const { metrics } = await runScript(
    { 0: buy, 1: out, 2: buy, 4: out },
    daily([100, 100, 110, 110, 105, 105]),
    thousandUnits,
    "1d",
  );
  expect(metrics).toMatchObject({
    winRate: 0.5,
    netProfit: 5_000,
    profitFactor: 2,
    averageProfit: 2_500,
    expectancy: (0.1 - 5_000 / 110_000) / 2,
    bestTrade: 10_000,
    worstTrade: -5_000,
    // √2 × 2,500 / sample deviation of ±7,500 about it (7,500 × √2).
    sqn: expect.closeTo(1 / 3, 12),
    // 0.5 - 0.5 / (10,000 / 5,000).
    kelly: 0.25,
    averageHoldingMs: 1.5 * 86_400_000,
    longestHoldingMs: 2 * 86_400_000,
    averageHoldingBars: 1.5,
    turnoverAmount: 100_000 + 110_000 + 110_000 + 105_000,
    // At the closes of bars 1, 3 and 4 of 6; bought at bars 1 and 3, sold at the opens of bars 2 and 5.
    exposure: 0.5,
  });
});

test("growth over a year: 100,000 to 121,000 in 366 days", async () => {
  const bars = barsOf([100, 100, 121], { stepMs: 183 * 86_400_000 });
  const { metrics } = await runScript({ 0: buy }, bars, thousandUnits, "1d");
  expect(metrics.totalReturn).toBeCloseTo(0.21, 12);
  expect(metrics.cagr).toBeCloseTo(1.21 ** (365.25 / 366) - 1, 12);
  // Two returns, 0 and 0.21: the mean growth is √1.21 - 1 = 0.1 a bar, and a year has 252.
  expect((metrics.annualReturn ?? 0) / (1.1 ** 252 - 1)).toBeCloseTo(1, 12);
  expect(metrics.volatility).toBeCloseTo((0.21 / Math.SQRT2) * Math.sqrt(252), 12);
  expect(metrics.sharpe).toBeCloseTo((0.105 / (0.21 / Math.SQRT2)) * Math.sqrt(252), 12);
});

test("the spec's own number of periods a year overrides the calendar", async () => {
  const { metrics } = await runScript({}, daily([100, 101]), { metrics: { periodsPerYear: 360 } }, "1d");
  expect(metrics.periodsPerYear).toBe(360);
});

describe("ruin", () => {
  // 1,000 units short at 100, and the price more than doubles: 100,000 of proceeds and as much again are not enough.
  const ruin = () => runScript({ 0: (bar) => bar.sell() }, daily([100, 100, 150, 250, 120]), thousandUnits, "1d");

  test("an equity below zero is shown as it is", async () => {
    expect((await ruin()).equity.map((point) => point.equity)).toEqual([100_000, 100_000, 50_000, -50_000, 80_000]);
  });

  test("returns have no meaning from there on: every figure made of them is null", async () => {
    const { annualReturn, volatility, sharpe, sortino, calmar, volatilityGeometric, sharpeGeometric } = (await ruin())
      .metrics;
    expect([annualReturn, volatility, sharpe, sortino, calmar, volatilityGeometric, sharpeGeometric]).toEqual(
      new Array(7).fill(null),
    );
  });

  test("a drawdown may exceed the peak", async () => {
    expect((await ruin()).metrics).toMatchObject({ maxDrawdown: 1.5, maxDrawdownAmount: 150_000 });
  });

  test("a final equity below zero has no growth rate", async () => {
    const { metrics } = await runScript({ 0: (bar) => bar.sell() }, daily([100, 100, 250]), thousandUnits, "1d");
    expect([metrics.finalEquity, metrics.cagr]).toEqual([-50_000, null]);
  });

  test("a trade that lost more than its value makes the mean trade a total loss", async () => {
    const { metrics } = await runScript(
      { 0: (bar) => bar.sell(), 1: out },
      daily([100, 100, 250]),
      thousandUnits,
      "1d",
    );
    expect([metrics.worstTradeReturn, metrics.averageTradeReturn]).toEqual([-1.5, -1]);
  });
});
