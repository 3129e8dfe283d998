import { createHash } from "node:crypto";
import { canonicalJson } from "../engine/canonical-json.ts";
import { engineVersion } from "../engine/engine-version.ts";
import type { JsonValue } from "../engine/json.ts";
import { type SimulationState, stateJson } from "../engine/simulation.ts";
import type { ObjectStore } from "../market/object-store.ts";
import type { CheckpointRecord, RunKey } from "./run-store.ts";

/** The format this version writes. Numbers are never reused; older ones are upgraded on load, newer ones refused. */
export const checkpointFormat = 1;

/** States larger than this lie in the object store, because a DynamoDB item holds 400 KB. */
const inlineBytes = 300_000;

/** The whole state of a run at a bar boundary, with what it was computed from: what a checkpoint's id is the hash of. */
export type RunState = RunKey & SimulationState;

/** A stored checkpoint of a format, or an engine, that this version cannot go on from. */
export class CheckpointFormatError extends Error {
  override readonly name = "CheckpointFormatError";
}

/** A stored checkpoint whose content does not hash to its id, or is not a state. */
export class CheckpointDamagedError extends Error {
  override readonly name = "CheckpointDamagedError";
}

export type EncodedState = { readonly checkpointId: string; readonly text: string };

/** The canonical text of a state and its SHA-256, the checkpoint's id: the same state has the same id wherever and however it was reached. */
export function encodeState(state: RunState): EncodedState {
  const text = canonicalJson({ ...(stateJson(state) as { readonly [name: string]: JsonValue }) });
  return { checkpointId: sha256(text), text };
}

/** What stands beside the state in a checkpoint's record. */
export type CheckpointPlace = {
  readonly runId: string;
  readonly sequence: number;
  readonly parentId: string | undefined;
  readonly barTimeMs: number;
  readonly createdAtMs: number;
};

/** The record of a state and its encoding; a large state is first put into the object store. */
export async function recordCheckpoint(
  state: RunState,
  { checkpointId, text }: EncodedState,
  place: CheckpointPlace,
  objects: ObjectStore,
): Promise<CheckpointRecord> {
  const bytes = Buffer.from(text);
  const { parentId, ...rest } = place;
  return {
    format: checkpointFormat,
    checkpointId,
    ...rest,
    ...(parentId === undefined ? {} : { parentId }),
    engineVersion: state.engineVersion,
    specDigest: state.specDigest,
    snapshotId: state.snapshotId,
    barIndex: state.barIndex,
    stateBytes: bytes.length,
    state:
      bytes.length <= inlineBytes
        ? { kind: "inline", text }
        : { kind: "object", hash: await objects.put("states", bytes) },
  };
}

/**
 * The state of a checkpoint, checked against its id. Throws CheckpointDamagedError when it does not hash to it, CheckpointFormatError when
 * its format or engine version is not ours, and what the object store throws when a large state is missing or damaged.
 */
export async function loadState(record: CheckpointRecord, objects: ObjectStore): Promise<RunState> {
  const current = upgradeCheckpoint(record);
  const text =
    current.state.kind === "inline"
      ? current.state.text
      : Buffer.from(await objects.get("states", current.state.hash)).toString();
  const where = `Checkpoint ${current.sequence} of run "${current.runId}" (bar ${current.barIndex})`;
  const found = sha256(text);
  if (found !== current.checkpointId) {
    throw new CheckpointDamagedError(
      `${where} is damaged: expected SHA-256 ${current.checkpointId}, found ${found}. See \`backstitch checkpoints verify ${current.runId}\`.`,
    );
  }
  const state = JSON.parse(text) as RunState;
  if (state.engineVersion !== engineVersion) {
    throw new CheckpointFormatError(
      `${where} was written by engine version ${state.engineVersion}, this is version ${engineVersion}: their numbers are not the same. Run the spec again, or use a backstitch with that engine.`,
    );
  }
  if (
    state.barIndex !== current.barIndex ||
    state.specDigest !== current.specDigest ||
    state.snapshotId !== current.snapshotId
  ) {
    throw new CheckpointDamagedError(
      `${where} is damaged: its record and its state disagree about bar, spec or snapshot.`,
    );
  }
  return state;
}

/** Turns the record of one format into one of the next. */
export type CheckpointUpgrade = (record: CheckpointRecord) => CheckpointRecord;

/** By the format they start from. Upgrades are added, never edited. */
const releasedUpgrades: ReadonlyMap<number, CheckpointUpgrade> = new Map();

/** The record in the current format, through as many upgrades as it takes; throws CheckpointFormatError for a newer or unknown one. */
export function upgradeCheckpoint(
  record: CheckpointRecord,
  upgrades: ReadonlyMap<number, CheckpointUpgrade> = releasedUpgrades,
  target: number = checkpointFormat,
): CheckpointRecord {
  let current = record;
  while (current.format < target) {
    const upgrade = upgrades.get(current.format);
    if (upgrade === undefined) {
      throw new CheckpointFormatError(
        `Checkpoint ${record.checkpointId} has format ${record.format}, from which there is no upgrade to ${target}.`,
      );
    }
    const next = upgrade(current);
    if (next.format <= current.format)
      throw new CheckpointFormatError(`The upgrade from checkpoint format ${current.format} leads to ${next.format}.`);
    current = next;
  }
  if (current.format > target) {
    throw new CheckpointFormatError(
      `Checkpoint ${record.checkpointId} has format ${record.format}, newer than ${target}: update backstitch to the version that wrote it.`,
    );
  }
  return current;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
