import { recordCheckpoint } from "./checkpoint.ts";
import type { RunStores } from "./opened-run.ts";
import type { CheckpointRecord, SegmentRecord } from "./run-store.ts";
import type { ComputedSegment, SegmentOutcome } from "./segment.ts";

/** Two states for the same run at the same bar: the same computation gave two answers. Both are kept. */
export class DeterminismViolationError extends Error {
  override readonly name = "DeterminismViolationError";
}

/** Waits until the segment's parts are durable, then commits it: checkpoint, segment record and head in one transaction. */
export async function saveSegment(computed: ComputedSegment, stores: RunStores): Promise<SegmentOutcome> {
  const { place, state, encoded, stop } = computed;
  const { runId, sequence } = place;
  const segment: SegmentRecord = { ...computed.segment, parts: await computed.parts };
  const checkpoint = await recordCheckpoint(state, encoded, place, stores.objects);
  const outcome = await stores.runs.commit(checkpoint, segment);
  switch (outcome.kind) {
    case "committed":
      return { kind: "committed", stop, sequence };
    case "alreadySaved":
      await assertSameState(checkpoint, outcome.stored, segment.attempt, stores);
      return { kind: "superseded" };
    case "fenced": {
      const { attempt, endBar } = segment;
      await stores.runs.appendEvent({ runId, atMs: place.createdAtMs, attempt, kind: "fenced", barIndex: endBar });
      return { kind: "superseded" };
    }
    case "outOfOrder":
      throw new Error(
        `Segment ${sequence} of run "${runId}" follows checkpoint ${sequence - 1}, but the run's head is ${outcome.headSequence}.`,
      );
  }
}

/** A repeated segment arrives at the stored id. Where it does not at the same bar, both states are kept and the run stops. */
async function assertSameState(
  ours: CheckpointRecord,
  stored: CheckpointRecord | undefined,
  attempt: number,
  stores: RunStores,
): Promise<void> {
  if (stored === undefined || stored.barIndex !== ours.barIndex || stored.checkpointId === ours.checkpointId) return;
  const text = ours.state.kind === "inline" ? ours.state.text : undefined;
  const keptAs = text === undefined ? ours.checkpointId : await stores.objects.put("states", Buffer.from(text));
  const message = `Run "${ours.runId}" has two states at bar ${ours.barIndex}: checkpoint ${stored.checkpointId} is stored, this computation gave ${ours.checkpointId} (kept as states/${keptAs}). The strategy is not deterministic, or the machine is at fault; see backstitch checkpoints diff.`;
  await stores.runs.appendEvent({
    runId: ours.runId,
    atMs: ours.createdAtMs,
    attempt,
    kind: "violation",
    barIndex: ours.barIndex,
    message,
  });
  throw new DeterminismViolationError(message);
}
