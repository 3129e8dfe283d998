import { parentPort } from "node:worker_threads";
import { InputError } from "../engine/input-error.ts";
import type { StopRequest } from "../run/segment.ts";
import { type AttemptEnd, workOnRun } from "../run/work-on-run.ts";
import { openLocalStores } from "../stores/local/stores.ts";
import { askInThreads } from "./ask-in-threads.ts";
import { registerStrategiesIn } from "./strategies-folder.ts";

/** What the main thread sends: an attempt that it has taken. */
export type WorkerTask = {
  readonly home: string;
  readonly runId: string;
  readonly attempt: number;
  readonly stopFlag: Int32Array;
  readonly strategiesFolder?: string;
};

export type WorkerMessage =
  | { readonly kind: "progress"; readonly bar: number; readonly sequence: number }
  | { readonly kind: "ended"; readonly end: AttemptEnd }
  | {
      readonly kind: "failed";
      readonly name: string;
      readonly message: string;
      readonly stack: string | undefined;
      readonly isInput: boolean;
    };

/** Progress is told this often at most. */
const progressEveryMs = 50;

async function main(task: WorkerTask, post: (message: WorkerMessage) => void): Promise<void> {
  if (task.strategiesFolder !== undefined) await registerStrategiesIn(task.strategiesFolder);
  const stores = await openLocalStores(task.home);
  try {
    const run = await stores.runs.getRun(task.runId);
    if (run === undefined || run.attempt !== task.attempt) {
      post({ kind: "ended", end: { kind: "superseded" } });
      return;
    }
    let toldAtMs = 0;
    const end = await workOnRun(
      run,
      {
        stop: () =>
          Promise.resolve<StopRequest | undefined>(Atomics.load(task.stopFlag, 0) === 0 ? undefined : "interrupt"),
        onChunk: ({ bar, sequence }) => {
          const nowMs = Date.now();
          if (nowMs - toldAtMs < progressEveryMs && bar < run.endBar) return;
          toldAtMs = nowMs;
          post({ kind: "progress", bar, sequence });
        },
        nowMs: Date.now,
      },
      stores,
      askInThreads(task),
    );
    post({ kind: "ended", end });
  } finally {
    await stores.close();
  }
}

const port = parentPort;
port?.once("message", (task: WorkerTask) => {
  const post = (message: WorkerMessage): void => port.postMessage(message);
  main(task, post)
    .catch((error: unknown) => post(failureOf(error)))
    // Without its port the thread ends, which is what the main thread waits for.
    .finally(() => port.close());
});

function failureOf(error: unknown): WorkerMessage {
  const isInput = error instanceof InputError;
  if (!(error instanceof Error))
    return { kind: "failed", name: "Error", message: String(error), stack: undefined, isInput };
  const { name, message, stack } = error;
  return { kind: "failed", name, message, stack, isInput };
}
