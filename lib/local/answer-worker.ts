import { parentPort } from "node:worker_threads";
import { answerStretch } from "../run/answer-stretch.ts";
import type { Stretch } from "../run/answers-ahead.ts";
import { openRun } from "../run/opened-run.ts";
import type { StretchAnswers } from "../run/stored-answers.ts";
import { openLocalStores } from "../stores/local/stores.ts";
import { registerStrategiesIn } from "./strategies-folder.ts";

/** What the run's thread sends: bars to ask the run's models about. */
export type AnswerTask = { readonly home: string; readonly stretch: Stretch; readonly strategiesFolder?: string };

export type AnswerMessage =
  | { readonly kind: "answered"; readonly answers: StretchAnswers }
  | { readonly kind: "failed"; readonly name: string; readonly message: string };

async function answer({ home, stretch, strategiesFolder }: AnswerTask): Promise<AnswerMessage> {
  if (strategiesFolder !== undefined) await registerStrategiesIn(strategiesFolder);
  const stores = await openLocalStores(home);
  try {
    const run = await stores.runs.getRun(stretch.runId);
    if (run === undefined) return { kind: "failed", name: "Error", message: `run ${stretch.runId} is gone` };
    return { kind: "answered", answers: await answerStretch(await openRun(run, stores), stretch, stores, neverOver) };
  } finally {
    await stores.close();
  }
}

/** A thread has all the time that its run has. */
const neverOver = async (): Promise<boolean> => false;

const port = parentPort;
port?.once("message", (task: AnswerTask) => {
  answer(task)
    .catch((error: unknown): AnswerMessage => {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      return { kind: "failed", name, message };
    })
    .then((message) => port.postMessage(message))
    .finally(() => port.close());
});
