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
 * The state of a checkpoint: checked against its id as it was written, then brought to the current format. Throws CheckpointDamagedError when it does not
 * hash to its id, CheckpointFormatError when its format or engine version is not ours, and what the object store throws when a large
 * state is missing or damaged.
 */
export async function loadState(
  record: CheckpointRecord,
  objects: ObjectStore,
  formats: CheckpointFormats = releasedFormats,
): Promise<RunState> {
  const where = `Checkpoint ${record.sequence} of run "${record.runId}" (bar ${record.barIndex})`;
  if (record.format > formats.current) {
    throw new CheckpointFormatError(
      `${where} has format ${record.format}, newer than ${formats.current}: update backstitch to the version that wrote it.`,
    );
  }
  const text =
    record.state.kind === "inline"
      ? record.state.text
      : Buffer.from(await objects.get("states", record.state.hash)).toString();
  const found = sha256(text);
  if (found !== record.checkpointId) {
    throw new CheckpointDamagedError(
      `${where} is damaged: expected SHA-256 ${record.checkpointId}, found ${found}. See \`backstitch checkpoints verify ${record.runId}\`.`,
    );
  }
  const state = upgradeCheckpoint(JSON.parse(text) as JsonValue, record.format, formats) as unknown as RunState;
  if (state.engineVersion !== engineVersion) {
    throw new CheckpointFormatError(
      `${where} was written by engine version ${state.engineVersion}, this is version ${engineVersion}: their numbers are not the same. Run the spec again, or use a backstitch with that engine.`,
    );
  }
  if (
    state.barIndex !== record.barIndex ||
    state.specDigest !== record.specDigest ||
    state.snapshotId !== record.snapshotId
  ) {
    throw new CheckpointDamagedError(
      `${where} is damaged: its record and its state disagree about bar, spec or snapshot.`,
    );
  }
  return state;
}

/** Turns the state of one format into that of the next. */
export type CheckpointUpgrade = (state: JsonValue) => JsonValue;

/** The format that is written, and the upgrades to it by the format they start from. Upgrades are added, never edited. */
export type CheckpointFormats = {
  readonly current: number;
  readonly upgrades: ReadonlyMap<number, CheckpointUpgrade>;
};

const releasedFormats: CheckpointFormats = { current: checkpointFormat, upgrades: new Map() };

/** A state of this format in the current one, through as many upgrades as it takes; throws CheckpointFormatError where one is missing. */
export function upgradeCheckpoint(stored: JsonValue, format: number, formats: CheckpointFormats): JsonValue {
  let state = stored;
  for (let from = format; from < formats.current; from++) {
    const upgrade = formats.upgrades.get(from);
    if (upgrade === undefined) {
      throw new CheckpointFormatError(
        `A checkpoint has format ${format}: expected an upgrade from ${from} to ${from + 1}, found none. Use the version of backstitch that wrote it.`,
      );
    }
    state = upgrade(state);
  }
  return state;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
