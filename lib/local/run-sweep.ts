import { openLocalStores } from "../stores/local/stores.ts";
import { itemsHere, itemsPerWorker, measuredSizing } from "../sweep/item-sizing.ts";
import { type OpenedSweep, openSweep } from "../sweep/open-sweep.ts";
import { parseSweepSpec } from "../sweep/parse-sweep-spec.ts";
import type { ItemSizing } from "../sweep/plan-items.ts";
import { sampleLanes } from "../sweep/sample-lanes.ts";
import { selectWinners } from "../sweep/select-winners.ts";
import { stitchSweep } from "../sweep/stitch-sweep.ts";
import type { SweepResult } from "../sweep/sweep-result.ts";
import type { SweepRecord } from "../sweep/sweep-store.ts";
import { advanceWinners, type EndedWinner } from "../sweep/winner-runs.ts";
import { loadSharedChunks } from "./shared-chunks.ts";
import { addDuration, recordFailure, recordStop, reportAlive, takeSweep } from "./sweep-hold.ts";
import { openSweepPool, type SweepPool } from "./sweep-pool.ts";
import { SweepWork, type SweepWorkOptions } from "./sweep-work.ts";

export type RunSweepOptions = SweepWorkOptions & {
  readonly sweepId: string;
  readonly home: string;
  /** The speed of one worker by which runs are sized, where it is not to be measured; no result depends on it. */
  readonly laneBarsPerSecond?: number;
  /** Whose strategies the workers register beside the built-in ones. */
  readonly strategiesFolder?: string;
};

export type SweepEnd =
  | { readonly kind: "completed"; readonly result: SweepResult }
  | { readonly kind: "stopped" }
  | { readonly kind: "cancelled" };

/** Lanes of a run, where they are not measured. */
const usualLanes = 500;

/**
 * Takes the next attempt at a sweep and computes what is missing of it in worker threads. Everything done is kept as it comes, so that any attempt goes on where
 * the one before it ended, to the same result. Throws SweepBusyError, and what is wrong with the spec.
 */
export async function runSweep(options: RunSweepOptions): Promise<SweepEnd> {
  const { stores, sweepId } = options;
  const sweep = await takeSweep(sweepId, stores.sweeps);
  const startedAtMs = Date.now();
  const stopFlag = new Int32Array(new SharedArrayBuffer(4));
  const stop = new AbortController();
  const onAbort = (): void => {
    Atomics.store(stopFlag, 0, 1);
    stop.abort();
  };
  if (options.stop.aborted) onAbort();
  options.stop.addEventListener("abort", onAbort, { once: true });
  const endReports = reportAlive(sweep, stores.sweeps, onAbort);
  try {
    const { home, strategiesFolder, workers } = options;
    const pool = openSweepPool(workers, { home, stopFlag, ...(strategiesFolder && { strategiesFolder }) });
    // Runs can be computed again; the sweep's own record, whose writes make all before them durable, is written by `stores`.
    const quick = await openLocalStores(home, "process");
    try {
      const opened = await openSweep(parseSweepSpec(sweep.spec, `The stored spec of sweep "${sweepId}"`), stores);
      pool.share(await loadSharedChunks(opened.snapshot, opened.bars.endBar, stores.objects));
      const sweeps = { ...stores.sweeps, addLanes: quick.sweeps.addLanes };
      const working = { ...options, stores: { ...stores, runs: quick.runs, sweeps }, stop: stop.signal };
      const result = await compute(working, sweep, opened, pool);
      if (result !== undefined) return { kind: "completed", result };
    } finally {
      await pool.close();
      await quick.close();
    }
    return { kind: await recordStop(sweep, stores.sweeps) };
  } catch (error) {
    await recordFailure(sweep, error, stores.sweeps);
    throw error;
  } finally {
    endReports();
    options.stop.removeEventListener("abort", onAbort);
    await addDuration(sweepId, Date.now() - startedAtMs, stores.sweeps);
  }
}

/** The work of a sweep: every step looks at what is done already. Undefined when it was stopped. */
async function compute(
  options: RunSweepOptions,
  sweep: SweepRecord,
  opened: OpenedSweep,
  pool: SweepPool,
): Promise<SweepResult | undefined> {
  const { stores, stop } = options;
  const work = new SweepWork(options, opened, pool);
  const trials = await work.computeTrials(sweep, () => sizingOf(options, opened));
  if (trials === undefined) return undefined;
  const { lanes, expanded } = trials;
  const selected = await selectWinners(sweep, opened, trials, stores);
  const ended = new Map<string, EndedWinner>();
  // Chained windows wait for one another: each turn finishes at least one.
  for (let turn = 0; turn <= opened.plan.windows.length; turn++) {
    const { all, due } = await advanceWinners(sweep, opened, selected, lanes, stores, ended);
    const waiting = due.filter((run) => run.status !== "failed" || turn === 0);
    if (waiting.length === 0)
      return stitchSweep({ sweep, opened, expanded, lanes, selected, winners: all }, Date.now(), stores);
    await Promise.all(waiting.map((run) => work.computeRun(run)));
    if (stop.aborted) return undefined;
  }
  throw new Error(`Sweep "${sweep.sweepId}": its winners were not done after as many turns as there are windows.`);
}

/** By a measurement, unless the speed is given. */
async function sizingOf({ laneBarsPerSecond, workers }: RunSweepOptions, opened: OpenedSweep): Promise<ItemSizing> {
  const leastItems = itemsPerWorker * workers;
  if (laneBarsPerSecond !== undefined) return { ...itemsHere, laneBarsPerSecond, mostLanes: usualLanes, leastItems };
  return { ...measuredSizing(await sampleLanes(opened, itemsHere.sample), itemsHere), leastItems };
}
