import { hostname } from "node:os";
import { InputError } from "../engine/input-error.ts";
import { processExists } from "../run/run-owner.ts";
import type { RunRecord } from "../run/run-store.ts";
import { openLocalStores } from "../stores/local/stores.ts";
import { changeSweep } from "../sweep/change-sweep.ts";
import { type ExpandedItem, type ExpandedSweep, expandSweep, sweepLanes } from "../sweep/expand-sweep.ts";
import { finishItem, loadResultObject } from "../sweep/lane-results.ts";
import { objectiveValue } from "../sweep/objective.ts";
import { type OpenedSweep, openSweep, type SweepStores } from "../sweep/open-sweep.ts";
import { parseSweepSpec } from "../sweep/parse-sweep-spec.ts";
import { selectWinners } from "../sweep/select-winners.ts";
import { stitchSweep } from "../sweep/stitch-sweep.ts";
import { getDocument } from "../sweep/sweep-objects.ts";
import type { SweepResult } from "../sweep/sweep-result.ts";
import type { SweepRecord } from "../sweep/sweep-store.ts";
import { advanceWinners, type EndedWinner } from "../sweep/winner-runs.ts";
import { takeAttempt } from "./execute-run.ts";
import { optimise } from "./optimise-sweep.ts";
import { loadSharedChunks } from "./shared-chunks.ts";
import { openSweepPool, type SweepPool } from "./sweep-pool.ts";

/** How far a sweep is. */
export type SweepProgress = {
  readonly lanesDone: number;
  readonly lanesTotal: number;
  readonly cached: number;
  /** Objective of the best lane so far. */
  readonly best: number | undefined;
};

export type RunSweepOptions = {
  readonly sweepId: string;
  readonly home: string;
  readonly stores: SweepStores;
  readonly workers: number;
  /** Measured lane-bars a second of one worker, by which runs are sized. */
  readonly laneBarsPerSecond: number;
  /** Whose strategies the workers register beside the built-in ones. */
  readonly strategiesFolder?: string;
  readonly onProgress: (progress: SweepProgress) => void;
  /** Aborted to make every run checkpoint at the end of its chunk and stop. */
  readonly stop: AbortSignal;
};

export type SweepEnd =
  | { readonly kind: "completed"; readonly result: SweepResult }
  | { readonly kind: "stopped" }
  | { readonly kind: "cancelled" };

/** Another process works on the sweep. */
export class SweepBusyError extends InputError {
  override readonly name = "SweepBusyError";
}

/** A run whose worker is lost is begun again so many times. */
const mostAttempts = 3;
/** How long one run of lanes should take: short enough that all workers stay busy to the end, long enough to be cheap. */
const targetSeconds = 2;
/** A run's record must fit into an item of a table on AWS, wherever it is computed. */
const mostLanes = 500;
/** So that all workers end at about the same time. */
const itemsPerWorker = 4;
const heartbeatEveryMs = 2_000;
const ownerSilenceMs = 60_000;

/**
 * Takes the next attempt at a sweep and computes what is missing of it in worker threads. Everything done is kept as it comes, so that any attempt goes on where
 * the one before it ended, to the same result. Throws SweepBusyError, and what is wrong with the spec.
 */
export async function runSweep(options: RunSweepOptions): Promise<SweepEnd> {
  const { stores, sweepId } = options;
  const sweep = await takeSweep(sweepId, stores);
  const startedAtMs = Date.now();
  const stopFlag = new Int32Array(new SharedArrayBuffer(4));
  const stop = new AbortController();
  const onAbort = (): void => {
    Atomics.store(stopFlag, 0, 1);
    stop.abort();
  };
  if (options.stop.aborted) onAbort();
  options.stop.addEventListener("abort", onAbort, { once: true });
  const heartbeats = setInterval(() => {
    beat(sweep, stores).then(
      (goesOn) => goesOn || onAbort(),
      // A heartbeat that fails is followed by another; work itself finds out what is wrong.
      () => undefined,
    );
  }, heartbeatEveryMs);
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
    return await recordStop(sweep, stores);
  } catch (error) {
    await recordFailure(sweep, error, stores);
    throw error;
  } finally {
    clearInterval(heartbeats);
    options.stop.removeEventListener("abort", onAbort);
    await addDuration(sweepId, Date.now() - startedAtMs, stores);
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
  const { laneBarsPerSecond, workers } = options;
  const sizing = { laneBarsPerSecond, targetSeconds, mostLanes, leastItems: itemsPerWorker * workers };
  const method = opened.spec.method;
  const tried =
    method.kind === "tpe"
      ? await optimise(sweep, opened, method, sizing, stores, (expanded) => work.computeItems(expanded), stop)
      : await exhaust();
  if (tried === undefined || stop.aborted) return undefined;
  const { expanded, lanes, indexOf } = tried;
  const selected = await selectWinners(sweep, opened, expanded, lanes, stores);
  const ended = new Map<string, EndedWinner>();
  // Chained windows wait for one another: each turn finishes at least one.
  for (let turn = 0; turn <= opened.plan.windows.length; turn++) {
    const { all, due } = await advanceWinners(sweep, opened, selected, lanes, stores, ended);
    const waiting = due.filter((run) => run.status !== "failed" || turn === 0);
    if (waiting.length === 0)
      return stitchSweep({ sweep, opened, expanded, lanes, selected, winners: all, indexOf }, Date.now(), stores);
    await Promise.all(waiting.map((run) => work.computeRun(run)));
    if (stop.aborted) return undefined;
  }
  throw new Error(`Sweep "${sweep.sweepId}": its winners were not done after as many turns as there are windows.`);

  async function exhaust() {
    const expanded: ExpandedSweep =
      sweep.planHash === undefined
        ? await expandSweep(sweep, opened, sizing, stores)
        : await getDocument<ExpandedSweep>(sweep.planHash, stores.objects);
    await work.computeItems(expanded);
    const { indexes } = opened.plan.points;
    return { expanded, lanes: sweepLanes(opened), indexOf: (lane: number) => indexes?.[lane] ?? lane };
  }
}

/** The runs of one attempt, and what has come of them. */
class SweepWork {
  readonly #options: RunSweepOptions;
  readonly #opened: OpenedSweep;
  readonly #pool: SweepPool;
  #progress: SweepProgress = { lanesDone: 0, lanesTotal: 0, cached: 0, best: undefined };

  constructor(options: RunSweepOptions, opened: OpenedSweep, pool: SweepPool) {
    this.#options = options;
    this.#opened = opened;
    this.#pool = pool;
  }

  /** Computes the items that are not done, and remembers their lanes. */
  async computeItems({ items, cachedLanes, refused, families }: ExpandedSweep): Promise<void> {
    const { stores, stop } = this.#options;
    const own = items.reduce((sum, { lanes }) => sum + lanes.length, 0);
    const known = cachedLanes + refused.length * families.length;
    this.#tell({ cached: cachedLanes, lanesDone: known, lanesTotal: known + own });
    // No more at a time than twice the workers: attempts of the others are not taken yet.
    const queue = [...items];
    const take = async (): Promise<void> => {
      for (let item = queue.shift(); item !== undefined && !stop.aborted; item = queue.shift()) {
        const run = await stores.runs.getRun(item.runId);
        if (run === undefined) throw new Error(`Run "${item.runId}" of a sweep is gone. Start the sweep again.`);
        await this.#finish(item, await this.computeRun(run));
      }
    };
    await Promise.all(Array.from({ length: 2 * this.#options.workers }, take));
  }

  /** Computes a run unless it is completed; the run as it is then. */
  async computeRun(run: RunRecord): Promise<RunRecord> {
    const { stores, stop } = this.#options;
    let current = run;
    for (let tries = 0; tries < mostAttempts && current.status !== "completed" && !stop.aborted; tries++) {
      const taken = await takeAttempt(current, stores.runs);
      if (taken.kind === "started") {
        const { kind } = await this.#pool.compute(taken.run, () => undefined);
        current = (await stores.runs.getRun(run.runId)) ?? current;
        if (kind !== "lost") return current;
      } else current = taken.run;
    }
    return current;
  }

  async #finish(item: ExpandedItem, run: RunRecord): Promise<void> {
    const { stores, stop } = this.#options;
    if (run.status !== "completed" && stop.aborted) return;
    await finishItem(run, item.family, stores);
    const result = run.resultHash === undefined ? undefined : await loadResultObject(run.resultHash, stores.objects);
    const values = (result?.lanes ?? []).flatMap(({ metrics, failure }) => {
      const value = failure === undefined ? objectiveValue(this.#opened.plan.objective, metrics) : null;
      return value === null ? [] : [value];
    });
    const sign = this.#opened.plan.objective.direction === "maximise" ? 1 : -1;
    const { lanesDone, best } = this.#progress;
    const all = best === undefined ? values : [...values, best];
    this.#tell({
      lanesDone: lanesDone + item.lanes.length,
      best: all.length === 0 ? undefined : all.reduce((a, b) => (sign * b > sign * a ? b : a)),
    });
  }

  #tell(change: Partial<SweepProgress>): void {
    this.#progress = { ...this.#progress, ...change };
    this.#options.onProgress(this.#progress);
  }
}

async function takeSweep(sweepId: string, { sweeps }: SweepStores): Promise<SweepRecord> {
  const nowMs = Date.now();
  const taken = await changeSweep(
    sweepId,
    ({ reason: _reason, ...stored }) => {
      if (isSweepOwned(stored, nowMs)) return undefined;
      const owner = { host: hostname(), pid: process.pid, heartbeatAtMs: nowMs };
      return { ...stored, status: "running", attempt: stored.attempt + 1, owner, updatedAtMs: nowMs };
    },
    sweeps,
  );
  if (taken !== undefined) return taken;
  throw new SweepBusyError(
    `Sweep "${sweepId}" is being computed by another process. Wait for it, or stop it: backstitch sweep cancel ${sweepId}`,
  );
}

/** Whether a process that is alive works on the sweep. */
export function isSweepOwned({ owner, status }: Pick<SweepRecord, "owner" | "status">, nowMs: number): boolean {
  if (owner === undefined || (status !== "running" && status !== "cancelling")) return false;
  if (nowMs - owner.heartbeatAtMs > ownerSilenceMs) return false;
  return owner.host !== hostname() || processExists(owner.pid);
}

/** Reports that this process is alive; false when the sweep is no longer its own, or is to be cancelled. */
async function beat(sweep: SweepRecord, { sweeps }: SweepStores): Promise<boolean> {
  const next = await changeSweep(
    sweep.sweepId,
    (stored) => {
      if (stored.attempt !== sweep.attempt || stored.status !== "running" || stored.owner === undefined)
        return undefined;
      return { ...stored, owner: { ...stored.owner, heartbeatAtMs: Date.now() } };
    },
    sweeps,
  );
  return next !== undefined;
}

async function recordStop(sweep: SweepRecord, { sweeps }: SweepStores): Promise<SweepEnd> {
  const stored = await changeSweep(sweep.sweepId, (now) => ended(sweep, now, "cancelled"), sweeps);
  return { kind: stored?.reason?.name === "Cancelled" ? "cancelled" : "stopped" };
}

async function recordFailure(sweep: SweepRecord, error: unknown, { sweeps }: SweepStores): Promise<void> {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const reason = { name, message: message.slice(0, 4_000) };
  await changeSweep(
    sweep.sweepId,
    (now) => {
      const failed = ended(sweep, now, "failed");
      return failed && { ...failed, reason };
    },
    sweeps,
  );
}

function ended(sweep: SweepRecord, now: SweepRecord, status: "cancelled" | "failed"): SweepRecord | undefined {
  if (now.attempt !== sweep.attempt) return undefined;
  const { owner: _owner, ...rest } = now;
  const reason =
    now.status === "cancelling"
      ? { name: "Cancelled", message: "Cancelled on request." }
      : { name: "Interrupted", message: "Stopped by a signal." };
  return { ...rest, status, reason, updatedAtMs: Date.now() };
}

async function addDuration(sweepId: string, durationMs: number, { sweeps }: SweepStores): Promise<void> {
  await changeSweep(sweepId, (now) => ({ ...now, durationMs: now.durationMs + durationMs }), sweeps);
}
