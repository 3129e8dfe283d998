import type { OpeningAccount } from "../engine/opening-account.ts";
import type { RunResult } from "../run/result.ts";
import type { RunRecord } from "../run/run-store.ts";
import type { Spec } from "../run/spec.ts";
import { accountLeftBy } from "./carried-state.ts";
import { newItemRun } from "./expand-sweep.ts";
import { loadResultObject } from "./lane-results.ts";
import type { OpenedSweep, SweepStores } from "./open-sweep.ts";
import type { Point } from "./parameter-space.ts";
import { itemSpec } from "./plan-items.ts";
import type { SelectedSweep } from "./select-winners.ts";
import type { SweepLanes } from "./sweep-lanes.ts";
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

/** A winner's run that is completed, what its lane was worth at its end, and whether it stopped before that. */
export type EndedWinner = {
  readonly run: RunRecord;
  readonly finalEquity: number | undefined;
  readonly isFailed: boolean;
};

/** How far the winners' runs are: all that exist, in the order of rank, window and range; `due` can be computed now. */
export type WinnerRuns = { readonly all: readonly WinnerRun[]; readonly due: readonly RunRecord[] };

/**
 * Creates the runs of the winners that can be computed now. With chained capital a window begins with the equity that the one before it ended with, so that only
 * the first unfinished run of each rank is due; call it again when those are done, until nothing is due. A winner that has lost all its capital goes on to no
 * further window. Where state is carried, the best of a window begins with the account of the one before, and goes on to no window after one that failed; a window before one
 * without a winner closes what it holds. Repeating it changes nothing; `ended` remembers from call to call what is done, so that a call looks only at what is not.
 */
export async function advanceWinners(
  sweep: SweepRecord,
  opened: OpenedSweep,
  selected: SelectedSweep,
  lanes: SweepLanes,
  stores: SweepStores,
  ended: Map<string, EndedWinner> = new Map(),
): Promise<WinnerRuns> {
  const { spec, plan } = opened;
  const isChained = spec.capital === "chained" && isWalk(opened);
  const all: WinnerRun[] = [];
  const due: RunRecord[] = [];
  for (let rank = 0; rank < spec.topK; rank++) {
    const isCarried = spec.state === "carried" && rank === 0;
    let cash = spec.base.account.cash;
    let before: RunRecord | undefined;
    for (const [at, { window, winners }] of selected.windows.entries()) {
      const winner = winners[rank];
      if (winner === undefined) {
        before = undefined;
        continue;
      }
      if (cash <= 0) break;
      const ranges = judgedRanges(plan.windows[window] as SweepWindow);
      for (const [range, bars] of ranges.entries()) {
        const warmupBars = warmupBefore(bars, opened.warmup);
        const runId = `${sweep.sweepId}-w${window}-${rank}-${range}`;
        const known = ended.get(runId);
        const place = { runId, startBar: bars.startBar - warmupBars, endBar: bars.endBar };
        const write = async () => {
          const written = winnerSpec(opened, bars, lanes.points[winner.lane] as Point, cash);
          if (!isCarried) return written;
          const next = selected.windows[at + 1];
          return carriedSpec(written, before && (await accountLeftBy(before, stores)), next && next.winners.length > 0);
        };
        const run = known?.run ?? (await storedOrNew(place, write));
        all.push({ window, rank, range, run, warmupBars, cash });
        if (run.status !== "completed") due.push(run);
        else if (known === undefined) {
          const result = await winnerResult(run, stores);
          if (result !== undefined) {
            const [lane] = result.lanes;
            ended.set(runId, { run, finalEquity: lane?.metrics.finalEquity, isFailed: lane?.failure !== undefined });
          }
        }
      }
      if (!isChained) continue;
      const last = ended.get(all.at(-1)?.run.runId ?? "");
      if (last === undefined || (isCarried && last.isFailed)) break;
      cash = last.finalEquity ?? cash;
      before = last.run;
    }
  }
  return { all, due };

  async function storedOrNew(place: Parameters<typeof newItemRun>[2], write: () => Promise<Spec>): Promise<RunRecord> {
    const stored = await stores.runs.getRun(place.runId);
    if (stored !== undefined) return stored;
    await stores.runs.createRun(newItemRun(sweep, opened, place, await write()));
    const created = await stores.runs.getRun(place.runId);
    if (created === undefined) throw new Error(`Run "${place.runId}" of sweep "${sweep.sweepId}" is gone.`);
    return created;
  }
}

/** The spec of a window that begins with what the one before left, and closes what it holds unless the next one takes it over; the last one (undefined) ends as the base says. */
function carriedSpec(spec: Spec, opening: OpeningAccount | undefined, isTakenOver: boolean | undefined): Spec {
  const closeAtEnd = isTakenOver === undefined ? spec.execution.closeAtEnd : !isTakenOver;
  return {
    ...spec,
    account: { ...spec.account, ...(opening !== undefined && { opening }) },
    execution: { ...spec.execution, closeAtEnd },
  };
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
