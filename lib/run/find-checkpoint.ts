import { InputError } from "../engine/input-error.ts";
import { findRun } from "./find-run.ts";
import type { CheckpointRecord, RunStore } from "./run-store.ts";

/** No checkpoint, or more than one, goes by what the person gave. */
export class UnknownCheckpointError extends InputError {
  override readonly name = "UnknownCheckpointError";
}

/** The checkpoint with this place, RUN@SEQUENCE, or with this id or beginning of one. Throws UnknownCheckpointError. */
export async function findCheckpoint(reference: string, runs: RunStore): Promise<CheckpointRecord> {
  const [first, ...others] = await findCheckpoints(reference, runs);
  const ids = new Set([first, ...others].map((record) => record?.checkpointId));
  if (first === undefined)
    throw new UnknownCheckpointError(
      `Checkpoint "${reference}": found none with this id or beginning. See backstitch checkpoints ls.`,
    );
  if (ids.size === 1) return first;
  throw new UnknownCheckpointError(
    `Checkpoint "${reference}": the beginning of ${ids.size} ids. Give more digits, or RUN@SEQUENCE.`,
  );
}

/** The one record that is meant: the same state may be a checkpoint of several runs. Throws UnknownCheckpointError naming them. */
export async function findOnlyCheckpoint(reference: string, runs: RunStore): Promise<CheckpointRecord> {
  const found = await findCheckpoint(reference, runs);
  const same = await runs.findCheckpoints(found.checkpointId);
  if (same.length === 1 || reference.includes("@")) return found;
  throw new UnknownCheckpointError(
    `Checkpoint "${reference}": the same state is a checkpoint of ${same.length} runs. Say which: ${same.map(({ runId, sequence }) => `${runId}@${sequence}`).join(", ")}.`,
  );
}

async function findCheckpoints(reference: string, runs: RunStore): Promise<readonly CheckpointRecord[]> {
  const at = reference.lastIndexOf("@");
  if (at === -1) return runs.findCheckpoints(reference);
  const run = await findRun(reference.slice(0, at), runs);
  const sequence = reference.slice(at + 1);
  const record = /^[1-9]\d*$/.test(sequence) ? await runs.getCheckpoint(run.runId, Number(sequence)) : undefined;
  if (record !== undefined) return [record];
  const there = (await runs.listCheckpoints(run.runId)).map((checkpoint) => checkpoint.sequence);
  const known =
    there.length === 0 ? "It has none." : `It has ${there.length} (the newest: ${there.slice(-10).join(", ")}).`;
  throw new UnknownCheckpointError(
    `Checkpoint "${reference}": run "${run.runId}" has no checkpoint ${sequence}. ${known}`,
  );
}
