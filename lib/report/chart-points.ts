import { timeframeMs } from "../engine/timeframe.ts";
import type { ReportInput } from "./report-input.ts";

/** What the page's script draws, as columns; without curves there is nothing to draw. Times are UTC seconds, as the charts count them. */
export function chartPoints({ curves, snapshot, trades }: ReportInput): object {
  if (curves === undefined || snapshot === undefined) return {};
  const { points, price } = curves;
  const barMs = timeframeMs(snapshot.instruments[0]?.timeframe ?? "1d") ?? 86_400_000;
  return {
    intraday: barMs < 86_400_000,
    points: {
      bar: points.map((point) => point.bar),
      time: points.map((point) => point.timeMs / 1000),
      equity: points.map((point) => rounded(point.equity, 10)),
      drawdown: points.map((point) => rounded(point.drawdown, 5)),
      benchmark: points.map((point) => rounded(point.benchmark, 10)),
    },
    price: {
      bar: price.map((bar) => bar.startBar),
      time: price.map((bar) => bar.timeMs / 1000),
      open: price.map((bar) => rounded(bar.open, 10)),
      high: price.map((bar) => rounded(bar.high, 10)),
      low: price.map((bar) => rounded(bar.low, 10)),
      close: price.map((bar) => rounded(bar.close, 10)),
    },
    trades: trades.listed.map(({ side, entryBar, exitBar, entryPrice, exitPrice, netProfit }) => ({
      side,
      entryBar,
      exitBar,
      entryPrice,
      exitPrice,
      netProfit,
    })),
  };
}

/** Digits beyond what a screen shows would only make the page larger. */
function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toPrecision(digits));
}
