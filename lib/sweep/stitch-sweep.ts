import { engineVersion } from "../engine/engine-version.ts";
import { changeOwnSweep } from "./change-sweep.ts";
import type { OpenedSweep, SweepStores } from "./open-sweep.ts";
import { recordRegimes } from "./record-regimes.ts";
import type { ReturnSums } from "./return-moments.ts";
import type { SelectedSweep } from "./select-winners.ts";
import { sweepResultDigest } from "./sweep-digest.ts";
import type { SweepLanes } from "./sweep-lanes.ts";
import { putDocument } from "./sweep-objects.ts";
import { type SweepResult, sweepResultFormat, type WindowResult } from "./sweep-result.ts";
import type { SweepRecord } from "./sweep-store.ts";
import { SweepSurface } from "./sweep-surface.ts";
import { SweepTable } from "./sweep-table.ts";
import type { Trials } from "./trials.ts";
import { MetricSpreads, parameterDrift } from "./window-answer.ts";
import { loadWindowLanes } from "./window-lanes.ts";
import { blockSums, sweepOverfitting, windowOverfitting } from "./window-overfitting.ts";
import { bestOf, judgedWinners, rangeOfBars, windowResult } from "./window-results.ts";
import type { WinnerRun } from "./winner-runs.ts";
import { winnersRecord } from "./winners-record.ts";

/** What the stitch starts from: all lanes and all winners' runs are done. */
export type DoneSweep = {
  readonly sweep: SweepRecord;
  readonly opened: OpenedSweep;
  readonly expanded: Trials["expanded"];
  readonly lanes: SweepLanes;
  readonly selected: SelectedSweep;
  readonly winners: readonly WinnerRun[];
};

/**
 * Puts the answer together, stores it and marks the sweep completed, or partial when lanes failed. Windows are read one after another; repeating it gives the
 * same result under the same hash.
 */
export async function stitchSweep(done: DoneSweep, nowMs: number, stores: SweepStores): Promise<SweepResult> {
  const { sweep, opened, expanded, lanes } = done;
  const { indexOf } = lanes;
  const table = new SweepTable(stores.objects);
  const surface = new SweepSurface(opened);
  const spreads = new MetricSpreads();
  const windows: WindowResult[] = [];
  let newest: ReturnSums[][] = [];
  const { seed } = opened.spec.base;
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
    newest = blockSums(all, inSample);
    const best = done.selected.windows[index]?.winners[0]?.lane;
    const figures = windowOverfitting({ inSample, lanes: all, best, seed, periodsPerYear });
    windows.push(windowResult(done, index, figures, judged));
  }

  const record = await winnersRecord(opened, judged, stores);
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
      regimes: opened.spec.regimes,
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
    stitched: record.stitched,
    paths: record.paths,
    regimes: record.points.length === 0 ? null : await recordRegimes(opened, record.points, periodsPerYear),
    overfitting: sweepOverfitting({
      windows: windows.flatMap(({ overfitting }) => (overfitting === null ? [] : [overfitting])),
      sums: newest,
      returns: record.returns,
      inSample: opened.spec.windows.kind === "none" ? (windows[0]?.overfitting ?? undefined) : undefined,
      trials: opened.spec.method.kind === "tpe" ? "chosen by results" : "chosen before",
      seed,
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
      counts: { ...stored.counts, total: rows, completed: rows - failedRows, failed: failedRows },
      resultHash,
      resultDigest,
      updatedAtMs: nowMs,
    }),
    sweeps,
  );
}
