import { hostname } from "node:os";
import { engineVersion } from "../engine/engine-version.ts";
import { InputError } from "../engine/input-error.ts";
import { Simulation } from "../engine/simulation.ts";
import { type CheckpointPlace, type EncodedState, encodeState, loadState, type RunState } from "./checkpoint.ts";
import { isCheckpointDue } from "./checkpoint-policy.ts";
import { functionHost } from "./function-host.ts";
import type { OpenedRun, RunStores } from "./opened-run.ts";
import { encodeParts } from "./parts.ts";
import type { PartReference, SegmentRecord } from "./run-store.ts";
import { saveSegment } from "./save-segment.ts";

/** What asks a worker to stop at the next chunk's end. */
export type StopRequest = "interrupt" | "cancel";

export type SegmentWatch = {
  /** Asked after every chunk. */
  readonly stop: () => Promise<StopRequest | undefined>;
  readonly onChunk: (progress: { readonly bar: number; readonly sequence: number }) => void;
  readonly nowMs: () => number;
  /** Whether the next segment is begun only when the one before it is saved, so that a kill costs no more than one; otherwise it is computed meanwhile. */
  readonly savesFirst?: boolean;
};

export type SegmentOutcome =
  | { readonly kind: "committed"; readonly stop: StopRequest | undefined; readonly sequence: number }
  /** Somebody else moved the run on, or took it over; nothing of this segment was kept. */
  | { readonly kind: "superseded" };

/** Facts beyond this many rows and points are put into parts before the segment ends, so that memory stays bounded. */
const factsInMemory = 1_000_000;

/** A piece of bars between two looks at the watch: short enough in time that a stop is answered at once, long enough to be cheap. Many lanes begin with fewer bars. */
const pieceBars = { first: 8_192, least: 16, most: 65_536 };
const firstLaneBars = 65_536;
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

/**
 * Restores the newest checkpoint, or starts at the first bar when there is none. Undefined when the run has moved on since it was read, and its checkpoint was
 * removed. Throws MissingCheckpointError when the head itself is missing, UnseededForkError, and what `loadState` throws.
 */
export async function restoreHead(
  opened: OpenedRun,
  attempt: number,
  stores: RunStores,
  nowMs: number,
): Promise<RunWork | undefined> {
  const { run, program } = opened;
  if (run.headSequence === 0 && run.origin?.kind === "fork")
    throw new UnseededForkError(run.runId, run.origin.checkpointId);
  const head = run.headSequence === 0 ? undefined : await stores.runs.getCheckpoint(run.runId, run.headSequence);
  if (run.headSequence > 0 && head === undefined) {
    const now = await stores.runs.getRun(run.runId);
    if (now !== undefined && now.headSequence > run.headSequence) return undefined;
    throw new MissingCheckpointError(
      `Run "${run.runId}" has its head at checkpoint ${run.headSequence}, which is missing. See \`backstitch checkpoints verify ${run.runId}\`.`,
    );
  }
  const state = head === undefined ? undefined : await loadState(head, stores.objects);
  const bars = Math.min(pieceBars.first, Math.ceil(firstLaneBars / program.lanes.length));
  return {
    opened,
    attempt,
    simulation: new Simulation(program, state),
    sequence: run.headSequence,
    headId: head?.checkpointId,
    savedAtMs: nowMs,
    pieceBars: Math.max(pieceBars.least, bars),
  };
}

/** A fork whose process died before it copied its checkpoint. (An extension then starts from the first bar, to the same result.) */
export class UnseededForkError extends InputError {
  override readonly name = "UnseededForkError";

  constructor(runId: string, checkpointId: string) {
    super(
      `Run "${runId}" was to start from checkpoint ${checkpointId}, which was not copied before its process died. Fork it again: backstitch checkpoints fork ${checkpointId.slice(0, 12)}`,
    );
  }
}

/** A checkpoint that a record refers to is not there. */
export class MissingCheckpointError extends Error {
  override readonly name = "MissingCheckpointError";
}

/** Runs one segment from the head: computes it, then saves it. */
export async function runSegment(work: RunWork, watch: SegmentWatch, stores: RunStores): Promise<SegmentOutcome> {
  return saveSegment(await computeSegment(work, watch, stores), stores);
}

/** A segment that was computed and is not saved yet. Its parts may be under way to the store already. */
export type ComputedSegment = {
  readonly state: RunState;
  readonly encoded: EncodedState;
  readonly place: CheckpointPlace;
  readonly segment: Omit<SegmentRecord, "parts">;
  readonly parts: Promise<readonly PartReference[]>;
  readonly stop: StopRequest | undefined;
};

/**
 * Computes from where the simulation stands until a checkpoint is due, a stop is asked for, or the data ends. The work then stands at the new state, so that
 * the next segment may be computed while this one is saved.
 */
export async function computeSegment(work: RunWork, watch: SegmentWatch, stores: RunStores): Promise<ComputedSegment> {
  const { opened, simulation } = work;
  const { run, spec, snapshot } = opened;
  const startBar = simulation.barIndex;
  const startedAtMs = watch.nowMs();
  const sequence = work.sequence + 1;
  const written: PartReference[] = [];
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
    if (chunkEnd < run.endBar) snapshot.expect(chunkEnd);
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
      written.push(...(await writeParts(simulation, stores)));
      unwritten = 0;
    }
  }

  const parts = writeParts(simulation, stores).then((last) => [...written, ...last]);
  // The save awaits them, and may begin later than they fail: until then the failure must not end the process, which is to record it.
  parts.catch(() => undefined);
  const { specDigest, snapshotId, runId } = run;
  const state: RunState = { engineVersion, specDigest, snapshotId, ...simulation.save() };
  const encoded = encodeState(state);
  const nowMs = watch.nowMs();
  const host = functionHost(process.env, process.arch);
  const computed: ComputedSegment = {
    state,
    encoded,
    place: { runId, sequence, parentId: work.headId, barTimeMs: lastTimeMs, createdAtMs: nowMs },
    segment: {
      format: 1,
      runId,
      sequence,
      attempt: work.attempt,
      startBar,
      endBar: simulation.barIndex,
      startedAtMs,
      durationMs: nowMs - startedAtMs,
      host: hostname(),
      pid: process.pid,
      ...(host === undefined ? {} : { function: host }),
    },
    parts,
    stop,
  };
  work.sequence = sequence;
  work.headId = encoded.checkpointId;
  work.savedAtMs = nowMs;
  return computed;
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
