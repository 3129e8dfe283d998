import { getCompileCacheDir } from "node:module";
import { Worker } from "node:worker_threads";
import type { RunRecord } from "../run/run-store.ts";
import type { SharedChunks } from "./shared-chunks.ts";
import type { SweepWorkerData, SweepWorkerMessage, SweepWorkerOrder, SweepWorkerTask } from "./sweep-worker.ts";

/** How a run ended in the pool. `lost`: its worker ended before it did. */
export type PoolOutcome =
  | { readonly kind: "completed" | "stopped" | "superseded" }
  | { readonly kind: "failed"; readonly name: string; readonly message: string }
  | { readonly kind: "lost" };

/** Worker threads that compute runs, as many at a time as there are. */
export type SweepPool = {
  /** Gives the bars to every worker, once, before the first run. */
  share(chunks: SharedChunks): void;
  /** Computes an attempt that was taken, once a worker is free. `onProgress` hears of the bars done. */
  compute(run: RunRecord, onProgress: (barsDone: number) => void): Promise<PoolOutcome>;
  close(): Promise<void>;
};

/** Facts on their way to parts are short-lived: see `executeRun`. */
const resourceLimits = { maxYoungGenerationSizeMb: 64 };

const cacheFolder = getCompileCacheDir();
const compileCache = cacheFolder === undefined ? {} : { NODE_COMPILE_CACHE: cacheFolder };

type Waiting = {
  readonly task: SweepWorkerTask;
  readonly onProgress: (barsDone: number) => void;
  readonly resolve: (outcome: PoolOutcome) => void;
};

const warmWorkers: Worker[] = [];

/** Begins to load the code of so many workers, so that the first pool of this process need not wait for it. */
export function warmUpSweepWorkers(count: number): void {
  while (warmWorkers.length < count) {
    const worker = newWorker();
    warmWorkers.push(worker);
    worker.once("exit", () => {
      const at = warmWorkers.indexOf(worker);
      if (at >= 0) warmWorkers.splice(at, 1);
    });
  }
}

function newWorker(): Worker {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./sweep-worker.${ending}`, import.meta.url), {
    execArgv: [...process.execArgv, "--disable-warning=ExperimentalWarning"],
    resourceLimits,
    // A thread finds the compiled code of the process only by this variable: half of its start.
    env: { ...process.env, ...compileCache },
  });
  // A worker without a task does not keep the process alive.
  worker.unref();
  // What ended it is told by the exit that follows; its run goes on in another worker.
  worker.on("error", () => undefined);
  return worker;
}

/** Starts a pool; workers load their code while the bars are read and the first runs are made. */
export function openSweepPool(workerCount: number, data: SweepWorkerData): SweepPool {
  const idle: Worker[] = [];
  const busy = new Map<Worker, Waiting>();
  const waiting: Waiting[] = [];
  let isClosing = false;
  let shared: SharedChunks | undefined;
  for (let i = 0; i < workerCount; i++) idle.push(startWorker());

  return {
    share(chunks) {
      shared = chunks;
      for (const worker of idle) order(worker, { chunks });
    },
    compute: ({ runId, attempt }, onProgress) =>
      new Promise((resolve) => {
        waiting.push({ task: { runId, attempt }, onProgress, resolve });
        assign();
      }),
    async close() {
      isClosing = true;
      await Promise.all([...idle, ...busy.keys()].map((worker) => worker.terminate()));
    },
  };

  function assign(): void {
    while (waiting.length > 0) {
      const worker = idle.pop();
      if (worker === undefined) return;
      const next = waiting.shift() as Waiting;
      busy.set(worker, next);
      worker.ref();
      order(worker, { task: next.task });
    }
  }

  function startWorker(): Worker {
    const worker = warmWorkers.pop() ?? newWorker();
    order(worker, { data });
    if (shared !== undefined) order(worker, { chunks: shared });
    worker.on("message", (message: SweepWorkerMessage) => {
      if (message.kind === "progress") busy.get(worker)?.onProgress(message.barsDone);
      else release(worker, message.kind === "failed" ? message : { kind: message.end });
    });
    worker.on("exit", () => {
      const held = busy.get(worker);
      busy.delete(worker);
      const at = idle.indexOf(worker);
      if (at >= 0) idle.splice(at, 1);
      if (!isClosing) idle.push(startWorker());
      held?.resolve({ kind: "lost" });
      assign();
    });
    return worker;
  }

  function release(worker: Worker, outcome: PoolOutcome): void {
    const held = busy.get(worker);
    busy.delete(worker);
    worker.unref();
    idle.push(worker);
    held?.resolve(outcome);
    assign();
  }
}

function order(worker: Worker, message: SweepWorkerOrder): void {
  worker.postMessage(message);
}
