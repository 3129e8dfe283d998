import { hostname } from "node:os";
import { Worker } from "node:worker_threads";
import { InputError } from "../engine/input-error.ts";
import type { RunStores } from "../run/opened-run.ts";
import { isOwnerAlive } from "../run/run-owner.ts";
import type { AttemptOutcome, RunRecord, RunStore } from "../run/run-store.ts";
import type { AttemptEnd } from "../run/work-on-run.ts";
import type { WorkerMessage, WorkerTask } from "./run-worker.ts";

export type RunProgress = {
  readonly runId: string;
  /** The next bar to do, between startBar and endBar. */
  readonly bar: number;
  readonly startBar: number;
  readonly endBar: number;
  /** The segment being computed. */
  readonly sequence: number;
};

/** Another process works on the run, or was faster to take it. */
export class RunBusyError extends InputError {
  override readonly name = "RunBusyError";
}

/** What the worker threw, with its name and message: an error of the computation, or (RunRefusedError) a person's mistake. */
export class RunFailedError extends Error {
  override readonly name: string;

  constructor(name: string, message: string, stack: string | undefined) {
    super(message);
    this.name = name;
    if (stack !== undefined) this.stack = stack;
  }
}

export class RunRefusedError extends InputError {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export type ExecuteOptions = ComputeOptions & { readonly stores: RunStores };

/**
 * Takes the next attempt at the run and computes it in a worker thread to its end, or to where it is told to stop. Throws RunBusyError when another live process
 * has the run or won the race for it, and what the worker threw, by name and message, when it failed.
 */
export async function executeRun(options: ExecuteOptions): Promise<AttemptEnd> {
  if (isOwnerAlive(options.run, Date.now())) throw busy(options.run);
  const outcome = await takeAttempt(options.run, options.stores.runs);
  if (outcome.kind === "refused") throw busy(outcome.run);
  return computeAttempt({ ...options, run: outcome.run });
}

/** Takes the next attempt at the run for this process, if the run is as it was read. */
export function takeAttempt(run: RunRecord, runs: RunStore): Promise<AttemptOutcome> {
  return runs.beginAttempt(run.runId, run.attempt, {
    host: hostname(),
    pid: process.pid,
    heartbeatAtMs: Date.now(),
  });
}

export type ComputeOptions = {
  readonly run: RunRecord;
  readonly home: string;
  readonly onProgress: (progress: RunProgress) => void;
  /** Aborted to make the run checkpoint at the end of its current chunk and stop. */
  readonly stop: AbortSignal;
  /** Aborted to end the worker where it stands; the promise then rejects with WorkerExitError. */
  readonly kill?: AbortSignal;
  /** Whose strategies the worker registers beside the built-in ones. */
  readonly strategiesFolder?: string;
};

/** Computes an attempt that this process has taken, in a worker thread. Throws what the worker threw, by name and message. */
export async function computeAttempt({ stop, ...options }: ComputeOptions): Promise<AttemptEnd> {
  const stopFlag = new Int32Array(new SharedArrayBuffer(4));
  const onAbort = (): void => {
    Atomics.store(stopFlag, 0, 1);
  };
  if (stop.aborted) onAbort();
  stop.addEventListener("abort", onAbort, { once: true });
  try {
    return await work(stopFlag, options);
  } finally {
    stop.removeEventListener("abort", onAbort);
  }
}

function busy(run: RunRecord): RunBusyError {
  if (run.status === "completed")
    return new RunBusyError(`Run "${run.runId}" is completed already: backstitch show ${run.runId}`);
  const { owner } = run;
  const who = owner === undefined ? "another process" : `process ${owner.pid} on ${owner.host}`;
  return new RunBusyError(
    `Run "${run.runId}" is being computed by ${who} (attempt ${run.attempt}). Wait for it, or stop it: backstitch cancel ${run.runId}`,
  );
}

/** Facts on their way to parts are short-lived: with this much room they are gone before the collector copies them (a tenth of a run's time). */
const resourceLimits = { maxYoungGenerationSizeMb: 64 };

let warmWorker: Worker | undefined;

/** Begins to load a worker's code, so that the first run that this process computes need not wait for it. */
export function warmUpWorker(): void {
  warmWorker ??= newWorker();
}

function newWorker(): Worker {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  // node:sqlite and type stripping are experimental in the oldest Node supported; their warnings say nothing to a user.
  const execArgv = [...process.execArgv, "--disable-warning=ExperimentalWarning"];
  const worker = new Worker(new URL(`./run-worker.${ending}`, import.meta.url), { execArgv, resourceLimits });
  // A worker without a task does not keep the process alive.
  worker.unref();
  return worker;
}

function work(
  stopFlag: Int32Array,
  { run, home, onProgress, kill, strategiesFolder }: Omit<ComputeOptions, "stop">,
): Promise<AttemptEnd> {
  const { runId, attempt, startBar, endBar } = run;
  const worker = warmWorker ?? newWorker();
  warmWorker = undefined;
  worker.ref();
  const task: WorkerTask = { home, runId, attempt, stopFlag, ...(strategiesFolder && { strategiesFolder }) };
  worker.postMessage(task);
  const terminate = (): void => {
    worker.terminate();
  };
  if (kill?.aborted === true) terminate();
  kill?.addEventListener("abort", terminate, { once: true });
  return new Promise((resolve, reject) => {
    let end: AttemptEnd | undefined;
    let failure: Error | undefined;
    worker.on("message", (message: WorkerMessage) => {
      switch (message.kind) {
        case "progress":
          onProgress({ runId, bar: message.bar, startBar, endBar, sequence: message.sequence });
          break;
        case "ended":
          end = message.end;
          break;
        case "failed":
          failure = message.isInput
            ? new RunRefusedError(message.name, message.message)
            : new RunFailedError(message.name, message.message, message.stack);
          break;
      }
    });
    worker.on("error", reject);
    worker.on("exit", (code) => {
      kill?.removeEventListener("abort", terminate);
      if (failure !== undefined) reject(failure);
      else if (end !== undefined) resolve(end);
      else
        reject(
          new RunFailedError(
            "WorkerExitError",
            `The worker of run "${runId}" ended with code ${code} before the run did. Go on with: backstitch resume ${runId}`,
            undefined,
          ),
        );
    });
  });
}
