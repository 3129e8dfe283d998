import type { RunEvent, RunRecord } from "../run/run-store.ts";
import type { RunWorkflow } from "./run-workflow.ts";

/** How far a run is. */
export type RunProgressNow = {
  readonly runId: string;
  readonly status: RunRecord["status"];
  /** The next bar to do: between checkpoints too, where the one who computes the run is at hand. */
  readonly bar: number;
  readonly startBar: number;
  readonly endBar: number;
  readonly sequence: number;
  readonly attempt: number;
  readonly reason: RunRecord["reason"] | null;
  readonly resultDigest: string | null;
};

/** The run's progress; the workflow may know more than the record. */
export function progressOf(run: RunRecord, workflow: RunWorkflow): RunProgressNow {
  const live = workflow.progressOf?.(run.runId);
  return {
    runId: run.runId,
    status: run.status,
    bar: Math.max(run.headBar, live?.bar ?? 0),
    startBar: run.startBar,
    endBar: run.endBar,
    sequence: run.headSequence,
    attempt: run.attempt,
    reason: run.reason ?? null,
    resultDigest: run.resultDigest ?? null,
  };
}

/** The position of somebody who has seen these events and this progress: what a watcher sends back to learn only what is new. */
export function positionAfter(events: readonly RunEvent[], { status, bar, attempt }: RunProgressNow): string {
  return `${events.length}.${status}.${attempt}.${bar}`;
}

/** How many events were seen at this position; none for a text that is no position, so that its sender sees all again. */
export function seenEvents(position: string | undefined): number {
  const count = Number(/^(\d{1,9})\./.exec(position ?? "")?.[1] ?? 0);
  return Number.isSafeInteger(count) ? count : 0;
}
