import { parentPort } from "node:worker_threads";
import type { StopRequest } from "../run/segment.ts";
import { type AttemptEnd, workOnRun } from "../run/work-on-run.ts";
import { openLocalStores } from "../stores/local/stores.ts";
import type { Stores } from "../stores/stores.ts";
import { type SharedChunks, withSharedChunks } from "./shared-chunks.ts";
import { registerStrategiesIn } from "./strategies-folder.ts";

/** What a worker of a sweep is told first. */
export type SweepWorkerData = {
  readonly home: string;
  readonly stopFlag: Int32Array;
  readonly strategiesFolder?: string;
};

/** An attempt at a run that the main thread has taken. */
export type SweepWorkerTask = { readonly runId: string; readonly attempt: number };

/** What to work for, then the bars, then one task after another. */
export type SweepWorkerOrder =
  | { readonly data: SweepWorkerData }
  | { readonly chunks: SharedChunks }
  | { readonly task: SweepWorkerTask };

export type SweepWorkerMessage =
  | { readonly kind: "progress"; readonly barsDone: number }
  | { readonly kind: "ended"; readonly end: AttemptEnd["kind"] }
  | { readonly kind: "failed"; readonly name: string; readonly message: string };

type Place = { readonly stores: Stores; readonly stopFlag: Int32Array };

const port = parentPort;
if (port === null) throw new Error("A worker of a sweep is a thread.");
const post = (message: SweepWorkerMessage): void => port.postMessage(message);

async function open({ home, stopFlag, strategiesFolder }: SweepWorkerData): Promise<Place> {
  if (strategiesFolder !== undefined) await registerStrategiesIn(strategiesFolder);
  return { stores: await openLocalStores(home, "process"), stopFlag };
}

async function compute({ runId, attempt }: SweepWorkerTask, { stores, stopFlag }: Place): Promise<void> {
  const run = await stores.runs.getRun(runId);
  if (run === undefined || run.attempt !== attempt) return post({ kind: "ended", end: "superseded" });
  const stop = (): Promise<StopRequest | undefined> =>
    Promise.resolve(Atomics.load(stopFlag, 0) === 0 ? undefined : "interrupt");
  const onChunk = ({ bar }: { readonly bar: number }): void => post({ kind: "progress", barsDone: bar - run.startBar });
  const end = await workOnRun(run, { stop, onChunk, nowMs: Date.now, savesFirst: true }, stores);
  post({ kind: "ended", end: end.kind });
}

/** Follows one order after another until the main thread ends the worker. */
let place: Promise<Place> | undefined;
port.on("message", (order: SweepWorkerOrder) => {
  if ("data" in order) {
    place = open(order.data);
    return;
  }
  if (place === undefined) throw new Error("A worker of a sweep was not told what to work for.");
  if ("chunks" in order) {
    place = place.then((opened) => ({
      ...opened,
      stores: { ...opened.stores, objects: withSharedChunks(opened.stores.objects, order.chunks) },
    }));
    return;
  }
  place
    .then((opened) => compute(order.task, opened))
    .catch((error: unknown) => {
      // The run's record has the reason too; the sweep goes on with its other runs.
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      post({ kind: "failed", name, message });
    });
});
