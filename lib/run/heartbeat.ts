import type { RunStores } from "./opened-run.ts";
import type { RunRecord } from "./run-store.ts";
import type { SegmentWatch } from "./segment.ts";

/** How often a worker tells the store that it lives, and looks there for a cancellation. */
const heartbeatEveryMs = 1_000;

/** Asks the watch, and once in a while the store, whether to stop; tells the store that the worker lives. */
export function stopOrHeartbeat(run: RunRecord, watch: SegmentWatch, stores: RunStores): SegmentWatch["stop"] {
  let beatAtMs = watch.nowMs();
  return async () => {
    const asked = await watch.stop();
    const nowMs = watch.nowMs();
    if (asked !== undefined || nowMs - beatAtMs < heartbeatEveryMs) return asked;
    beatAtMs = nowMs;
    const status = await stores.runs.heartbeat(run.runId, run.attempt, nowMs);
    // A worker that lost the run stops computing here, and learns from its commit that it did.
    if (status === undefined) return "interrupt";
    return status === "cancelling" ? "cancel" : undefined;
  };
}
