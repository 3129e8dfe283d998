import { hostname } from "node:os";
import { ProblemError } from "../api/problem.ts";
import type { RunWorkflow, StartOutcome } from "../api/run-workflow.ts";
import { assertCanGoOn } from "../run/assert-can-go-on.ts";
import { askToStop, cancelAtOnce } from "../run/cancel-run.ts";
import { openRun, type RunStores } from "../run/opened-run.ts";
import { isOwnerAlive, processExists } from "../run/run-owner.ts";
import { isUnderWay } from "../run/run-status.ts";
import type { RunRecord } from "../run/run-store.ts";
import { computeAttempt, type RunProgress, takeAttempt } from "./execute-run.ts";
import { leftRuns, serverStopped } from "./left-runs.ts";

export type LocalWorkflowOptions = {
  readonly home: string;
  readonly stores: RunStores;
  /** How many runs are computed at the same time, each in a thread of its own; the others wait. */
  readonly concurrency: number;
  readonly strategiesFolder?: string;
  /** Is told why a run could not be computed, when its own record does not say so. */
  readonly onFault: (error: unknown) => void;
};

/** Worker threads of this process as a workflow. */
export type LocalWorkflow = RunWorkflow & {
  /** How far a run is that this process computes. */
  progressOf(runId: string): RunProgress | undefined;
  /** Goes on with what a server of this home had begun when it was stopped or killed; returns those runs. */
  continueLeft(): Promise<readonly RunRecord[]>;
  /** Makes every run checkpoint and stop, and waits for it. */
  stopAll(): Promise<void>;
};

/** More runs than this do not wait: whoever asks is told to come again. */
const waitingLimit = 10_000;
/** A waiting run's attempt is taken: it must not look abandoned. */
const heartbeatEveryMs = 15_000;

type Job = {
  readonly run: RunRecord;
  readonly stop: AbortController;
  readonly kill: AbortController;
  progress: RunProgress | undefined;
  ended: Promise<void> | undefined;
};

/** Opens a workflow that computes runs in worker threads, in the order in which they are started. */
export function openLocalWorkflow(options: LocalWorkflowOptions): LocalWorkflow {
  const { stores, home, concurrency, strategiesFolder, onFault } = options;
  const { runs } = stores;
  /** Runs whose attempt this process has, waiting or being computed; `ended` tells which. */
  const jobs = new Map<string, Job>();
  let isStopping = false;

  const heartbeats = setInterval(() => {
    for (const job of jobs.values()) if (job.ended === undefined) keepAlive(job).catch(onFault);
  }, heartbeatEveryMs);
  heartbeats.unref();

  return {
    start,
    cancel,
    reconcile,
    progressOf: (runId) => jobs.get(runId)?.progress,
    continueLeft: async () => {
      const continued: RunRecord[] = [];
      for (const run of await leftRuns(runs, isAlive)) {
        if (run.status === "cancelling") await cancelAtOnce(run, runs, Date.now());
        else if ((await startOrFlag(run)) !== undefined) continued.push(run);
      }
      return continued;
    },
    stopAll: async () => {
      isStopping = true;
      clearInterval(heartbeats);
      for (const job of jobs.values()) {
        if (job.ended === undefined) await leave(job.run, ["running", "resuming"]);
        else job.stop.abort();
      }
      await Promise.all([...jobs.values()].map((job) => job.ended));
    },
  };

  async function start(run: RunRecord): Promise<StartOutcome> {
    if (run.status === "completed") return { kind: "completed", run };
    if (isAlive(run)) return { kind: "busy", run };
    if (isStopping || jobs.size >= waitingLimit)
      throw new ProblemError(429, "queue-full", "The server takes no more runs now.", { retryAfterSeconds: 10 });
    // What cannot go on is refused now, not when its turn comes.
    await openRun(run, stores);
    await assertCanGoOn(run, stores);
    const outcome = await takeAttempt(run, runs);
    if (outcome.kind === "refused")
      return { kind: outcome.run.status === "completed" ? "completed" : "busy", run: outcome.run };
    jobs.set(run.runId, {
      run: outcome.run,
      stop: new AbortController(),
      kill: new AbortController(),
      progress: undefined,
      ended: undefined,
    });
    computeNext();
    return { kind: "started", run: outcome.run, how: "worker" };
  }

  function computeNext(): void {
    const all = [...jobs.values()];
    let free = concurrency - all.filter((job) => job.ended !== undefined).length;
    for (const job of all) {
      if (free <= 0 || isStopping) return;
      if (job.ended !== undefined) continue;
      free--;
      job.ended = compute(job).finally(() => {
        jobs.delete(job.run.runId);
        computeNext();
      });
    }
  }

  /** Computes a job to its end; how that was is in the run's record, whatever happens. */
  async function compute(job: Job): Promise<void> {
    const { run, stop, kill } = job;
    try {
      const end = await computeAttempt({
        run,
        home,
        stop: stop.signal,
        kill: kill.signal,
        onProgress: (progress) => {
          job.progress = progress;
        },
        ...(strategiesFolder === undefined ? {} : { strategiesFolder }),
      });
      if (end.kind === "stopped" && end.by === "interrupt") await leave(run, ["cancelled"]);
    } catch (error) {
      const isRecorded = !(error instanceof Error) || error.name !== "WorkerExitError";
      if (!isRecorded) await recordDeath(job, error).catch(onFault);
    }
  }

  /** A worker that was killed, or died, has not written why. */
  async function recordDeath({ run, kill }: Job, { name, message }: Error): Promise<void> {
    if (kill.signal.aborted) {
      await cancelAtOnce(run, runs, Date.now());
      return;
    }
    const { runId, attempt } = run;
    const from = ["running", "resuming", "cancelling"] as const;
    await runs.setStatus({ runId, attempt, from, to: "failed", reason: { name, message }, atMs: Date.now() });
  }

  /** Marks a run that this server goes on with when it starts again. */
  async function leave({ runId, attempt }: RunRecord, from: readonly RunRecord["status"][]): Promise<void> {
    await runs.setStatus({ runId, attempt, from, to: "cancelled", reason: serverStopped, atMs: Date.now() });
  }

  async function keepAlive({ run }: Job): Promise<void> {
    const status = await runs.heartbeat(run.runId, run.attempt, Date.now());
    if (status === "cancelling") await cancelWaiting(run);
  }

  async function cancelWaiting(run: RunRecord): Promise<RunRecord> {
    jobs.delete(run.runId);
    return cancelAtOnce(run, runs, Date.now());
  }

  async function cancel(run: RunRecord, { force }: { readonly force: boolean }): Promise<RunRecord> {
    const job = jobs.get(run.runId);
    if (job !== undefined && job.ended === undefined) return cancelWaiting(job.run);
    const now = await reread(run);
    if (job === undefined && !isAlive(now)) return cancelAtOnce(now, runs, Date.now());
    const asked = await askToStop(now, runs, Date.now());
    if (!force || job === undefined) return asked;
    job.kill.abort();
    await job.ended;
    return reread(run);
  }

  async function reconcile(run: RunRecord): Promise<RunRecord> {
    const { owner, runId, attempt } = run;
    if (!isUnderWay(run) || isAlive(run) || owner?.host !== hostname()) return run;
    // A process of this machine that still exists may only be slow.
    if (owner.pid !== process.pid && processExists(owner.pid)) return run;
    const reason = { name: "Interrupted", message: "the process that computed it is gone" };
    const from = ["running", "resuming", "cancelling"] as const;
    await runs.setStatus({ runId, attempt, from, to: "cancelled", reason, atMs: Date.now() });
    return reread(run);
  }

  async function startOrFlag(run: RunRecord): Promise<RunRecord | undefined> {
    try {
      return (await start(run)).kind === "started" ? run : undefined;
    } catch (error) {
      // It stays as it is and says so when it is looked at; the others go on.
      onFault(error);
      return undefined;
    }
  }

  /** A process number may have been this process's before a restart: then only what it computes now is alive. */
  function isAlive(run: RunRecord): boolean {
    const { owner } = run;
    if (owner?.host === hostname() && owner.pid === process.pid) return isUnderWay(run) && jobs.has(run.runId);
    return isOwnerAlive(run, Date.now());
  }

  async function reread(run: RunRecord): Promise<RunRecord> {
    return (await runs.getRun(run.runId)) ?? run;
  }
}
