import type { Trade } from "../engine/facts.ts";
import type { Metrics } from "../engine/metrics.ts";
import { onlyInstrument } from "../market/open-snapshot.ts";
import type { OpenedSweep, SweepStores } from "./open-sweep.ts";
import type { RecordPoint } from "./record-regimes.ts";
import { stitchTracks, type WindowTrack } from "./stitch.ts";
import { stitchedMetrics } from "./stitched-metrics.ts";
import { putDocument } from "./sweep-objects.ts";
import type { StitchedResult } from "./sweep-result.ts";
import { tradeRecord } from "./winner-track.ts";

/** The joined record as it is answered, and bar by bar for figures. */
export type Stitched = {
  readonly result: StitchedResult;
  readonly points: readonly RecordPoint[];
  readonly openTimeMs: Float64Array;
  readonly equity: Float64Array;
};

/** The joined record of the best of each window, stored; and its equity for figures. */
export async function stitchedResult(
  opened: OpenedSweep,
  tracks: readonly WindowTrack<Trade>[],
  runs: readonly Metrics[],
  stores: SweepStores,
): Promise<Stitched> {
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
    state: spec.state,
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
  const counts = { points: points.length, trades: trades.length };
  const carried = spec.state === "carried" ? { state: spec.state } : {};
  const result = { capital: spec.capital, ...carried, startCash, metrics, equityHash, tradesHash, ...counts };
  return { result, points, openTimeMs, equity };
}
