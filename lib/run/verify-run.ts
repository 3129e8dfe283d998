import { loadState } from "./checkpoint.ts";
import { loadResult } from "./finish.ts";
import type { RunStores } from "./opened-run.ts";
import { decodeEquity, decodeRows } from "./parts.ts";
import { resultDigestOf } from "./result.ts";
import type { CheckpointRecord, PartReference, RunRecord, SegmentRecord } from "./run-store.ts";

/** What reading a run back found: every checkpoint and segment with its problems, and those of the run as a whole. */
export type RunVerification = {
  readonly runId: string;
  readonly checkpoints: readonly VerifiedCheckpoint[];
  readonly segments: readonly VerifiedSegment[];
  /** Of the head and of the result. */
  readonly problems: readonly string[];
};
export type VerifiedCheckpoint = {
  readonly sequence: number;
  readonly checkpointId: string;
  readonly barIndex: number;
  readonly problems: readonly string[];
};
export type VerifiedSegment = {
  readonly sequence: number;
  readonly startBar: number;
  readonly endBar: number;
  readonly parts: number;
  readonly problems: readonly string[];
};

/** The sequences of the last checkpoint and the last segment that were read back; 0 before the first. */
export type VerifiedSoFar = { readonly checkpoint: number; readonly segment: number };

/** Reads back everything that a run stored: the chain, each state, each part, the result; changes nothing. */
export async function verifyRun(run: RunRecord, stores: RunStores): Promise<RunVerification> {
  const { next: _, ...whole } = await verifyPart(run, { checkpoint: 0, segment: 0 }, () => false, stores);
  return whole;
}

/** The same from a place on, until `isOver`: `next` is where to go on, and the problems of the run as a whole come with the last part. */
export async function verifyPart(
  run: RunRecord,
  from: VerifiedSoFar,
  isOver: () => boolean,
  stores: RunStores,
): Promise<RunVerification & { readonly next?: VerifiedSoFar }> {
  const { runId } = run;
  const summaries = await stores.runs.listCheckpoints(runId);
  const stored = await stores.runs.listSegments(runId);
  const done = { ...from };
  const checkpoints: VerifiedCheckpoint[] = [];
  const segments: VerifiedSegment[] = [];
  let before = from.checkpoint === 0 ? undefined : await stores.runs.getCheckpoint(runId, from.checkpoint);
  for (const { sequence, checkpointId, barIndex } of summaries) {
    if (sequence <= from.checkpoint) continue;
    if (checkpoints.length > 0 && isOver()) return { runId, checkpoints, segments, problems: [], next: done };
    const record = await stores.runs.getCheckpoint(run.runId, sequence);
    const problems =
      record === undefined
        ? ["is missing"]
        : [...chainProblems(record, before, stored), ...(await stateProblems(record, stores))];
    checkpoints.push({ sequence, checkpointId, barIndex, problems });
    before = record;
    done.checkpoint = sequence;
  }
  let nextBar = stored.findLast(({ sequence }) => sequence <= from.segment)?.endBar ?? run.startBar;
  for (const segment of stored) {
    if (segment.sequence <= from.segment) continue;
    if (checkpoints.length + segments.length > 0 && isOver())
      return { runId, checkpoints, segments, problems: [], next: done };
    const { sequence, startBar, endBar, parts } = segment;
    const problems =
      startBar === nextBar ? [] : [`begins at bar ${startBar}, expected ${nextBar}: a segment is missing before it`];
    for (const part of parts) problems.push(...(await partProblems(part, stores)));
    segments.push({ sequence, startBar, endBar, parts: parts.length, problems });
    nextBar = endBar;
    done.segment = sequence;
  }
  return {
    runId,
    checkpoints,
    segments,
    problems: [...headProblems(run, summaries, stored), ...(await resultProblems(run, stores))],
  };
}

/** The newest checkpoint that is whole, with every segment before it whole too; undefined when there is none. */
export function newestGoodCheckpoint({ checkpoints, segments }: RunVerification): VerifiedCheckpoint | undefined {
  const damaged = segments.find((segment) => segment.problems.length > 0)?.sequence ?? Number.POSITIVE_INFINITY;
  return checkpoints.findLast((checkpoint) => checkpoint.problems.length === 0 && checkpoint.sequence < damaged);
}

/** Checkpoints that retention removed are no gap: only neighbours are compared. */
function chainProblems(
  record: CheckpointRecord,
  before: CheckpointRecord | undefined,
  segments: readonly SegmentRecord[],
): string[] {
  const problems: string[] = [];
  if (before !== undefined && record.barIndex <= before.barIndex)
    problems.push(
      `stands at bar ${record.barIndex}, not after checkpoint ${before.sequence} at bar ${before.barIndex}`,
    );
  if (before !== undefined && record.sequence === before.sequence + 1 && record.parentId !== before.checkpointId) {
    problems.push(
      `names ${record.parentId ?? "nobody"} as its parent, expected checkpoint ${before.sequence}, ${before.checkpointId}`,
    );
  }
  const segment = segments.find(({ sequence }) => sequence === record.sequence);
  if (segment === undefined) problems.push("has no segment");
  else if (segment.endBar !== record.barIndex)
    problems.push(`stands at bar ${record.barIndex}, its segment ends at ${segment.endBar}`);
  return problems;
}

function stateProblems(record: CheckpointRecord, stores: RunStores): Promise<string[]> {
  return problemsOf(async () => {
    await loadState(record, stores.objects);
  });
}

function partProblems({ kind, hash, rows }: PartReference, stores: RunStores): Promise<string[]> {
  return problemsOf(async () => {
    const bytes = await stores.objects.get("parts", hash);
    const found =
      kind === "equity"
        ? (decodeEquity(bytes)[0]?.length ?? 0)
        : decodeRows(kind, bytes).reduce((sum, lane) => sum + lane.count, 0);
    if (found !== rows) throw new PartRowsError(`Part ${hash} (${kind}) holds ${found} rows, expected ${rows}.`);
  });
}

/** A part whose rows are not as many as its segment says. */
export class PartRowsError extends Error {
  override readonly name = "PartRowsError";
}

function headProblems(
  run: RunRecord,
  checkpoints: readonly { readonly sequence: number; readonly checkpointId: string }[],
  segments: readonly SegmentRecord[],
): string[] {
  if (run.headSequence === 0) return [];
  const head = checkpoints.find(({ sequence }) => sequence === run.headSequence);
  const last = segments.at(-1);
  return [
    ...(head === undefined ? [`The head, checkpoint ${run.headSequence}, is missing.`] : []),
    ...(head !== undefined && head.checkpointId !== run.headCheckpointId
      ? [`The head is ${run.headCheckpointId ?? "nothing"}, checkpoint ${head.sequence} is ${head.checkpointId}.`]
      : []),
    ...(last?.sequence !== run.headSequence || last.endBar !== run.headBar
      ? [
          `The segments end at ${last?.sequence ?? 0} (bar ${last?.endBar ?? run.startBar}), the head is ${run.headSequence} (bar ${run.headBar}).`,
        ]
      : []),
  ];
}

async function resultProblems(run: RunRecord, stores: RunStores): Promise<string[]> {
  const problems: string[] = [];
  problems.push(
    ...(await problemsOf(async () => {
      const result = await loadResult(run, stores);
      if (result === undefined) return;
      const digest = resultDigestOf(result.lanes);
      if (digest !== run.resultDigest)
        problems.push(`The result has digest ${digest}, the run says ${run.resultDigest ?? "nothing"}.`);
      for (const part of result.closingParts) problems.push(...(await partProblems(part, stores)));
    })),
  );
  return problems;
}

/** The message of what the check throws by name; what nobody throws on purpose is thrown on. */
async function problemsOf(check: () => Promise<void>): Promise<string[]> {
  try {
    await check();
    return [];
  } catch (error) {
    if (error instanceof Error && expected.includes(error.name)) return [error.message];
    throw error;
  }
}

const expected = [
  "CheckpointDamagedError",
  "CheckpointFormatError",
  "MissingObjectError",
  "CorruptObjectError",
  "PartFormatError",
  "PartRowsError",
  "ResultDamagedError",
];
