import type { Trade } from "../engine/facts.ts";
import type { Metrics } from "../engine/metrics.ts";
import { onlyInstrument } from "../market/open-snapshot.ts";
import { backtestPaths, type PathsResult } from "./backtest-paths.ts";
import type { OpenedSweep, SweepStores } from "./open-sweep.ts";
import type { RecordPoint } from "./record-regimes.ts";
import type { WindowTrack } from "./stitch.ts";
import { stitchedResult } from "./stitched-result.ts";
import type { StitchedResult } from "./sweep-result.ts";
import { periodReturns } from "./window-overfitting.ts";
import type { JudgedWinner } from "./window-results.ts";
import { isWalk } from "./winner-runs.ts";
import { winnerTrack } from "./winner-track.ts";

/** What the runs of the best of each window make together. */
export type WinnersRecord = {
  readonly stitched: StitchedResult | null;
  readonly paths: PathsResult | null;
  /** The stitched record bar by bar, or that of the winner of a sweep without windows; empty for cross-validation. */
  readonly points: readonly RecordPoint[];
  /** Returns of the one record out of sample; undefined where there is none, or are several. */
  readonly returns: Float64Array | undefined;
};

/** Reads what the best of each window did, and joins it as the windows ask for. */
export async function winnersRecord(
  opened: OpenedSweep,
  judged: readonly JudgedWinner[],
  stores: SweepStores,
): Promise<WinnersRecord> {
  const bests = judged.filter(({ winner }) => winner.rank === 0);
  const all = await Promise.all(bests.map((best) => readBest(best, stores)));
  const ordered = all.sort((a, b) => a.track.window - b.track.window || a.track.startBar - b.track.startBar);
  const [first] = ordered;
  const none: WinnersRecord = { stitched: null, paths: null, points: [], returns: undefined };
  if (first === undefined) return none;
  const { timeframe } = onlyInstrument(opened.snapshot.manifest);
  if (isWalk(opened)) {
    // Nobody can say what became of an account whose lane stopped: a record that is one account ends before it.
    const joined = opened.spec.state === "carried" ? ordered.filter(({ isFailed }) => !isFailed) : ordered;
    if (joined.length === 0) return none;
    const runs = joined.map(({ metrics }) => metrics);
    const tracks = joined.map(({ track }) => track);
    const { result, points, openTimeMs, equity } = await stitchedResult(opened, tracks, runs, stores);
    return { ...none, stitched: result, points, returns: periodReturns(openTimeMs, equity, timeframe) };
  }
  if (opened.spec.windows.kind === "none") {
    const { startBar, equity } = first.track;
    return { ...none, points: Array.from(equity, (value, i) => ({ bar: startBar + i, equity: value })) };
  }
  const sound = ordered.filter(({ isFailed }) => !isFailed).map(({ track }) => track);
  const paths = backtestPaths(opened, sound);
  const only = paths?.equity.length === 1 ? paths.equity[0] : undefined;
  return {
    ...none,
    paths: paths?.result ?? null,
    returns: paths && only && periodReturns(paths.openTimeMs, only, timeframe),
  };
}

type BestOfWindow = { readonly track: WindowTrack<Trade>; readonly metrics: Metrics; readonly isFailed: boolean };

async function readBest({ winner, result }: JudgedWinner, stores: SweepStores): Promise<BestOfWindow> {
  const [lane] = result.lanes;
  if (lane === undefined) throw new RangeError(`Run "${winner.run.runId}" has no lane.`);
  const track = await winnerTrack(winner, result, stores);
  return { track, metrics: lane.metrics, isFailed: lane.failure !== undefined };
}
