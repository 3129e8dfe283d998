import { type AskAhead, withAnswers } from "./answers-ahead.ts";
import { recordFailure, recordStop } from "./attempt-end.ts";
import { finishRun } from "./finish.ts";
import { stopOrHeartbeat } from "./heartbeat.ts";
import { openRun, type RunStores } from "./opened-run.ts";
import type { RunResult } from "./result.ts";
import { pruneCheckpoints } from "./retention.ts";
import type { RunRecord } from "./run-store.ts";
import { saveSegment } from "./save-segment.ts";
import {
  type ComputedSegment,
  computeSegment,
  restoreHead,
  type SegmentOutcome,
  type SegmentWatch,
  type StopRequest,
} from "./segment.ts";

/** How a worker's attempt at a run ended. */
export type AttemptEnd =
  | { readonly kind: "completed"; readonly result: RunResult }
  | { readonly kind: "stopped"; readonly by: StopRequest; readonly bar: number }
  | { readonly kind: "superseded" };

/**
 * Takes an attempt at a run from its head to its end: segment after segment, then the finish. A failure is recorded with its reason (the last checkpoint
 * stays) and thrown on. With `ask`, models may be asked ahead of the bars.
 */
export async function workOnRun(
  run: RunRecord,
  watch: SegmentWatch,
  stores: RunStores,
  ask?: AskAhead,
): Promise<AttemptEnd> {
  try {
    return await work(run, watch, stores, ask);
  } catch (error) {
    await recordFailure(run, error, watch.nowMs(), stores);
    throw error;
  }
}

async function work(
  run: RunRecord,
  watch: SegmentWatch,
  stores: RunStores,
  ask: AskAhead | undefined,
): Promise<AttemptEnd> {
  const { runId, attempt } = run;
  const opened = await openRun(run, stores);
  const answered = ask === undefined ? opened : await withAnswers(opened, ask, stores);
  const hold = await restoreHead(answered, attempt, stores, watch.nowMs());
  if (hold === undefined) return { kind: "superseded" };
  const { keep } = hold.opened.spec.checkpoint;
  await pruneCheckpoints(runId, keep, stores.runs);
  const started = run.attempt === 1 ? "started" : "resumed";
  await stores.runs.appendEvent({
    runId,
    atMs: watch.nowMs(),
    attempt,
    kind: started,
    barIndex: hold.simulation.barIndex,
  });

  const watching: SegmentWatch = { ...watch, stop: stopOrHeartbeat(run, watch, stores) };
  let saving: Promise<Saved> | undefined;
  let computed: ComputedSegment | undefined;
  let asked: StopRequest | undefined;
  try {
    while (asked === undefined && hold.simulation.barIndex < run.endBar) {
      computed = await computeSegment(hold, watching, stores);
      // One segment is saved while the next is computed; a commit waits for the one before it.
      const before = await outcomeOf(saving);
      if (before?.kind === "superseded") return before;
      saving = settled(saveAndPrune(computed, keep, stores));
      if (watch.savesFirst) await saving;
      asked = computed.stop;
    }
  } finally {
    // A failure does not take the segment before it along, and nothing is written after it was recorded.
    await Promise.allSettled([saving, computed?.parts]);
  }
  if ((await outcomeOf(saving))?.kind === "superseded") return { kind: "superseded" };
  const { barIndex } = hold.simulation;
  if (asked !== undefined && barIndex < run.endBar) return stop(run, asked, barIndex, watch.nowMs(), stores);

  const result = await finishRun(hold, stores, watch.nowMs);
  if (result !== undefined) {
    await stores.runs.appendEvent({ runId, atMs: watch.nowMs(), attempt, kind: "completed", barIndex: run.endBar });
    return { kind: "completed", result };
  }
  const status = await stores.runs.heartbeat(runId, attempt, watch.nowMs());
  return status === "cancelling" ? stop(run, "cancel", run.endBar, watch.nowMs(), stores) : { kind: "superseded" };
}

async function saveAndPrune(computed: ComputedSegment, keep: number, stores: RunStores): Promise<SegmentOutcome> {
  const outcome = await saveSegment(computed, stores);
  const outdated = computed.place.sequence - keep;
  if (outcome.kind === "committed" && outdated > 0) await stores.runs.removeCheckpoint(computed.place.runId, outdated);
  return outcome;
}

/** How a save ended, kept until somebody asks: a failure in the background must not end the process before the run can record it. */
type Saved = { readonly outcome: SegmentOutcome } | { readonly error: unknown };

function settled(save: Promise<SegmentOutcome>): Promise<Saved> {
  return save.then(
    (outcome) => ({ outcome }),
    (error: unknown) => ({ error }),
  );
}

async function outcomeOf(saving: Promise<Saved> | undefined): Promise<SegmentOutcome | undefined> {
  const saved = await saving;
  if (saved === undefined) return undefined;
  if ("error" in saved) throw saved.error;
  return saved.outcome;
}

async function stop(
  run: RunRecord,
  by: StopRequest,
  bar: number,
  atMs: number,
  stores: RunStores,
): Promise<AttemptEnd> {
  await recordStop(run, by, bar, atMs, stores);
  return { kind: "stopped", by, bar };
}
