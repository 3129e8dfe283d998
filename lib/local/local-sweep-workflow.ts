import { hostname } from "node:os";
import { ProblemError } from "../api/problem.ts";
import type { SweepProgressNow, SweepStartOutcome, SweepWorkflow } from "../api/sweep-workflow.ts";
import { changeSweep } from "../sweep/change-sweep.ts";
import type { SweepStores } from "../sweep/open-sweep.ts";
import type { SweepRecord, SweepStatus } from "../sweep/sweep-store.ts";
import { serverStopped } from "./left-runs.ts";
import { runSweep } from "./run-sweep.ts";
import { isSweepOwned } from "./sweep-hold.ts";
import type { SweepProgress } from "./sweep-work.ts";

export type LocalSweepOptions = {
  readonly home: string;
  readonly stores: SweepStores;
  /** Threads that compute the lanes of a sweep. */
  readonly workers: number;
  readonly strategiesFolder?: string;
  /** Is told why a sweep could not be computed, when its own record does not say so. */
  readonly onFault: (error: unknown) => void;
};

/** Worker threads of this process as what computes sweeps, one sweep at a time: each has all of them. */
export type LocalSweepWorkflow = SweepWorkflow & {
  /** Goes on with what a server of this home had begun, or was about to, when it was stopped or killed; returns those sweeps. */
  continueLeft(): Promise<readonly SweepRecord[]>;
  /** Makes the sweep under way checkpoint and stop, and waits for it. */
  stopAll(): Promise<void>;
};

/** More sweeps than this do not wait: whoever asks is told to come again. */
const waitingLimit = 100;
/** Only the newest sweeps of each status are looked at for what was left. */
const lookedAt = 100;

type Job = { readonly stop: AbortController; progress?: SweepProgress; ended?: Promise<void> };

/** Opens a workflow that computes sweeps in the order in which they are started. */
export function openLocalSweepWorkflow(options: LocalSweepOptions): LocalSweepWorkflow {
  const { stores, home, workers, strategiesFolder, onFault } = options;
  /** Sweeps that wait or are computed, in their order; `ended` tells which. */
  const jobs = new Map<string, Job>();
  let isStopping = false;
  return {
    start,
    cancel,
    reconcile,
    progressOf: async ({ sweepId }) => progressNow(jobs.get(sweepId)),
    continueLeft: async () => {
      const continued: SweepRecord[] = [];
      for (const sweep of await leftSweeps()) {
        if (sweep.status === "cancelling") await reconcile(sweep);
        else if ((await start(sweep)).kind === "started") continued.push(sweep);
      }
      return continued;
    },
    stopAll: async () => {
      isStopping = true;
      for (const { stop } of jobs.values()) stop.abort();
      await Promise.all([...jobs.values()].map(({ ended }) => ended));
    },
  };

  async function start(sweep: SweepRecord): Promise<SweepStartOutcome> {
    const now = await reconcile(await reread(sweep));
    if (now.status === "completed") return { kind: "ended", sweep: now };
    if (jobs.has(now.sweepId) || isAlive(now)) return { kind: "busy", sweep: now };
    if (isStopping || jobs.size >= waitingLimit)
      throw new ProblemError(429, "queue-full", "The server takes no more sweeps now.", { retryAfterSeconds: 10 });
    jobs.set(now.sweepId, { stop: new AbortController() });
    computeNext();
    return { kind: "started", sweep: now, how: "worker" };
  }

  function computeNext(): void {
    const [first] = jobs;
    if (first === undefined || first[1].ended !== undefined || isStopping) return;
    const [sweepId, job] = first;
    job.ended = compute(sweepId, job).finally(() => {
      jobs.delete(sweepId);
      computeNext();
    });
  }

  /** Computes a sweep to its end; how that was is in its record. */
  async function compute(sweepId: string, job: Job): Promise<void> {
    try {
      const { kind } = await runSweep({
        sweepId,
        home,
        stores,
        workers,
        ...(strategiesFolder === undefined ? {} : { strategiesFolder }),
        onProgress: (progress) => {
          job.progress = progress;
        },
        stop: job.stop.signal,
      });
      if (kind === "stopped" && isStopping) await noteStop(sweepId);
    } catch (error) {
      onFault(error);
    }
  }

  /** The server that comes next goes on with what this one left. */
  async function noteStop(sweepId: string): Promise<void> {
    const mark = (now: SweepRecord) => (now.status === "cancelled" ? { ...now, reason: serverStopped } : undefined);
    await changeSweep(sweepId, mark, stores.sweeps);
  }

  /** Whoever computes a sweep stops at the end of its chunks, which is as soon as `force` could. */
  async function cancel(sweep: SweepRecord, { force }: { readonly force: boolean }): Promise<SweepRecord> {
    const job = jobs.get(sweep.sweepId);
    if (job !== undefined && job.ended === undefined) jobs.delete(sweep.sweepId);
    const reason = { name: "Cancelled", message: "cancelled by request" };
    const asked = await changeSweep(
      sweep.sweepId,
      (now) => {
        if (!isOpen(now.status)) return undefined;
        if (isAlive(now)) return { ...now, status: "cancelling", reason, updatedAtMs: Date.now() };
        const { owner: _, ...rest } = now;
        return { ...rest, status: "cancelled", reason, updatedAtMs: Date.now() };
      },
      stores.sweeps,
    );
    job?.stop.abort();
    if (force) await job?.ended;
    return force || asked === undefined ? reread(sweep) : asked;
  }

  async function reconcile(sweep: SweepRecord): Promise<SweepRecord> {
    if (!isUnderWay(sweep.status) || isAlive(sweep) || sweep.owner?.host !== hostname()) return sweep;
    const reason = { name: "Interrupted", message: "the process that computed it is gone" };
    const corrected = await changeSweep(
      sweep.sweepId,
      (now) => {
        if (now.attempt !== sweep.attempt || !isUnderWay(now.status)) return undefined;
        const { owner: _, ...rest } = now;
        return { ...rest, status: "cancelled", reason, updatedAtMs: Date.now() };
      },
      stores.sweeps,
    );
    return corrected ?? reread(sweep);
  }

  /** Oldest first. */
  async function leftSweeps(): Promise<readonly SweepRecord[]> {
    const left: SweepRecord[] = [];
    for (const status of ["pending", "running", "cancelling", "cancelled"] as const) {
      const { items } = await stores.sweeps.listSweeps({ status }, lookedAt);
      left.push(...items.filter((sweep) => status === "pending" || wasStopped(sweep) || wasKilled(sweep)));
    }
    return left.sort((a, b) => a.createdAtMs - b.createdAtMs);
  }

  function wasKilled(sweep: SweepRecord): boolean {
    return isUnderWay(sweep.status) && sweep.owner?.host === hostname() && !isAlive(sweep);
  }

  /** A process number may have been this process's before a restart: then only what it computes now is alive. */
  function isAlive(sweep: SweepRecord): boolean {
    const { owner, sweepId, status } = sweep;
    if (owner?.host === hostname() && owner.pid === process.pid) return isUnderWay(status) && jobs.has(sweepId);
    return isSweepOwned(sweep, Date.now());
  }

  async function reread(sweep: SweepRecord): Promise<SweepRecord> {
    return (await stores.sweeps.getSweep(sweep.sweepId)) ?? sweep;
  }
}

function progressNow(job: Job | undefined): SweepProgressNow | undefined {
  if (job?.progress === undefined) return undefined;
  const { lanesDone, lanesTotal, best, pace } = job.progress;
  return {
    doneLanes: lanesDone,
    totalLanes: lanesTotal,
    share: pace?.share ?? null,
    lanesPerSecond: pace?.lanesPerSecond ?? null,
    best: best ?? null,
    secondsLeft: pace?.secondsLeft ?? null,
  };
}

function wasStopped({ status, reason }: SweepRecord): boolean {
  return status === "cancelled" && reason?.name === serverStopped.name;
}

function isUnderWay(status: SweepStatus): boolean {
  return status === "running" || status === "cancelling";
}

function isOpen(status: SweepStatus): boolean {
  return status === "pending" || status === "running";
}
