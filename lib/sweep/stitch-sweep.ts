import { engineVersion } from "../engine/engine-version.ts";
import type { Trade } from "../engine/facts.ts";
import type { Metrics } from "../engine/metrics.ts";
import { onlyInstrument } from "../market/open-snapshot.ts";
import type { RunResult } from "../run/result.ts";
import { changeOwnSweep } from "./change-sweep.ts";
import type { ExpandedSweep, SweepLanes } from "./expand-sweep.ts";
import type { OpenedSweep, SweepStores } from "./open-sweep.ts";
import { type OverfittingFigures, overfittingFigures } from "./overfitting-figures.ts";
import { metricsOverRanges } from "./range-metrics.ts";
import type { ReturnSums } from "./return-moments.ts";
import type { SelectedSweep, Winner } from "./select-winners.ts";
import type { WindowTrack } from "./stitch.ts";
import { stitchedResult } from "./stitched-result.ts";
import { sweepResultDigest } from "./sweep-digest.ts";
import { putDocument } from "./sweep-objects.ts";
import {
  type RangeOfBars,
  type SweepResult,
  sweepResultFormat,
  type WindowResult,
  type WinnerResult,
} from "./sweep-result.ts";
import type { SweepRecord } from "./sweep-store.ts";
import { SweepSurface } from "./sweep-surface.ts";
import { SweepTable } from "./sweep-table.ts";
import { MetricSpreads, parameterDrift, walkForwardEfficiency } from "./window-answer.ts";
import { loadWindowLanes } from "./window-lanes.ts";
import { blockSums, periodReturns, sweepOverfitting } from "./window-overfitting.ts";
import type { BarRange } from "./windows.ts";
import { isWalk, type WinnerRun, winnerResult } from "./winner-runs.ts";
import { winnerTrack } from "./winner-track.ts";

/** What the stitch starts from: all lanes and all winners' runs are done. */
export type DoneSweep = {
  readonly sweep: SweepRecord;
  readonly opened: OpenedSweep;
  readonly expanded: ExpandedSweep;
  readonly lanes: SweepLanes;
  readonly selected: SelectedSweep;
  readonly winners: readonly WinnerRun[];
  /** The number of a lane's point in the space. */
  readonly indexOf: (lane: number) => number;
};

/**
 * Puts the answer together, stores it and marks the sweep completed, or partial when lanes failed. Windows are read one after another; repeating it gives the
 * same result under the same hash.
 */
export async function stitchSweep(done: DoneSweep, nowMs: number, stores: SweepStores): Promise<SweepResult> {
  const { sweep, opened, expanded, lanes, indexOf } = done;
  const table = new SweepTable(stores.objects);
  const surface = new SweepSurface(opened);
  const spreads = new MetricSpreads();
  const windows: WindowResult[] = [];
  let newest: ReturnSums[][] = [];
  const judged = await judgedWinners(done.winners, stores);
  let periodsPerYear = 252;
  for (const { index, inSample } of opened.plan.windows) {
    const all = await loadWindowLanes(index, expanded, lanes, stores);
    await table.addWindow(index, inSample.length, all);
    surface.add(all);
    for (const { metrics } of all) {
      if (metrics === null) continue;
      spreads.add(metrics);
      periodsPerYear = metrics.periodsPerYear;
    }
    newest = blockSums(all);
    const figures = newest.length > 1 ? overfittingFigures(newest, null, null, periodsPerYear) : null;
    windows.push(windowResult(done, index, figures, judged));
  }

  const tracks = await Promise.all(
    judged.filter(({ winner }) => winner.range === 0).map(({ winner, result }) => trackOf(winner, result, stores)),
  );
  const ofBest = tracks.filter(({ rank }) => rank === 0).sort((a, b) => a.track.window - b.track.window);
  const stitched =
    isWalk(opened) && ofBest.length > 0
      ? await stitchedResult(
          opened,
          ofBest.map(({ track }) => track),
          ofBest.map(({ metrics }) => metrics),
          stores,
        )
      : null;
  const { timeframe } = onlyInstrument(opened.snapshot.manifest);
  const returns =
    stitched === null
      ? opened.spec.windows.kind === "none"
        ? tracks.map(({ track }) => periodReturns(timesOf(opened, track), Float64Array.from(track.equity), timeframe))
        : []
      : [periodReturns(stitched.openTimeMs, stitched.equity, timeframe)];

  const { digest, failures } = await table.finish();
  const last = windows.findLast(({ best }) => best !== null);
  const bests = windows.flatMap(({ best }) => (best === null ? [] : [best.lane]));
  const { space } = opened.plan.points;
  const result: SweepResult = {
    format: sweepResultFormat,
    engineVersion,
    specDigest: sweep.specDigest,
    snapshotId: sweep.snapshotId,
    resultDigest: sweepResultDigest({
      table: digest,
      windows: windows.map(({ index, winners }) => ({
        winners: winners.map(({ lane }) => lane),
        outOfSample: judged.filter(({ winner }) => winner.window === index).map(({ result }) => result.resultDigest),
      })),
    }),
    bars: rangeOfBars(opened, opened.bars),
    counts: { points: lanes.count, rows: table.rows, failedRows: table.failedRows },
    best: last === undefined ? null : bestOf(last),
    windows,
    stitched: stitched?.result ?? null,
    overfitting: sweepOverfitting({
      windows: windows.flatMap(({ overfitting }) => (overfitting === null ? [] : [overfitting])),
      sums: newest,
      returns,
      seed: opened.spec.base.seed,
      periodsPerYear,
    }),
    drift: space === undefined || bests.length < 2 ? [] : parameterDrift(space, bests.map(indexOf)),
    spreads: spreads.result(),
    surface: surface.result(last?.best?.lane, indexOf),
    failures,
    failedLanes: table.failedLanes,
    table: table.references,
  };
  const resultHash = await putDocument(result, stores.objects);
  await complete(sweep, result, resultHash, nowMs, stores);
  return result;
}

async function complete(
  sweep: SweepRecord,
  { resultDigest, counts }: SweepResult,
  resultHash: string,
  nowMs: number,
  { sweeps }: SweepStores,
): Promise<void> {
  const { rows, failedRows } = counts;
  await changeOwnSweep(
    sweep,
    ({ owner: _owner, reason: _reason, ...stored }) => ({
      ...stored,
      status: failedRows === 0 ? "completed" : failedRows < rows ? "partial" : "failed",
      counts: { ...stored.counts, completed: rows - failedRows, failed: failedRows },
      resultHash,
      resultDigest,
      updatedAtMs: nowMs,
    }),
    sweeps,
  );
}

type JudgedWinner = { readonly winner: WinnerRun; readonly result: RunResult };

async function judgedWinners(winners: readonly WinnerRun[], stores: SweepStores): Promise<readonly JudgedWinner[]> {
  const judged: JudgedWinner[] = [];
  for (const winner of winners) {
    const result = await winnerResult(winner.run, stores);
    if (result !== undefined) judged.push({ winner, result });
  }
  return judged;
}

function windowResult(
  { opened, selected }: DoneSweep,
  index: number,
  overfitting: OverfittingFigures | null,
  judged: readonly JudgedWinner[],
): WindowResult {
  const window = opened.plan.windows[index];
  const chosen = selected.windows[index];
  const winners = (chosen?.winners ?? []).map((winner, rank) => winnerOf(opened, winner, index, rank, judged));
  const [best] = winners;
  return {
    index,
    inSample: {
      ranges: (window?.inSample ?? []).map((range) => rangeOfBars(opened, range)),
      metrics: best?.inSample ?? null,
    },
    outOfSample: {
      ranges: (window?.outOfSample ?? []).map((range) => rangeOfBars(opened, range)),
      metrics: best?.outOfSample ?? null,
    },
    best: best === undefined ? null : { lane: best.lane, params: best.params, value: best.value },
    efficiency: best?.efficiency ?? null,
    winners,
    selection: chosen?.selection ?? { failed: 0, excluded: [], undefinedObjective: 0 },
    overfitting,
  };
}

function winnerOf(
  { plan }: OpenedSweep,
  { lane, params, value, inSample }: Winner,
  window: number,
  rank: number,
  judged: readonly JudgedWinner[],
): WinnerResult {
  const own = judged.filter(({ winner }) => winner.window === window && winner.rank === rank);
  const runIds = own.map(({ winner }) => winner.run.runId);
  const wanted = plan.windows[window]?.outOfSample.length ?? 0;
  const metrics = own.flatMap(({ result: { lanes } }) =>
    lanes[0]?.failure === undefined && lanes[0] ? [lanes[0].metrics] : [],
  );
  const [first, ...rest] = metrics;
  const outOfSample =
    first === undefined || wanted === 0 || metrics.length < wanted ? null : metricsOverRanges([first, ...rest]);
  const efficiency = outOfSample && walkForwardEfficiency(plan.objective, inSample, outOfSample);
  return { lane, params, value, inSample, outOfSample, efficiency, runIds };
}

function bestOf({ index, best, inSample }: WindowResult): SweepResult["best"] {
  if (best === null || inSample.metrics === null) return null;
  return { window: index, ...best, metrics: inSample.metrics };
}

type RankedTrack = { readonly rank: number; readonly track: WindowTrack<Trade>; readonly metrics: Metrics };

async function trackOf(winner: WinnerRun, result: RunResult, stores: SweepStores): Promise<RankedTrack> {
  const [lane] = result.lanes;
  if (lane === undefined) throw new RangeError(`Run "${winner.run.runId}" has no lane.`);
  return { rank: winner.rank, track: await winnerTrack(winner, result, stores), metrics: lane.metrics };
}

function timesOf({ openTimeMs }: OpenedSweep, { startBar, equity }: WindowTrack<Trade>): Float64Array {
  return openTimeMs.slice(startBar, startBar + equity.length);
}

function rangeOfBars({ openTimeMs }: OpenedSweep, { startBar, endBar }: BarRange): RangeOfBars {
  return {
    startBar,
    endBar,
    firstTimeMs: openTimeMs[startBar] as number,
    lastTimeMs: openTimeMs[endBar - 1] as number,
  };
}
