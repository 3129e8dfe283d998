import { z } from "zod";
import { loadResult } from "../run/finish.ts";
import { inSampleWarnings, modelsOfRun } from "../run/models-of-run.ts";
import type { RunStores } from "../run/opened-run.ts";
import { laneParams } from "../run/program.ts";
import type { RunResult } from "../run/result.ts";
import { isStale } from "../run/run-owner.ts";
import type { RunRecord, SegmentRecord } from "../run/run-store.ts";
import { storedSpec } from "../run/stored-spec.ts";

/** Stores, and where they lie as a person knows it: a folder, or a bucket. */
export type RunHome = {
  readonly folder: string;
  readonly stores: RunStores;
  /** What a run has cost there, from the segments that are its own and the size of its state; nothing where this is absent. */
  readonly costOf?: (run: RunRecord, segments: readonly SegmentRecord[], stateBytes: number) => RunCost;
};

/** US dollars, null where prices are not known; on AWS also what they are for, and of which list. */
export type RunCost = {
  readonly dollars: number | null;
  readonly usage?: { readonly [unit: string]: number };
  readonly memoryMb?: number;
  readonly architecture?: "x86_64" | "arm64";
  readonly region?: string;
  readonly pricesDate?: string;
};

/** What `--json` answers about a run. Fractions rather than percent, null where there is nothing. */
export type RunDocument = Awaited<ReturnType<typeof runDocument>>;

/** The run with its result, how long it took, and what it cost: nothing, on one's own machine. */
export async function runDocument(run: RunRecord, { folder, stores, costOf }: RunHome) {
  const result = await loadResult(run, stores);
  const segments = await stores.runs.listSegments(run.runId);
  const spec = storedSpec(run);
  const models = await modelsOfRun({ ...run, spec }, stores);
  return {
    runId: run.runId,
    name: run.name,
    status: run.status,
    /** Under way by its record, but the process that computed it is gone: resume it. */
    stale: isStale(run, Date.now()),
    reason: run.reason ?? null,
    resultDigest: run.resultDigest ?? null,
    lanes:
      result?.lanes.map(({ params, metrics, report }) => ({
        params,
        metrics,
        ...(report === undefined ? {} : { report }),
      })) ?? laneParams(spec).map((params) => ({ params, metrics: null })),
    /** The models that it asks, where it does. */
    ...(models.length === 0 ? {} : { models }),
    /** What a person must know before its result. */
    warnings: inSampleWarnings(models),
    timing: runTiming(run, segments),
    cost: costOf === undefined ? free : costOf(run, ownSegments(run, segments), await stateBytesOf(run, stores)),
    strategy: run.strategy,
    tags: spec.tags,
    seed: spec.seed,
    data: dataOf(run, spec.data.snapshot, result),
    engineVersion: run.engineVersion,
    specDigest: run.specDigest,
    /** The machines that computed its segments. */
    hosts: [...new Set(segments.map(({ host }) => host))],
    head: { sequence: run.headSequence, checkpointId: run.headCheckpointId ?? null, bar: run.headBar },
    origin: run.origin ?? null,
    currency: spec.account.currency,
    home: folder,
  };
}

const free: RunCost = { dollars: 0 };

/** The size of the newest state; every segment's is about the same. */
async function stateBytesOf({ runId, headSequence }: RunRecord, { runs }: RunStores): Promise<number> {
  if (headSequence === 0) return 0;
  return (await runs.getCheckpoint(runId, headSequence))?.stateBytes ?? 0;
}

/** A run as it stands in a list: what its record says, and no result. */
export function runEntry(run: RunRecord) {
  const { runId, name, strategy, status, createdAtMs, updatedAtMs, startBar, endBar, headBar, headSequence } = run;
  return {
    runId,
    name,
    strategy,
    status,
    stale: isStale(run, Date.now()),
    reason: run.reason ?? null,
    resultDigest: run.resultDigest ?? null,
    createdAtMs,
    updatedAtMs,
    startBar,
    endBar,
    headBar,
    headSequence,
    attempt: run.attempt,
    tags: tagsOf(run),
    engineVersion: run.engineVersion,
    specDigest: run.specDigest,
    snapshotId: run.snapshotId,
    origin: run.origin ?? null,
  };
}

const tagged = z.object({ tags: z.array(z.string()) });

/** A list must not fail for one spec that this version cannot read. */
function tagsOf({ spec }: RunRecord): readonly string[] {
  return tagged.safeParse(spec).data?.tags ?? [];
}

export type RunEntry = ReturnType<typeof runEntry>;

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
