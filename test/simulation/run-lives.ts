import { type OpenedRun, openRun, type RunStores } from "../../lib/run/opened-run.ts";
import type { RunRecord } from "../../lib/run/run-store.ts";
import { type RunWork, restoreHead, type SegmentWatch, type StopRequest } from "../../lib/run/segment.ts";
import { type AttemptEnd, workOnRun } from "../../lib/run/work-on-run.ts";

export type Watching = {
  /** Chunks after which the worker is told to stop; never, when left out. */
  readonly stopAfterChunks?: number;
  readonly stopBy?: StopRequest;
  /** How far the clock goes on at each look at it: it decides how large the pieces of bars are, and when seconds are over. */
  readonly tickMs?: number;
};

/** A watch with a clock of its own. */
export function watching({
  stopAfterChunks = Number.POSITIVE_INFINITY,
  stopBy = "interrupt",
  tickMs = 0,
}: Watching = {}): SegmentWatch {
  let chunks = 0;
  let nowMs = 1_000;
  return {
    stop: async () => (++chunks > stopAfterChunks ? stopBy : undefined),
    onChunk: () => {},
    nowMs: () => {
      nowMs += tickMs;
      return nowMs;
    },
  };
}

/** The stored run. */
export async function storedRun(runId: string, stores: RunStores): Promise<RunRecord> {
  const run = await stores.runs.getRun(runId);
  if (run === undefined) throw new Error(`Run ${runId} is gone.`);
  return run;
}

/** Takes the next attempt, which must be free to take. */
export async function begin(runId: string, stores: RunStores): Promise<RunRecord> {
  const { attempt } = await storedRun(runId, stores);
  const outcome = await stores.runs.beginAttempt(runId, attempt, {
    host: "simulated",
    pid: attempt + 1,
    heartbeatAtMs: 0,
  });
  if (outcome.kind === "refused") throw new Error(`Attempt ${attempt + 1} of run ${runId} was refused.`);
  return outcome.run;
}

/** One attempt at the run, from its head to its end or to where it is stopped. */
export async function live(runId: string, stores: RunStores, watch: SegmentWatch = watching()): Promise<AttemptEnd> {
  return workOnRun(await begin(runId, stores), watch, stores);
}

/** A worker's hold on the run, as it is stored now. */
export async function hold(runId: string, attempt: number, stores: RunStores): Promise<RunWork> {
  return holdAsRead(await openRun(await storedRun(runId, stores), stores), attempt, stores);
}

/** A worker's hold on the run as it was read. */
export async function holdAsRead(opened: OpenedRun, attempt: number, stores: RunStores): Promise<RunWork> {
  const work = await restoreHead(opened, attempt, stores, 0);
  if (work === undefined) throw new Error(`The head of run ${opened.run.runId} has moved on.`);
  return work;
}
