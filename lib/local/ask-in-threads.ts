import { Worker } from "node:worker_threads";
import type { AskAhead, Stretch } from "../run/answers-ahead.ts";
import type { StretchAnswers } from "../run/stored-answers.ts";
import type { AnswerMessage, AnswerTask } from "./answer-worker.ts";

/** Answers stretches in threads of this process, one for each, over the stores of this home. */
export function askInThreads(place: { readonly home: string; readonly strategiesFolder?: string }): AskAhead {
  return (stretches) => Promise.all(stretches.map((stretch) => answerInThread(place, stretch)));
}

/** A thread could not answer its stretch. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
}

function answerInThread(
  { home, strategiesFolder }: { readonly home: string; readonly strategiesFolder?: string },
  stretch: Stretch,
): Promise<StretchAnswers> {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./answer-worker.${ending}`, import.meta.url));
  const task: AnswerTask = { home, stretch, ...(strategiesFolder === undefined ? {} : { strategiesFolder }) };
  return new Promise<StretchAnswers>((resolve, reject) => {
    worker.on("message", (message: AnswerMessage) => {
      if (message.kind === "answered") resolve(message.answers);
      else
        reject(new AnswerError(`Bars ${stretch.startBar} to ${stretch.endBar}: ${message.name}: ${message.message}`));
    });
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new AnswerError(`A thread that asks models ended with code ${code}.`)));
    worker.postMessage(task);
  });
}
