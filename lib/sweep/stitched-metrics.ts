import type { Bars } from "../engine/bars.ts";
import { EquityCurve } from "../engine/equity-curve.ts";
import type { Trade } from "../engine/facts.ts";
import { annualPeriods, type Metrics, metricsOf } from "../engine/metrics.ts";
import { toFixed } from "../engine/money.ts";
import { ReturnPeriods } from "../engine/return-periods.ts";
import type { Timeframe } from "../engine/timeframe.ts";
import { foldTrade, startTradeFigures } from "../engine/trade-statistics.ts";

/** A record joined from the runs of several windows. */
export type JoinedRecord = {
  readonly startCash: number;
  readonly openTimeMs: Float64Array;
  readonly equity: Float64Array;
  readonly trades: readonly Trade[];
  /** Metrics of the runs it was joined from: what does not follow from equity and trades is added up. */
  readonly runs: readonly Metrics[];
  /** Of a carried one the last run holds what is open at the end, and no other. */
  readonly state: "fresh" | "carried";
  readonly timeframe: Timeframe;
  readonly periodsPerYear: number | null;
};

/** The metrics of a run, over the joined record; the change from one window's last bar to the next one's first is a return like any other. */
export function stitchedMetrics(record: JoinedRecord): Metrics {
  const { startCash, openTimeMs, equity, trades, runs, state, timeframe } = record;
  const bars: Bars = {
    startBar: 0,
    openTimeMs,
    open: equity,
    high: equity,
    low: equity,
    close: equity,
    volume: equity,
  };
  const curve = new EquityCurve(startCash);
  const periods = new ReturnPeriods(timeframe);
  const starts = periods.advance(openTimeMs);
  // One unit of what costs as much as the equity is worth the equity.
  curve.hold(0, 1, bars, new Float64Array(equity.length), 0, equity.length);
  curve.endChunk(bars, equity, starts);
  curve.end(equity.at(-1) ?? startCash, openTimeMs.at(-1) ?? 0);
  curve.figures.exposedBars = Math.round(sum(runs.map(({ exposure, bars: count }) => (exposure ?? 0) * count)));
  const figures = startTradeFigures();
  for (const trade of trades) foldTrade(figures, trade);
  figures.fills = sum(runs.map(({ fills }) => fills));
  figures.turnover = toFixed(sum(runs.map(({ turnoverAmount }) => turnoverAmount)));
  return metricsOf({
    cash: startCash,
    equity: curve.figures,
    trades: figures,
    openTrades: sum((state === "carried" ? runs.slice(-1) : runs).map(({ openTrades }) => openTrades)),
    totalFees: sum(runs.map(({ totalFees }) => totalFees)),
    rejectedOrders: sum(runs.map(({ rejectedOrders }) => rejectedOrders)),
    ambiguousBars: sum(runs.map(({ ambiguousBars }) => ambiguousBars)),
    periodsPerYear: record.periodsPerYear ?? annualPeriods(timeframe, periods),
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
