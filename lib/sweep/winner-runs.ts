import type { RunResult } from "../run/result.ts";
import type { RunRecord } from "../run/run-store.ts";
import type { Spec } from "../run/spec.ts";
import { newItemRun, type SweepLanes } from "./expand-sweep.ts";
import { loadResultObject } from "./lane-results.ts";
import type { OpenedSweep, SweepStores } from "./open-sweep.ts";
import type { Point } from "./parameter-space.ts";
import { itemSpec } from "./plan-items.ts";
import type { SelectedSweep } from "./select-winners.ts";
import type { SweepRecord } from "./sweep-store.ts";
import { type BarRange, type SweepWindow, warmupBefore } from "./windows.ts";

/** A winner's run over one range, with full facts. */
export type WinnerRun = {
  readonly window: number;
  readonly rank: number;
  readonly range: number;
  readonly run: RunRecord;
  /** Bars of the run before the range. */
  readonly warmupBars: number;
  readonly cash: number;
};

/** How far the winners' runs are: all that exist, in the order of rank, window and range; `due` can be computed now. */
export type WinnerRuns = { readonly all: readonly WinnerRun[]; readonly due: readonly RunRecord[] };

/**
 * Creates the runs of the winners that can be computed now. With chained capital a window begins with the equity that the one before it ended with, so that only
 * the first unfinished run of each rank is due; call it again when those are done, until nothing is due. A winner that has lost all its capital goes on to no
 * further window. Repeating it changes nothing.
 */
export async function advanceWinners(
  sweep: SweepRecord,
  opened: OpenedSweep,
  selected: SelectedSweep,
  lanes: SweepLanes,
  stores: SweepStores,
): Promise<WinnerRuns> {
  const { spec, plan } = opened;
  const isChained = spec.capital === "chained" && isWalk(opened);
  const all: WinnerRun[] = [];
  const due: RunRecord[] = [];
  for (let rank = 0; rank < spec.topK; rank++) {
    let cash = spec.base.account.cash;
    for (const { window, winners } of selected.windows) {
      const winner = winners[rank];
      if (winner === undefined) continue;
      if (cash <= 0) break;
      const ranges = judgedRanges(plan.windows[window] as SweepWindow);
      for (const [range, bars] of ranges.entries()) {
        const warmupBars = warmupBefore(bars, opened.warmup);
        const runId = `${sweep.sweepId}-w${window}-${rank}-${range}`;
        const point = lanes.points[winner.lane] as Point;
        const written = winnerSpec(opened, bars, point, cash);
        await stores.runs.createRun(
          newItemRun(sweep, opened, { runId, startBar: bars.startBar - warmupBars, endBar: bars.endBar }, written),
        );
        const run = await stores.runs.getRun(runId);
        if (run === undefined) throw new Error(`Run "${runId}" of sweep "${sweep.sweepId}" is gone.`);
        all.push({ window, rank, range, run, warmupBars, cash });
        if (run.status !== "completed") due.push(run);
      }
      if (!isChained) continue;
      const last = all.at(-1)?.run;
      const result = last && (await winnerResult(last, stores));
      if (result === undefined) break;
      cash = result.lanes[0]?.metrics.finalEquity ?? cash;
    }
  }
  return { all, due };
}

/** Windows that follow each other in time, whose records can be joined. */
export function isWalk({ spec }: Pick<OpenedSweep, "spec">): boolean {
  return spec.windows.kind === "rolling" || spec.windows.kind === "anchored" || spec.windows.kind === "list";
}

/** The ranges that a winner is run on again: those out of sample, or the whole of a sweep without windows. */
export function judgedRanges(window: SweepWindow): readonly BarRange[] {
  return window.outOfSample.length > 0 ? window.outOfSample : window.inSample;
}

/** The result of a completed run; undefined before. */
export async function winnerResult(run: RunRecord, { objects }: SweepStores): Promise<RunResult | undefined> {
  return run.resultHash === undefined ? undefined : loadResultObject(run.resultHash, objects);
}

function winnerSpec(opened: OpenedSweep, bars: BarRange, point: Point, cash: number): Spec {
  const { spec, openTimeMs, warmup } = opened;
  const warmupBars = warmupBefore(bars, warmup);
  const written = itemSpec(spec.base, {
    points: [point],
    firstTimeMs: openTimeMs[bars.startBar - warmupBars] as number,
    lastTimeMs: openTimeMs[bars.endBar - 1] as number,
    warmupBars,
    facts: "full",
    cash,
  });
  return {
    ...written,
    metrics: { ...written.metrics, ...(written.data.warmupBars > 0 ? { warmup: "left-out" as const } : {}) },
    record: { ...written.record, equityEvery: 1, failedLanes: "alone" },
  };
}
