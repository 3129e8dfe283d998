import type { RunStores } from "./opened-run.ts";
import type { RunRecord } from "./run-store.ts";
import type { SegmentWatch } from "./segment.ts";

/**
 * How often a worker tells the store that it lives, and looks there for a cancellation: once a second; less often, at least every ten seconds, when the run's
 * record is large, for each time is a write of all of it on AWS.
 */
export function heartbeatEveryMs(recordBytes: number): number {
  return 1_000 * Math.min(10, Math.ceil(recordBytes / 8_192));
}

/** Asks the watch, and once in a while the store, whether to stop; tells the store that the worker lives. */
export function stopOrHeartbeat(run: RunRecord, watch: SegmentWatch, stores: RunStores): SegmentWatch["stop"] {
  let beatAtMs = watch.nowMs();
  const everyMs = heartbeatEveryMs(Buffer.byteLength(JSON.stringify(run)));
  return async () => {
    const asked = await watch.stop();
    const nowMs = watch.nowMs();
    if (asked !== undefined || nowMs - beatAtMs < everyMs) return asked;
    beatAtMs = nowMs;
    const status = await stores.runs.heartbeat(run.runId, run.attempt, nowMs);
    // A worker that lost the run stops computing here, and learns from its commit that it did.
    if (status === undefined) return "interrupt";
    return status === "cancelling" ? "cancel" : undefined;
  };
}
