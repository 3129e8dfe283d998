import { InputError } from "../engine/input-error.ts";
import { finishRun } from "./finish.ts";
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

/** How often a worker tells the store that it lives, and looks there for a cancellation. */
const heartbeatEveryMs = 1_000;

/**
 * Takes an attempt at a run from its head to its end: segment after segment, then the finish. A failure is recorded with its reason (the last checkpoint
 * stays) and thrown on.
 */
export async function workOnRun(run: RunRecord, watch: SegmentWatch, stores: RunStores): Promise<AttemptEnd> {
  try {
    return await work(run, watch, stores);
  } catch (error) {
    await recordFailure(run, error, watch.nowMs(), stores);
    throw error;
  }
}

async function work(run: RunRecord, watch: SegmentWatch, stores: RunStores): Promise<AttemptEnd> {
  const { runId, attempt } = run;
  const hold = await restoreHead(await openRun(run, stores), attempt, stores, watch.nowMs());
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

/** Asks the watch, and once in a while the store, whether to stop; tells the store that the worker lives. */
function stopOrHeartbeat(run: RunRecord, watch: SegmentWatch, stores: RunStores): SegmentWatch["stop"] {
  let beatAtMs = watch.nowMs();
  return async () => {
    const asked = await watch.stop();
    const nowMs = watch.nowMs();
    if (asked !== undefined || nowMs - beatAtMs < heartbeatEveryMs) return asked;
    beatAtMs = nowMs;
    // A worker that lost the run learns it here or, at the latest, from its commit.
    return (await stores.runs.heartbeat(run.runId, run.attempt, nowMs)) === "cancelling" ? "cancel" : undefined;
  };
}

async function stop(
  run: RunRecord,
  by: StopRequest,
  bar: number,
  atMs: number,
  stores: RunStores,
): Promise<AttemptEnd> {
  const { runId, attempt } = run;
  const message = by === "cancel" ? "cancelled by request" : "interrupted (Ctrl-C or SIGTERM)";
  const reason = { name: by === "cancel" ? "Cancelled" : "Interrupted", message };
  await stores.runs.setStatus({
    runId,
    attempt,
    from: ["running", "resuming", "cancelling"],
    to: "cancelled",
    reason,
    atMs,
  });
  await stores.runs.appendEvent({
    runId,
    atMs,
    attempt,
    kind: by === "cancel" ? "cancelled" : "interrupted",
    barIndex: bar,
  });
  return { kind: "stopped", by, bar };
}

/** Writes down why an attempt failed. When even that cannot be written, the first error is the one that counts, with the second as a note. */
async function recordFailure(run: RunRecord, error: unknown, atMs: number, stores: RunStores): Promise<void> {
  const { runId, attempt } = run;
  const reason =
    error instanceof Error ? { name: error.name, message: error.message } : { name: "Error", message: String(error) };
  try {
    await stores.runs.setStatus({
      runId,
      attempt,
      from: ["running", "resuming", "cancelling"],
      to: "failed",
      reason,
      atMs,
    });
    const head = await stores.runs.getRun(runId);
    await stores.runs.appendEvent({
      runId,
      atMs,
      attempt,
      kind: "failed",
      barIndex: head?.headBar ?? run.headBar,
      message: `${reason.name}: ${reason.message}`,
    });
  } catch (second) {
    if (error instanceof Error && !(error instanceof InputError)) {
      error.message += ` (The failure could not be recorded either: ${second instanceof Error ? second.message : String(second)})`;
    }
  }
}
