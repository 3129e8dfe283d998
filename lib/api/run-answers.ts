import { runEntry } from "../report/run-document.ts";
import { isUnderWay } from "../run/run-status.ts";
import type { RunRecord } from "../run/run-store.ts";
import type { Creation } from "../run/start-run.ts";
import { jsonAnswer } from "./json-content.ts";
import { runActionSchema } from "./run-schemas.ts";
import type { RunWorkflow, StartOutcome } from "./run-workflow.ts";

/** What routes answer that make runs. */
export const runAnswers = {
  200: jsonAnswer(runActionSchema, "An equal run exists and is complete."),
  201: jsonAnswer(runActionSchema, "Created, and started unless asked not to."),
  202: jsonAnswer(runActionSchema, "An equal run was begun and is not finished: it goes on, unless asked not to."),
};

/** When a request creates a run, and what names the request. */
export function creationOf({ requestKey }: { readonly requestKey: string | undefined }): Creation {
  return { nowMs: Date.now(), requestKey };
}

/** Starts a run that this request created, once: a repeat finds it started, and leaves alone what was cancelled or has ended since. */
export async function begun(run: RunRecord, workflow: RunWorkflow) {
  if (run.status !== "queued" && !isUnderWay(run)) return actionDocument(run);
  return outcomeDocument(await workflow.start(run, "auto"));
}

/** Goes on with a run that an earlier request began, whatever became of it since. */
export async function goneOn(run: RunRecord, workflow: RunWorkflow) {
  return outcomeDocument(await workflow.start(await workflow.reconcile(run), "auto"));
}

/** A run that is under way already is the answer to whoever wants it computed. */
export function outcomeDocument(outcome: StartOutcome) {
  if (outcome.kind !== "started") return actionDocument(outcome.run);
  return { ...runEntry(outcome.run), how: outcome.how, note: outcome.note ?? null };
}

/** A run of which nothing was started. */
export function actionDocument(run: RunRecord) {
  return { ...runEntry(run), how: null, note: null };
}
