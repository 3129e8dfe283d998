import { expect, test } from "vitest";
import type { BacktestLane } from "../../lib/local/run-backtest.ts";
import { expectRelative } from "./expect-relative.ts";
import type { GoldenRun } from "./golden-file.ts";

/** What a golden case compares: the other engine's run, and ours. */
export type Comparison = { readonly golden: GoldenRun; readonly lane: BacktestLane };

/** Registers the tests that every golden run has: closed trades, open trades, fees and equity. */
export function testFactsOf(compared: () => Comparison): void {
  test("the closed trades are the same", () => {
    const { golden, lane } = compared();
    expect(lane.trades.length).toBe(golden.trades.length);
    const ours = [...lane.trades].sort((a, b) => a.exitBar - b.exitBar || a.entryBar - b.entryBar);
    const theirs = [...golden.trades].sort((a, b) => a.exit_bar - b.exit_bar || a.entry_bar - b.entry_bar);
    theirs.forEach((trade, i) => {
      const our = ours[i];
      const where = `trade ${i}`;
      expect([our?.side, our?.entryBar, our?.exitBar, our?.quantity], where).toEqual([
        trade.side,
        trade.entry_bar,
        trade.exit_bar,
        trade.size,
      ]);
      expectRelative(our?.entryPrice, trade.entry_price, `${where} entry price`);
      expectRelative(our?.exitPrice, trade.exit_price, `${where} exit price`);
      expectRelative(our?.fees, trade.commission, `${where} fees`);
      expectRelative(our?.netProfit, trade.pnl, `${where} net profit`);
      if (trade.return_pct !== undefined) expectRelative(our?.returnFraction, trade.return_pct, `${where} return`);
    });
  });

  test("the trades that stay open are the same", () => {
    const { golden, lane } = compared();
    expect(lane.metrics.openTrades).toBe(golden.open_trades.length);
    for (const open of golden.open_trades) {
      const entry = lane.fills.findLast((fill) => fill.bar === open.entry_bar);
      const closed = lane.trades.filter((trade) => trade.entryBar === open.entry_bar);
      const left = (entry?.quantity ?? 0) - closed.reduce((sum, trade) => sum + trade.quantity, 0);
      expect([entry?.side, left]).toEqual([open.side === "long" ? "buy" : "sell", open.size]);
      expectRelative(entry?.price, open.entry_price, `entry price at bar ${open.entry_bar}`);
    }
  });

  test("fees and final equity are the same", () => {
    const { golden, lane } = compared();
    expectRelative(lane.metrics.totalFees, golden.total_commission, "total fees");
    expectRelative(lane.metrics.finalEquity, golden.final_equity, "final equity");
  });

  test("the equity at every bar is the same", () => {
    const { golden, lane } = compared();
    expect(lane.equity.length).toBe(golden.equity.length);
    golden.equity.forEach((equity, bar) => {
      expectRelative(lane.equity[bar]?.equity, equity, `equity at bar ${bar}`);
    });
  });
}

/** Registers a test of the metrics that docs/METRICS.md and backtesting.py define alike; `except` names those that a case treats by itself. */
export function testMetricsOfBacktestingPy(compared: () => Comparison, except: readonly string[] = []): void {
  test("the metrics that both define alike are the same", () => {
    const { golden, lane } = compared();
    const { metrics } = lane;
    const theirs = (name: string) => Number(golden.metrics[name]);
    const percents: [string, number | null][] = [
      ["Return [%]", metrics.totalReturn],
      ["Return (Ann.) [%]", metrics.annualReturn],
      ["Volatility (Ann.) [%]", metrics.volatilityGeometric],
      ["CAGR [%]", metrics.cagr],
      ["Max. Drawdown [%]", -metrics.maxDrawdown],
      ["Avg. Drawdown [%]", -(metrics.averageDrawdown ?? 0)],
      ["Win Rate [%]", metrics.winRate],
      ["Best Trade [%]", metrics.bestTradeReturn],
      ["Worst Trade [%]", metrics.worstTradeReturn],
      ["Avg. Trade [%]", metrics.averageTradeReturn],
      ["Expectancy [%]", metrics.expectancy],
    ];
    for (const [name, value] of percents) {
      if (!except.includes(name)) expectRelative(value === null ? null : value * 100, theirs(name), name);
    }

    const plain: [string, number | null][] = [
      ["Equity Final [$]", metrics.finalEquity],
      ["Sharpe Ratio", metrics.sharpeGeometric],
      ["Calmar Ratio", metrics.calmar],
      ["Profit Factor", metrics.profitFactorOfReturns],
      ["SQN", metrics.sqn],
      ["Kelly Criterion", metrics.kelly],
      ["# Trades", metrics.closedTrades],
      ["Max. Drawdown Duration", metrics.longestDrawdownMs / 1_000],
      ["Max. Trade Duration", metrics.longestHoldingMs / 1_000],
    ];
    for (const [name, value] of plain) expectRelative(value, theirs(name), name);

    // Mean durations are rounded up to whole days there.
    const durations: [string, number | null][] = [
      ["Avg. Drawdown Duration", metrics.averageDrawdownMs],
      ["Avg. Trade Duration", metrics.averageHoldingMs],
    ];
    for (const [name, value] of durations) {
      if (!except.includes(name)) expectRelative(Math.ceil((value ?? 0) / 86_400_000) * 86_400, theirs(name), name);
    }
  });
}
