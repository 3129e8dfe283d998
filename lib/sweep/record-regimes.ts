import { onlyInstrument } from "../market/open-snapshot.ts";
import { lowerBound } from "./bar-calendar.ts";
import type { OpenedSweep } from "./open-sweep.ts";
import { classifyRegimes, type RegimePeriod, type RegimePoint, regimeMetrics, regimePeriods } from "./regimes.ts";
import type { RegimeResult } from "./sweep-result.ts";
import { periodEnds } from "./window-overfitting.ts";

/** A record at one bar. */
export type RecordPoint = { readonly bar: number; readonly equity: number };

/**
 * The market's regimes under a record, and what the record did in each. Returns are those of the metrics' periods: UTC days for bars shorter than a day, else bars;
 * all bars of a day are in the regime of the day. The market is looked at from `lookback` periods before the record on.
 */
export async function recordRegimes(
  { spec, snapshot, openTimeMs }: OpenedSweep,
  record: readonly RecordPoint[],
  periodsPerYear: number,
): Promise<RegimeResult | null> {
  const [first, last] = [record[0], record.at(-1)];
  if (first === undefined || last === undefined) return null;
  const { timeframe } = onlyInstrument(snapshot.manifest);
  const ends = periodEnds(openTimeMs.subarray(0, last.bar + 1), timeframe);
  const firstPeriod = Math.max(0, ends.findIndex((end) => end >= first.bar) - spec.regimes.lookback);
  const startBar = firstPeriod === 0 ? 0 : (ends[firstPeriod - 1] as number) + 1;
  const { close } = await snapshot.read(startBar, last.bar + 1);
  const periodCloses = ends.slice(firstPeriod).map((end) => close[end - startBar] as number);
  const regimes = classifyRegimes(periodCloses, { ...spec.regimes, periodsPerYear });
  const barsOf = (period: number) => ({
    startBar: period === 0 ? startBar : (ends[firstPeriod + period - 1] as number) + 1,
    endBar: (ends[firstPeriod + period] as number) + 1,
  });
  const times = Float64Array.from(record, ({ bar }) => openTimeMs[bar] as number);
  const recordEnds = periodEnds(times, timeframe);
  const points = recordEnds.map((end, k): RegimePoint => {
    const { bar, equity } = record[end] as RecordPoint;
    return {
      equity,
      regime: regimes[lowerBound(ends, bar) - firstPeriod] ?? null,
      bars: end - (recordEnds[k - 1] ?? -1),
    };
  });
  return {
    rules: { ...spec.regimes, periodsPerYear },
    metrics: regimeMetrics(points, periodsPerYear),
    periods: regimePeriods(regimes).map((period) => placed(period)),
  };

  /** The stretch in absolute bars, with its times. */
  function placed({ startBar: from, endBar, ...rest }: RegimePeriod): RegimeResult["periods"][number] {
    const [start, end] = [barsOf(from).startBar, barsOf(endBar - 1).endBar];
    return {
      ...rest,
      startBar: start,
      endBar: end,
      firstTimeMs: openTimeMs[start] as number,
      lastTimeMs: openTimeMs[end - 1] as number,
    };
  }
}
