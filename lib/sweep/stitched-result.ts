import type { Trade } from "../engine/facts.ts";
import type { Metrics } from "../engine/metrics.ts";
import { onlyInstrument } from "../market/open-snapshot.ts";
import type { OpenedSweep, SweepStores } from "./open-sweep.ts";
import { classifyRegimes, regimeMetrics, regimePeriods } from "./regimes.ts";
import { stitchTracks, type WindowTrack } from "./stitch.ts";
import { stitchedMetrics } from "./stitched-metrics.ts";
import { putDocument } from "./sweep-objects.ts";
import type { RegimeResult, StitchedResult } from "./sweep-result.ts";
import { tradeRecord } from "./winner-track.ts";

/** Thresholds of regimes on the annualised mean and deviation of 63 bars, a quarter of a year of days. */
const regimeRules = { lookback: 63, bull: 0.1, bear: -0.1, volatility: 0.25 };

/** The joined record of the best of each window, stored; and its equity for figures. */
export async function stitchedResult(
  opened: OpenedSweep,
  tracks: readonly WindowTrack<Trade>[],
  runs: readonly Metrics[],
  stores: SweepStores,
): Promise<{ readonly result: StitchedResult; readonly openTimeMs: Float64Array; readonly equity: Float64Array }> {
  const { spec, snapshot, openTimeMs: times } = opened;
  const { timeframe } = onlyInstrument(snapshot.manifest);
  const { startCash, points, trades } = stitchTracks(tracks, spec.capital);
  const openTimeMs = Float64Array.from(points, ({ bar }) => times[bar] as number);
  const equity = Float64Array.from(points, (point) => point.equity);
  const metrics = stitchedMetrics({
    startCash,
    openTimeMs,
    equity,
    trades,
    runs,
    timeframe,
    periodsPerYear: spec.base.metrics.periodsPerYear ?? null,
  });
  const equityHash = await putDocument(
    {
      bar: points.map(({ bar }) => bar),
      timeMs: [...openTimeMs],
      window: points.map(({ window }) => window),
      equity: [...equity],
    },
    stores.objects,
  );
  const tradesHash = await putDocument(trades.map(tradeRecord), stores.objects);
  const regimes = await regimesOf(opened, points, metrics.periodsPerYear);
  const counts = { points: points.length, trades: trades.length };
  const result = { capital: spec.capital, startCash, metrics, equityHash, tradesHash, ...counts, regimes };
  return { result, openTimeMs, equity };
}

/** Regimes by the closes up to each bar, from the first out-of-sample bar's quarter before; the record's metrics in each. */
async function regimesOf(
  { snapshot }: OpenedSweep,
  points: readonly { readonly bar: number; readonly equity: number }[],
  periodsPerYear: number,
): Promise<RegimeResult | null> {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return null;
  const startBar = Math.max(0, first.bar - regimeRules.lookback);
  const { close } = await snapshot.read(startBar, last.bar + 1);
  const bars = classifyRegimes(close, { ...regimeRules, periodsPerYear });
  const judged = points.map(({ bar }) => bars[bar - startBar] ?? null);
  const periods = regimePeriods(bars).map((period) => ({
    ...period,
    startBar: period.startBar + startBar,
    endBar: period.endBar + startBar,
  }));
  const equity = points.map((point) => point.equity);
  return { metrics: regimeMetrics(equity, judged, periodsPerYear), periods };
}
