import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import type { ObjectKind } from "../../lib/market/object-store.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { type LocalHome, localHome } from "./local-home.ts";
import { plannedRun } from "./planned-run.ts";
import { live, storedRun, watching } from "./run-lives.ts";
import { randomOrders } from "./specs.ts";

/** Thirty thousand numbers in the state, so that it lies in an object of its own. */
const spec = { data: { snapshot: "bars" }, strategy: { file: randomOrders, params: { notes: 30_000 } } };

const damages: readonly (readonly [string, (path: string) => Promise<void>])[] = [
  ["a flipped byte", flipByte],
  ["a truncated file", (path) => truncate(path, 1_000)],
];

test.each(damages)(
  "%s in a chunk fails the run with a message that names snapshot, chunk and bars",
  async (_, damage) => {
    const { place, runId, ...home } = await interruptedRun();
    await damage(place("chunks", await firstOf(home.stores.objects.list("chunks"))));
    await expect(live(runId, home.stores)).rejects.toThrow(
      /^Snapshot [0-9a-f]{12}, chunk 0 \(bars 0 to 1999\): .* is damaged: expected SHA-256 .* import the same files again/,
    );
    expect(await storedRun(runId, home.stores)).toMatchObject({
      status: "failed",
      reason: { name: "SnapshotDamagedError" },
      headBar: 600,
    });
  },
);

test.each(damages)(
  "%s in a part fails the run at its end, where the facts are read, and names the file",
  async (_, damage) => {
    const { place, runId, stores } = await interruptedRun();
    const [segment] = await stores.runs.listSegments(runId);
    const hash = segment?.parts.find(({ kind }) => kind === "equity")?.hash ?? "";
    await damage(place("parts", hash));
    await expect(live(runId, stores)).rejects.toThrow(`${place("parts", hash)} is damaged: expected SHA-256 ${hash}`);
    const run = await storedRun(runId, stores);
    expect(run).toMatchObject({ status: "failed", reason: { name: "CorruptObjectError" } });
    expect(run.resultDigest).toBeUndefined();
  },
);

test.each(damages)("%s in the state that the head refers to fails the resume and names the file", async (_, damage) => {
  const { place, runId, stores } = await interruptedRun();
  const head = (await stores.runs.listCheckpoints(runId)).at(-1);
  expect(head).toMatchObject({ stateKind: "object", barIndex: 600 });
  expect(head?.stateBytes).toBeGreaterThan(300_000);
  await damage(place("states", head?.stateHash ?? ""));
  await expect(live(runId, stores)).rejects.toThrow(`${place("states", head?.stateHash ?? "")} is damaged`);
  expect(await storedRun(runId, stores)).toMatchObject({
    status: "failed",
    reason: { name: "CorruptObjectError" },
    headBar: 600,
  });
});

const rows = [
  [
    "a digit of the state",
    "state",
    (text: string) => text.replace(/("peak\\":)(\d)/, (_, name, digit) => `${name}${(Number(digit) % 9) + 1}`),
    "CheckpointDamagedError",
  ],
  ["the end of the state", "state", (text: string) => text.slice(0, -40), "RunRecordError"],
  [
    "the bar of the record",
    "record",
    (text: string) => text.replace('"barIndex":600', '"barIndex":601'),
    "CheckpointDamagedError",
  ],
  [
    "the spec of the record",
    "record",
    (text: string) => text.replace(/"specDigest":"./, '"specDigest":"_'),
    "CheckpointDamagedError",
  ],
  ["the end of the record", "record", (text: string) => text.slice(0, -40), "RunRecordError"],
  [
    "the format of the record",
    "record",
    (text: string) => text.replace('"format":1', '"format":9'),
    "CheckpointFormatError",
  ],
] as const;

test.each(rows)(
  "a changed checkpoint row (%s) fails the resume with a named error",
  async (_, column, change, name) => {
    const { home, runId, stores } = await interruptedRun({ ...spec, strategy: { file: randomOrders } });
    const database = new DatabaseSync(join(home, "backstitch.db"));
    const stored = String(
      database.prepare(`SELECT ${column} FROM checkpoints WHERE run_id = ? AND sequence = 6`).get(runId)?.[column],
    );
    expect(change(stored)).not.toBe(stored);
    database
      .prepare(`UPDATE checkpoints SET ${column} = ? WHERE run_id = ? AND sequence = 6`)
      .run(change(stored), runId);
    database.close();
    await expect(live(runId, stores)).rejects.toThrow(expect.objectContaining({ name }));
    expect(await storedRun(runId, stores)).toMatchObject({ status: "failed", reason: { name }, headBar: 600 });
  },
);

/** A run over 2,000 bars that was stopped at bar 600, with the path of each object. */
async function interruptedRun(
  of: SpecInput = spec,
): Promise<LocalHome & { readonly runId: string; place(kind: ObjectKind, hash: string): string }> {
  const opened = await localHome(2_000);
  const { runId } = await plannedRun(of, { everyBars: 100 }, opened.stores);
  await live(runId, opened.stores, watching({ stopAfterChunks: 5 }));
  expect(await storedRun(runId, opened.stores)).toMatchObject({ status: "cancelled", headBar: 600 });
  const place = (kind: ObjectKind, hash: string): string =>
    join(opened.home, "objects", kind, hash.slice(0, 2), hash.slice(2));
  return { ...opened, runId, place };
}

async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

async function firstOf(objects: AsyncIterable<{ readonly hash: string }>): Promise<string> {
  for await (const { hash } of objects) return hash;
  throw new Error("There are no objects.");
}
