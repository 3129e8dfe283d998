import { expect, test } from "vitest";
import { cachedChunks, cachedManifests } from "../../lib/stores/cached.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { counting } from "./counting.ts";
import { manifestOf } from "./manifest.builder.ts";

test("a chunk is read once", async () => {
  const { objects, reads } = await countedObjects();
  const hash = await objects.put("chunks", Buffer.alloc(100, 1));
  for (let i = 0; i < 3; i++) expect(await objects.get("chunks", hash)).toEqual(new Uint8Array(100).fill(1));
  expect(reads()).toBe(1);
});

test("the chunk that was not read for longest makes room", async () => {
  const { objects, reads } = await countedObjects();
  const [a = "", b = "", c = ""] = await Promise.all([1, 2, 3].map((n) => objects.put("chunks", Buffer.alloc(100, n))));
  for (const hash of [a, b, a, c]) await objects.get("chunks", hash);
  expect(reads()).toBe(3);
  await objects.get("chunks", a);
  expect(reads()).toBe(3);
  await objects.get("chunks", b);
  expect(reads()).toBe(4);
});

test("a chunk that is larger than all the room is not kept", async () => {
  const { objects, reads } = await countedObjects();
  const hash = await objects.put("chunks", Buffer.alloc(300, 1));
  for (let i = 0; i < 2; i++) await objects.get("chunks", hash);
  expect(reads()).toBe(2);
});

test("a read that failed is made again", async () => {
  const { objects } = await countedObjects();
  const bytes = Buffer.alloc(100, 1);
  const hash = await objects.put("chunks", bytes);
  await objects.remove("chunks", hash);
  await expect(objects.get("chunks", hash)).rejects.toMatchObject({ name: "MissingObjectError" });
  await objects.put("chunks", bytes);
  expect(await objects.get("chunks", hash)).toHaveLength(100);
});

test("parts, which a run reads once, are not kept", async () => {
  const { objects, reads } = await countedObjects();
  const hash = await objects.put("parts", Buffer.alloc(10, 1));
  for (let i = 0; i < 2; i++) await objects.get("parts", hash);
  expect(reads()).toBe(2);
});

test("a manifest is read once, and the one that was not read for longest makes room", async () => {
  const { store, calls } = counting((await openMemoryStores()).snapshots);
  const snapshots = cachedManifests(store, 2);
  const [a, b, c] = ["a", "b", "c"].map((digit) => digit.repeat(64)) as [string, string, string];
  for (const snapshotId of [a, b, c]) {
    await snapshots.put({ name: "n", recordedAtMs: 0, manifest: { ...manifestOf(1), snapshotId } });
  }
  for (const snapshotId of [a, b, a, c, a]) expect(await snapshots.get(snapshotId)).toMatchObject({ snapshotId });
  expect(calls.get("get")).toBe(3);
  await snapshots.get(b);
  expect(calls.get("get")).toBe(4);
});

test("a snapshot that is not there yet is asked for again", async () => {
  const snapshots = cachedManifests((await openMemoryStores()).snapshots, 2);
  const wanted = manifestOf(1);
  expect(await snapshots.get(wanted.snapshotId)).toBeUndefined();
  await snapshots.put({ name: "n", recordedAtMs: 0, manifest: wanted });
  expect(await snapshots.get(wanted.snapshotId)).toEqual(wanted);
});

/** Memory objects with room for two hundred bytes of chunks, and how often they were read. */
async function countedObjects() {
  const { store, calls } = counting((await openMemoryStores()).objects);
  return { objects: cachedChunks(store, 200), reads: () => calls.get("get") ?? 0 };
}
