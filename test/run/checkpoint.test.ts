import { describe, expect, test } from "vitest";
import { engineVersion } from "../../lib/engine/engine-version.ts";
import type { JsonValue } from "../../lib/engine/json.ts";
import {
  CheckpointDamagedError,
  CheckpointFormatError,
  type CheckpointFormats,
  type CheckpointPlace,
  type CheckpointUpgrade,
  encodeState,
  loadState,
  type RunState,
  recordCheckpoint,
  upgradeCheckpoint,
} from "../../lib/run/checkpoint.ts";
import type { CheckpointRecord } from "../../lib/run/run-store.ts";
import { openMemoryObjectStore } from "../../lib/stores/memory/object-store.ts";

const objects = openMemoryObjectStore();
const place = { runId: "r1", sequence: 3, parentId: "p", barTimeMs: 99, createdAtMs: 100 };

function state(changes: Partial<RunState> = {}): RunState {
  return {
    engineVersion,
    specDigest: "spec",
    snapshotId: "snapshot",
    barIndex: 700,
    columns: { kernels: {}, tails: {} },
    periods: { lastDay: 1, bars: 700, weekendBars: 0 },
    lanes: [],
    ...changes,
  };
}

function record(of: RunState, where: CheckpointPlace = place): Promise<CheckpointRecord> {
  return recordCheckpoint(of, encodeState(of), where, objects);
}

describe("a checkpoint's id", () => {
  test("is the SHA-256 of the state's canonical JSON", () => {
    expect(encodeState(state({ engineVersion: 1 }))).toEqual({
      checkpointId: "487b326232231952329f899f791a7592b75b2e41d02409daaa167725e0bb904b",
      text: '{"barIndex":700,"columns":{"kernels":{},"tails":{}},"engineVersion":1,"lanes":[],"periods":{"bars":700,"lastDay":1,"weekendBars":0},"snapshotId":"snapshot","specDigest":"spec"}',
    });
  });

  test("does not know run, sequence, parent or time", async () => {
    const other = { runId: "r2", sequence: 9, parentId: undefined, barTimeMs: 1, createdAtMs: 2 };
    expect((await record(state(), other)).checkpointId).toBe((await record(state())).checkpointId);
  });

  test.each([
    { barIndex: 701 },
    { specDigest: "other" },
    { snapshotId: "other" },
    { engineVersion: engineVersion + 1 },
  ])("changes with %j", (change) => {
    expect(encodeState(state(change)).checkpointId).not.toBe(encodeState(state()).checkpointId);
  });
});

describe("a stored state", () => {
  test("comes back the same", async () => {
    expect(await loadState(await record(state()), objects)).toEqual(state());
  });

  test("over 300,000 bytes lies in the object store and comes back the same", async () => {
    const large = state({ columns: { kernels: { k: "x".repeat(300_000) }, tails: {} } });
    const stored = await record(large);
    expect(stored.state.kind).toBe("object");
    expect(await loadState(stored, objects)).toEqual(large);
  });

  test("that was changed is refused with both hashes", async () => {
    const stored = await record(state());
    const changed = encodeState(state({ barIndex: 701 })).text;
    const damaged = { ...stored, state: { kind: "inline" as const, text: changed } };
    await expect(loadState(damaged, objects)).rejects.toThrow(CheckpointDamagedError);
    await expect(loadState(damaged, objects)).rejects.toThrow(
      `Checkpoint 3 of run "r1" (bar 700) is damaged: expected SHA-256 ${stored.checkpointId}, found `,
    );
  });

  test("that is not the one its record speaks of is refused", async () => {
    const stored = await record(state());
    await expect(loadState({ ...stored, barIndex: 701 }, objects)).rejects.toThrow(
      "its record and its state disagree about bar, spec or snapshot",
    );
  });

  test("of another engine version is refused with both versions", async () => {
    const stored = await record(state({ engineVersion: engineVersion + 1 }));
    await expect(loadState(stored, objects)).rejects.toThrow(
      `was written by engine version ${engineVersion + 1}, this is version ${engineVersion}`,
    );
  });
});

/** An invented past: format 1 counted the bars done as `done`, format 2 named them `bar`, format 3 is today's. */
const formats: CheckpointFormats = {
  current: 3,
  upgrades: new Map([
    [1, renaming("done", "bar")],
    [2, renaming("bar", "barIndex")],
  ]),
};

function renaming(from: string, to: string): CheckpointUpgrade {
  return (old) => {
    const { [from]: value = null, ...rest } = old as { [name: string]: JsonValue };
    return { ...rest, [to]: value };
  };
}

describe("older formats", () => {
  /** What format 1 would have stored for `state()`, under the hash of that text. */
  async function oldRecord(): Promise<CheckpointRecord> {
    const { barIndex, ...rest } = state();
    const { checkpointId, text } = encodeState({ ...rest, done: barIndex } as unknown as RunState);
    return { ...(await record(state())), format: 1, checkpointId, state: { kind: "inline", text } };
  }

  test("are read through the whole chain of upgrades", async () => {
    expect(await loadState(await oldRecord(), objects, formats)).toEqual(state());
  });

  test("are checked against the id under which they were written, before any upgrade", async () => {
    const old = await oldRecord();
    const text = old.state.kind === "inline" ? old.state.text.replace('"weekendBars":0', '"weekendBars":1') : "";
    const damaged = { ...old, state: { kind: "inline" as const, text } };
    await expect(loadState(damaged, objects, formats)).rejects.toThrow(`expected SHA-256 ${old.checkpointId}`);
  });

  test("in the middle of the chain take only the upgrades that are left", () => {
    expect(upgradeCheckpoint({ bar: 7 }, 2, formats)).toEqual({ barIndex: 7 });
  });

  test("the current one is left as it is", () => {
    expect(upgradeCheckpoint({ barIndex: 7 }, 3, formats)).toEqual({ barIndex: 7 });
  });

  test("without an upgrade are refused with the step that is missing", () => {
    expect(() => upgradeCheckpoint({}, 0, formats)).toThrow(CheckpointFormatError);
    expect(() => upgradeCheckpoint({}, 0, formats)).toThrow(
      "has format 0: expected an upgrade from 0 to 1, found none.",
    );
  });

  test("a newer one is refused with what to do", async () => {
    await expect(loadState({ ...(await record(state())), format: 4 }, objects, formats)).rejects.toThrow(
      'Checkpoint 3 of run "r1" (bar 700) has format 4, newer than 3: update backstitch to the version that wrote it.',
    );
  });
});
