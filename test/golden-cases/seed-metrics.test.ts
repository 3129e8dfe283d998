import { describe, expect, test } from "vitest";
import { z } from "zod";
import { barsOf } from "../engine/bars-of.ts";
import { runScript } from "../engine/run-script.ts";
import type { Script } from "../engine/scripted.ts";
import { expectRelative } from "./expect-relative.ts";
import { hasSharedCases } from "./golden-file.ts";
import { expectedOf } from "./seed-case.ts";

const numbers = z.record(z.string(), z.number());

/** 1,000 units bought at 100 and held: the closes make the equity 100,000, 101,000, 99,990, 102,000, 100,500, 103,000. */
async function equityRun() {
  const bars = barsOf([100, [100, 101, 100, 101], 99.99, 102, 100.5, 103], {
    firstMs: Date.UTC(2024, 0, 1),
    stepMs: (366 * 86_400_000) / 5,
  });
  const spec = { sizing: { kind: "units", units: 1_000 }, metrics: { periodsPerYear: 252 } } as const;
  return runScript({ 0: (bar) => bar.buy() }, bars, spec, "1d");
}

/** Four trades of 100 units: +1,200 in 5 hours, -400 in 2, +300 in 3, 0 in 1. */
async function tradesRun() {
  const trades = [
    { entryBar: 1, hours: 5, exit: 112 },
    { entryBar: 7, hours: 2, exit: 96 },
    { entryBar: 10, hours: 3, exit: 103 },
    { entryBar: 14, hours: 1, exit: 100 },
  ];
  const prices = new Array<number>(17).fill(100);
  const script: { [bar: number]: Script[number] } = {};
  for (const { entryBar, hours, exit } of trades) {
    prices[entryBar + hours] = exit;
    script[entryBar - 1] = (bar) => bar.buy();
    script[entryBar + hours - 1] = (bar) => bar.closePosition();
  }
  return runScript(script, prices, { sizing: { kind: "units", units: 100 } });
}

describe.skipIf(!hasSharedCases)("seed case K05: ktrdr's metrics", () => {
  test("return, annual growth, drawdown and Calmar by CAGR are the same", async () => {
    const expected = expectedOf("K05", numbers);
    const { metrics } = await equityRun();
    expect(metrics.finalEquity - 100_000).toBe(expected.total_return);
    expectRelative(metrics.totalReturn, expected.total_return_pct ?? 0, "total return");
    expectRelative(metrics.cagr, expected.annualized_return ?? 0, "CAGR");
    expectRelative(metrics.maxDrawdown, expected.max_drawdown_pct ?? 0, "maximum drawdown");
    expectRelative((metrics.cagr ?? 0) / metrics.maxDrawdown, expected.calmar_ratio ?? 0, "Calmar");
  });

  test("the drawdown's amount and the recovery factor are of the peak it fell from", async () => {
    const { metrics } = await equityRun();
    expect([metrics.maxDrawdownAmount, metrics.recoveryFactor]).toEqual([1_500, 2]);
  });

  test("volatility and Sharpe differ by the sample's divisor: 4 of 5 returns instead of 5", async () => {
    const expected = expectedOf("K05", numbers);
    const { metrics } = await equityRun();
    expectRelative((metrics.volatility ?? 0) * Math.sqrt(4 / 5), expected.volatility ?? 0, "volatility");
    expectRelative((metrics.sharpe ?? 0) / Math.sqrt(4 / 5), expected.sharpe_ratio ?? 0, "Sharpe");
  });

  test("Sortino differs: over all periods against 0, not the deviation of the losing ones about their own mean", async () => {
    const { metrics } = await equityRun();
    // Returns 0.01, -0.01, 0.0201…, -0.0147…, 0.0248…; downside √((0.01² + 0.0147058823529²) / 5).
    expectRelative(metrics.sortino, 12.084498053456988, "Sortino");
  });

  test("the figures of the trades are the same, a trade of nothing neither won nor lost", async () => {
    const expected = expectedOf("K05", numbers);
    const { metrics } = await tradesRun();
    const hourMs = 3_600_000;
    expect({
      win_rate: metrics.winRate,
      winning_trades: metrics.winningTrades,
      losing_trades: metrics.losingTrades,
      total_trades: metrics.closedTrades,
      profit_factor: metrics.profitFactor,
      avg_win: metrics.averageWin,
      avg_loss: metrics.averageLoss,
      largest_win: metrics.bestTrade,
      largest_loss: metrics.worstTrade,
      avg_holding_period: (metrics.averageHoldingMs ?? 0) / hourMs,
      avg_win_holding_period: (metrics.averageWinHoldingMs ?? 0) / hourMs,
      avg_loss_holding_period: (metrics.averageLossHoldingMs ?? 0) / hourMs,
    }).toEqual(
      Object.fromEntries(Object.entries(expected).filter(([name]) => /win|loss|losing|trades|factor|avg/.test(name))),
    );
  });
});
