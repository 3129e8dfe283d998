import { isOwnerAlive } from "../local/execute-run.ts";
import { loadResult } from "../run/finish.ts";
import { laneParams } from "../run/program.ts";
import type { RunResult } from "../run/result.ts";
import { isUnderWay } from "../run/run-status.ts";
import type { RunRecord, SegmentRecord } from "../run/run-store.ts";
import type { LocalHome } from "./local-home.ts";
import { storedSpec } from "./stored-spec.ts";

/** What `--json` answers about a run. Fractions rather than percent, null where there is nothing. */
export type RunDocument = Awaited<ReturnType<typeof runDocument>>;

/** The run with its result, how long it took, and what it cost: nothing, on one's own machine. */
export async function runDocument(run: RunRecord, { folder, stores }: LocalHome) {
  const result = await loadResult(run, stores);
  const segments = await stores.runs.listSegments(run.runId);
  const spec = storedSpec(run);
  return {
    runId: run.runId,
    name: run.name,
    status: run.status,
    /** Under way by its record, but the process that computed it is gone: resume it. */
    stale: isStale(run),
    reason: run.reason ?? null,
    resultDigest: run.resultDigest ?? null,
    lanes:
      result?.lanes.map(({ params, metrics }) => ({ params, metrics })) ??
      laneParams(spec).map((params) => ({ params, metrics: null })),
    timing: runTiming(run, segments),
    cost: { dollars: 0 },
    strategy: run.strategy,
    data: dataOf(run, spec.data.snapshot, result),
    engineVersion: run.engineVersion,
    specDigest: run.specDigest,
    head: { sequence: run.headSequence, checkpointId: run.headCheckpointId ?? null, bar: run.headBar },
    origin: run.origin ?? null,
    currency: spec.account.currency,
    home: folder,
  };
}

/** Whether the record says that somebody computes the run, and nobody does. */
export function isStale(run: RunRecord): boolean {
  return isUnderWay(run) && !isOwnerAlive(run, Date.now());
}

/** Segments that a fork or an extension took over were computed before it was created, and count for the run that computed them. */
export function ownSegments(run: RunRecord, segments: readonly SegmentRecord[]): readonly SegmentRecord[] {
  return run.origin === undefined ? segments : segments.filter((segment) => segment.startedAtMs >= run.createdAtMs);
}

function dataOf(run: RunRecord, snapshot: string, result: RunResult | undefined) {
  return {
    snapshot,
    snapshotId: run.snapshotId,
    startBar: run.startBar,
    endBar: run.endBar,
    firstTimeMs: result?.firstTimeMs ?? null,
    lastTimeMs: result?.lastTimeMs ?? null,
  };
}

function runTiming(run: RunRecord, all: readonly SegmentRecord[]) {
  const segments = ownSegments(run, all);
  const computeMs = segments.reduce((sum, segment) => sum + segment.durationMs, 0);
  const bars = segments.reduce((sum, { startBar, endBar }) => sum + endBar - startBar, 0);
  return {
    createdAtMs: run.createdAtMs,
    updatedAtMs: run.updatedAtMs,
    /** Time in segments, with reading bars and writing parts and checkpoints. */
    computeMs,
    bars,
    barsPerSecond: computeMs > 0 ? (bars / computeMs) * 1_000 : null,
    segments: segments.length,
    inheritedSegments: all.length - segments.length,
    attempts: run.attempt,
  };
}
