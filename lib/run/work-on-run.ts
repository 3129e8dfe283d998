import { InputError } from "../engine/input-error.ts";
import { finishRun } from "./finish.ts";
import { openRun, type RunStores } from "./opened-run.ts";
import type { RunResult } from "./result.ts";
import { pruneCheckpoints } from "./retention.ts";
import type { RunRecord } from "./run-store.ts";
import { restoreHead, runSegment, type SegmentWatch, type StopRequest } from "./segment.ts";

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
  const started = run.attempt === 1 ? "started" : "resumed";
  await stores.runs.appendEvent({
    runId,
    atMs: watch.nowMs(),
    attempt,
    kind: started,
    barIndex: hold.simulation.barIndex,
  });

  const watching: SegmentWatch = { ...watch, stop: stopOrHeartbeat(run, watch, stores) };
  while (hold.simulation.barIndex < run.endBar) {
    const outcome = await runSegment(hold, watching, stores);
    if (outcome.kind === "superseded") return outcome;
    const { barIndex } = hold.simulation;
    if (outcome.stop !== undefined && barIndex < run.endBar)
      return stop(run, outcome.stop, barIndex, watch.nowMs(), stores);
    await pruneCheckpoints(runId, hold.sequence, hold.opened.spec.checkpoint.keep, stores.runs);
  }

  const result = await finishRun(hold, stores, watch.nowMs);
  if (result !== undefined) {
    await stores.runs.appendEvent({ runId, atMs: watch.nowMs(), attempt, kind: "completed", barIndex: run.endBar });
    return { kind: "completed", result };
  }
  const status = await stores.runs.heartbeat(runId, attempt, watch.nowMs());
  return status === "cancelling" ? stop(run, "cancel", run.endBar, watch.nowMs(), stores) : { kind: "superseded" };
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
