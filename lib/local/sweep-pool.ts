import { getCompileCacheDir } from "node:module";
import { Worker } from "node:worker_threads";
import type { RunRecord } from "../run/run-store.ts";
import type { SharedChunks } from "./shared-chunks.ts";
import type { SweepWorkerData, SweepWorkerMessage, SweepWorkerTask } from "./sweep-worker.ts";

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
      for (const worker of idle) worker.postMessage({ chunks });
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
      worker.postMessage({ task: next.task });
    }
  }

  function startWorker(): Worker {
    const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const execArgv = [...process.execArgv, "--disable-warning=ExperimentalWarning"];
    const worker = new Worker(new URL(`./sweep-worker.${ending}`, import.meta.url), {
      execArgv,
      resourceLimits,
      workerData: data,
      // A thread finds the compiled code of the process only by this variable: half of its start.
      env: { ...process.env, ...compileCache },
    });
    if (shared !== undefined) worker.postMessage({ chunks: shared });
    worker.unref();
    worker.on("message", (message: SweepWorkerMessage) => {
      if (message.kind === "progress") busy.get(worker)?.onProgress(message.barsDone);
      else release(worker, message.kind === "failed" ? message : { kind: message.end });
    });
    // What ended it is told by the exit that follows; its run goes on in another worker.
    worker.on("error", () => undefined);
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
