import { describe, expect, test } from "vitest";
import { z } from "zod";
import { runBacktest } from "../../lib/backstitch.ts";
import { hasSharedCases, sharedFile } from "./golden-file.ts";
import { expectedOf } from "./seed-case.ts";

const figures = z.object({
  ending: z.number(),
  cagr: z.number(),
  sharpe: z.number().optional(),
  max_drawdown: z.number(),
});
const schema = z.object({
  adjusted: z.object({ GS01: figures, GS01_2019_2020: figures }),
  unadjusted: z.object({ GS01: figures.extend({ mean_cash_utilization: z.number() }) }),
});
const whole = { from: "2010-01-04", to: "2026-02-09" };
const runs = [
  {
    name: "adjusted prices",
    adjust: "splits-and-dividends",
    window: whole,
    pick: (all: Expected) => all.adjusted.GS01,
  },
  { name: "unadjusted prices", adjust: "none", window: whole, pick: (all: Expected) => all.unadjusted.GS01 },
  {
    name: "adjusted prices of 2019 and 2020",
    adjust: "splits-and-dividends",
    window: { from: "2019-01-01", to: "2020-12-31" },
    pick: (all: Expected) => all.adjusted.GS01_2019_2020,
  },
] as const;
type Expected = z.output<typeof schema>;

/** All cash in whole shares at the decision's close, which must be payable there and at the next open; no costs. */
function buyAndHold({ adjust, window }: (typeof runs)[number]) {
  return runBacktest(
    {
      strategy: { name: "buy-and-hold" },
      data: window,
      account: { cash: 100_000 },
      sizing: { kind: "fraction", fraction: 1, of: "cash", basis: "decision" },
      execution: { fundsCheck: "submission" },
    },
    { file: sharedFile("data/finbot/SPY.csv"), timeframe: "1d", adjust },
  );
}

describe.skipIf(!hasSharedCases)("F18, GS-01: SPY bought and held", () => {
  test.each(runs)("$name: the ending is the published one", async (run) => {
    const expected = run.pick(expectedOf("F18", schema));
    expect((await buyAndHold(run)).metrics.finalEquity).toBeCloseTo(expected.ending, 6);
  });

  test.each(runs)("$name: the maximum drawdown is the published one, with our sign", async (run) => {
    const expected = run.pick(expectedOf("F18", schema));
    expect((await buyAndHold(run)).metrics.maxDrawdown).toBeCloseTo(-expected.max_drawdown, 6);
  });

  test.each(runs)("$name: its CAGR counts 252 bars to the year, ours the calendar", async (run) => {
    const expected = run.pick(expectedOf("F18", schema));
    const { metrics } = await buyAndHold(run);
    expect((1 + metrics.totalReturn) ** (252 / metrics.bars) - 1).toBeCloseTo(expected.cagr, 6);
    expect(metrics.cagr).toBeCloseTo(expected.cagr, 2);
  });

  test.each(runs.slice(0, 2))("$name: its Sharpe counts a return of zero for the first bar", async (run) => {
    const expected = run.pick(expectedOf("F18", schema));
    const { equity } = await buyAndHold(run);
    const returns = equity.map((point, i) => (i === 0 ? 0 : point.equity / (equity[i - 1]?.equity ?? 1) - 1));
    const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
    const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
    expect((mean / Math.sqrt(variance)) * Math.sqrt(252)).toBeCloseTo(expected.sharpe ?? Number.NaN, 6);
  });

  test("unadjusted prices: the mean share of the equity in the market, from the first bar invested, is the published one", async () => {
    const [, unadjusted] = runs;
    const { equity, lanes } = await buyAndHold(unadjusted);
    const cash = 100_000 - (lanes[0]?.fills[0]?.value ?? Number.NaN);
    const used = equity.slice(1).map((point) => 1 - cash / point.equity);
    const expected = expectedOf("F18", schema).unadjusted.GS01.mean_cash_utilization;
    expect(used.reduce((sum, value) => sum + value, 0) / used.length).toBeCloseTo(expected, 6);
  });
});
