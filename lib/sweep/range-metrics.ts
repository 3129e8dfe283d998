import type { Metrics } from "../engine/metrics.ts";
import type { MetricName } from "./metric-directions.ts";

/** Metrics that add up over separate stretches of bars. */
const added: ReadonlySet<string> = new Set<MetricName>([
  "closedTrades",
  "openTrades",
  "longTrades",
  "shortTrades",
  "winningTrades",
  "losingTrades",
  "netProfit",
  "totalFees",
  "fills",
  "turnoverAmount",
  "rejectedOrders",
  "ambiguousBars",
  "periods",
  "bars",
]);

/**
 * A lane's metrics over the separate in-sample ranges of one window of cross-validation, each run on its own: counts and amounts are added, other metrics are
 * the mean weighted by bars, null when one of them is. Of one range they are its own.
 */
export function metricsOverRanges(ranges: readonly [Metrics, ...Metrics[]]): Metrics {
  const [first] = ranges;
  if (ranges.length === 1) return first;
  const bars = ranges.reduce((sum, metrics) => sum + metrics.bars, 0);
  const combined = Object.keys(first).map((name) => {
    const values = ranges.map((metrics) => metrics[name as MetricName]);
    if (values.some((value) => value === null)) return [name, null];
    const weighted = values.map((value, i) => (value ?? 0) * (added.has(name) ? 1 : (ranges[i]?.bars ?? 0) / bars));
    return [name, weighted.reduce((sum, value) => sum + value, 0)];
  });
  // Every name of the first range's metrics is there, with a number or null as in the metrics themselves.
  return Object.fromEntries(combined) as Metrics;
}
