import type { RunStores } from "./opened-run.ts";
import type { RunRecord } from "./run-store.ts";
import type { SegmentWatch } from "./segment.ts";

/**
 * How often a worker tells the store that it lives, and looks there for a cancellation: once a second; less often, at least every ten seconds, when the run's
 * record is large, for each time is all of it read or written.
 */
export function heartbeatEveryMs(recordBytes: number): number {
  return 1_000 * Math.min(10, Math.ceil(recordBytes / 8_192));
}

/**
 * Asks the watch, and once in a while the store, whether to stop; tells the store that the worker lives. For a worker of an execution, which the workflow knows to
 * live, it only looks: on AWS a heartbeat is a transaction, a read costs
 * a fortieth of it, and makes no commit beside it begin anew.
 */
export function stopOrHeartbeat(run: RunRecord, watch: SegmentWatch, stores: RunStores): SegmentWatch["stop"] {
  let beatAtMs = watch.nowMs();
  const everyMs = heartbeatEveryMs(Buffer.byteLength(JSON.stringify(run)));
  const beat = (nowMs: number) => stores.runs.heartbeat(run.runId, run.attempt, nowMs);
  const look = async () => {
    const now = await stores.runs.getRun(run.runId);
    return now?.attempt === run.attempt ? now.status : undefined;
  };
  return async () => {
    const asked = await watch.stop();
    const nowMs = watch.nowMs();
    if (asked !== undefined || nowMs - beatAtMs < everyMs) return asked;
    beatAtMs = nowMs;
    const status = run.executionArn === undefined ? await beat(nowMs) : await look();
    // A worker that lost the run stops computing here, and learns from its commit that it did.
    if (status === undefined) return "interrupt";
    return status === "cancelling" ? "cancel" : undefined;
  };
}
