import { parentPort, workerData } from "node:worker_threads";
import type { StopRequest } from "../run/segment.ts";
import { type AttemptEnd, workOnRun } from "../run/work-on-run.ts";
import { openLocalStores } from "../stores/local/stores.ts";
import { type SharedChunks, withSharedChunks } from "./shared-chunks.ts";
import { registerStrategiesIn } from "./strategies-folder.ts";

/** What a worker of a sweep is started with. */
export type SweepWorkerData = {
  readonly home: string;
  readonly stopFlag: Int32Array;
  readonly strategiesFolder?: string;
};

/** An attempt at a run that the main thread has taken. */
export type SweepWorkerTask = { readonly runId: string; readonly attempt: number };

/** The bars, before the first task; then one task after another. */
export type SweepWorkerOrder = { readonly chunks: SharedChunks } | { readonly task: SweepWorkerTask };

export type SweepWorkerMessage =
  | { readonly kind: "progress"; readonly barsDone: number }
  | { readonly kind: "ended"; readonly end: AttemptEnd["kind"] }
  | { readonly kind: "failed"; readonly name: string; readonly message: string };

/** Computes one run after another until the main thread closes the port. */
async function main({ home, stopFlag, strategiesFolder }: SweepWorkerData): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error("A worker of a sweep is a thread.");
  if (strategiesFolder !== undefined) await registerStrategiesIn(strategiesFolder);
  const opened = await openLocalStores(home, "process");
  let stores = opened;
  const post = (message: SweepWorkerMessage): void => port.postMessage(message);
  const stop = (): Promise<StopRequest | undefined> =>
    Promise.resolve(Atomics.load(stopFlag, 0) === 0 ? undefined : "interrupt");

  const compute = async ({ runId, attempt }: SweepWorkerTask): Promise<void> => {
    const run = await stores.runs.getRun(runId);
    if (run === undefined || run.attempt !== attempt) return post({ kind: "ended", end: "superseded" });
    const onChunk = ({ bar }: { readonly bar: number }): void =>
      post({ kind: "progress", barsDone: bar - run.startBar });
    const end = await workOnRun(run, { stop, onChunk, nowMs: Date.now, savesFirst: true }, stores);
    post({ kind: "ended", end: end.kind });
  };
  port.on("message", (order: SweepWorkerOrder) => {
    if ("chunks" in order) {
      stores = { ...opened, objects: withSharedChunks(opened.objects, order.chunks) };
      return;
    }
    compute(order.task).catch((error: unknown) => {
      // The run's record has the reason too; the sweep goes on with its other runs.
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      post({ kind: "failed", name, message });
    });
  });
}

await main(workerData as SweepWorkerData);
