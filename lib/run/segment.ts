import { hostname } from "node:os";
import { engineVersion } from "../engine/engine-version.ts";
import { Simulation } from "../engine/simulation.ts";
import { loadState, type RunState, recordCheckpoint } from "./checkpoint.ts";
import { isCheckpointDue } from "./checkpoint-policy.ts";
import type { OpenedRun, RunStores } from "./opened-run.ts";
import { encodeParts } from "./parts.ts";
import type { CheckpointRecord, PartReference, SegmentRecord } from "./run-store.ts";

/** Two states for the same run at the same bar: the same computation gave two answers. Both are kept. */
export class DeterminismViolationError extends Error {
  override readonly name = "DeterminismViolationError";
}

/** What asks a worker to stop at the next chunk's end. */
export type StopRequest = "interrupt" | "cancel";

export type SegmentWatch = {
  /** Asked after every chunk. */
  readonly stop: () => Promise<StopRequest | undefined>;
  readonly onChunk: (progress: { readonly bar: number; readonly sequence: number }) => void;
  readonly nowMs: () => number;
};

export type SegmentOutcome =
  | { readonly kind: "committed"; readonly stop: StopRequest | undefined }
  /** Somebody else moved the run on, or took it over; nothing of this segment was kept. */
  | { readonly kind: "superseded" };

/** Facts beyond this many rows and points are put into parts before the segment ends, so that memory stays bounded. */
const factsInMemory = 1_000_000;

/** A piece of bars between two looks at the watch: short enough in time that a stop is answered at once, long enough to be cheap. */
const pieceBars = { first: 8_192, least: 16, most: 65_536 };
const pieceMs = { short: 50, long: 250 };

/** A worker's hold on a run: the simulation at the head, ready for the next segment. */
export type RunWork = {
  readonly opened: OpenedRun;
  readonly attempt: number;
  readonly simulation: Simulation;
  sequence: number;
  headId: string | undefined;
  /** When the newest checkpoint was saved, or this worker began. */
  savedAtMs: number;
  /** How many bars to fold before the next look at the watch; the result does not depend on it. */
  pieceBars: number;
};

/** Restores the newest checkpoint, or starts at the first bar when there is none. */
export async function restoreHead(
  opened: OpenedRun,
  attempt: number,
  stores: RunStores,
  nowMs: number,
): Promise<RunWork> {
  const { run, program } = opened;
  const head = run.headSequence === 0 ? undefined : await stores.runs.getCheckpoint(run.runId, run.headSequence);
  if (run.headSequence > 0 && head === undefined) {
    throw new MissingCheckpointError(
      `Run "${run.runId}" has its head at checkpoint ${run.headSequence}, which is missing. See \`backstitch checkpoints verify ${run.runId}\`.`,
    );
  }
  const state = head === undefined ? undefined : await loadState(head, stores.objects);
  return {
    opened,
    attempt,
    simulation: new Simulation(program, state),
    sequence: run.headSequence,
    headId: head?.checkpointId,
    savedAtMs: nowMs,
    pieceBars: pieceBars.first,
  };
}

/** A checkpoint that a record refers to is not there. */
export class MissingCheckpointError extends Error {
  override readonly name = "MissingCheckpointError";
}

/** Runs from the head until a checkpoint is due, a stop is asked for, or the data ends; writes the parts, then commits. */
export async function runSegment(work: RunWork, watch: SegmentWatch, stores: RunStores): Promise<SegmentOutcome> {
  const { opened, simulation } = work;
  const { run, spec, snapshot } = opened;
  const startBar = simulation.barIndex;
  const startedAtMs = watch.nowMs();
  const sequence = work.sequence + 1;
  const parts: PartReference[] = [];
  let stop: StopRequest | undefined;
  let lastTimeMs = 0;
  let unwritten = 0;

  while (simulation.barIndex < run.endBar) {
    const from = simulation.barIndex;
    const chunkEnd = (Math.floor(from / snapshot.manifest.chunkBars) + 1) * snapshot.manifest.chunkBars;
    const bars = await snapshot.read(
      from,
      Math.min(run.endBar, chunkEnd, startBar + spec.checkpoint.everyBars, from + work.pieceBars),
    );
    const beganAtMs = watch.nowMs();
    simulation.advance(bars);
    work.pieceBars = nextPiece(work.pieceBars, watch.nowMs() - beganAtMs);
    lastTimeMs = bars.openTimeMs[bars.openTimeMs.length - 1] as number;
    watch.onChunk({ bar: simulation.barIndex, sequence });
    stop = await watch.stop();
    const moment = { lastBar: startBar, lastAtMs: work.savedAtMs, bar: simulation.barIndex, atMs: watch.nowMs() };
    if (stop !== undefined || isCheckpointDue(spec.checkpoint, moment)) break;
    unwritten += bars.close.length * simulation.lanes.length;
    if (unwritten > factsInMemory) {
      parts.push(...(await writeParts(simulation, stores)));
      unwritten = 0;
    }
  }
  parts.push(...(await writeParts(simulation, stores)));

  const state: RunState = {
    engineVersion,
    specDigest: run.specDigest,
    snapshotId: run.snapshotId,
    ...simulation.save(),
  };
  const nowMs = watch.nowMs();
  const place = { runId: run.runId, sequence, parentId: work.headId, barTimeMs: lastTimeMs, createdAtMs: nowMs };
  const checkpoint = await recordCheckpoint(state, place, stores.objects);
  const segment: SegmentRecord = {
    format: 1,
    runId: run.runId,
    sequence,
    attempt: work.attempt,
    startBar,
    endBar: simulation.barIndex,
    parts,
    startedAtMs,
    durationMs: nowMs - startedAtMs,
    host: hostname(),
    pid: process.pid,
  };
  const outcome = await stores.runs.commit(checkpoint, segment);
  switch (outcome.kind) {
    case "committed":
      work.sequence = sequence;
      work.headId = checkpoint.checkpointId;
      work.savedAtMs = nowMs;
      return { kind: "committed", stop };
    case "alreadySaved":
      await assertSameState(checkpoint, outcome.stored, stores, work);
      return { kind: "superseded" };
    case "fenced":
      await stores.runs.appendEvent({
        runId: run.runId,
        atMs: nowMs,
        attempt: work.attempt,
        kind: "fenced",
        barIndex: simulation.barIndex,
      });
      return { kind: "superseded" };
    case "outOfOrder":
      throw new Error(
        `Segment ${sequence} of run "${run.runId}" follows checkpoint ${work.sequence}, but the run's head is ${outcome.headSequence}.`,
      );
  }
}

function nextPiece(bars: number, tookMs: number): number {
  if (tookMs < pieceMs.short) return Math.min(bars * 2, pieceBars.most);
  return tookMs > pieceMs.long ? Math.max(Math.floor(bars / 2), pieceBars.least) : bars;
}

async function writeParts(simulation: Simulation, stores: RunStores): Promise<PartReference[]> {
  const encoded = encodeParts(simulation.takeFacts());
  return Promise.all(
    encoded.map(async ({ kind, rows, bytes }) => ({
      kind,
      hash: await stores.objects.put("parts", bytes),
      rows,
      sizeBytes: bytes.length,
    })),
  );
}

/** A repeated segment arrives at the stored id. Where it does not at the same bar, both states are kept and the run stops. */
async function assertSameState(
  ours: CheckpointRecord,
  stored: CheckpointRecord | undefined,
  stores: RunStores,
  work: RunWork,
): Promise<void> {
  if (stored === undefined || stored.barIndex !== ours.barIndex || stored.checkpointId === ours.checkpointId) return;
  const text = ours.state.kind === "inline" ? ours.state.text : undefined;
  const keptAs = text === undefined ? ours.checkpointId : await stores.objects.put("states", Buffer.from(text));
  const message = `Run "${ours.runId}" has two states at bar ${ours.barIndex}: checkpoint ${stored.checkpointId} is stored, this computation gave ${ours.checkpointId} (kept as states/${keptAs}). The strategy is not deterministic, or the machine is at fault; see backstitch checkpoints diff.`;
  await stores.runs.appendEvent({
    runId: ours.runId,
    atMs: ours.createdAtMs,
    attempt: work.attempt,
    kind: "violation",
    barIndex: ours.barIndex,
    message,
  });
  throw new DeterminismViolationError(message);
}
