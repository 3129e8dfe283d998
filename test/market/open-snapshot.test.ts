import { mkdtempSync, readFileSync, rmSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { importBars } from "../../lib/market/import-bars.ts";
import { openSnapshot } from "../../lib/market/open-snapshot.ts";
import type { SnapshotManifest } from "../../lib/market/snapshot-manifest.ts";
import { verifySnapshot } from "../../lib/market/verify-snapshot.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import { fileWith, type ImportedOnDisk, importOptions, importText } from "./import-text.ts";

const text =
  "date,open,high,low,close,volume\n2020-01-06,10,12,9,11,5\n2020-01-07,10,12,9,11.5,6\n2020-01-08,10,12,9,11,7\n";

test("reads a range by absolute bar number", async () => {
  const { manifest, stores } = await importText(text);
  const bars = await openSnapshot(manifest, stores.objects).read(1, 3);
  expect([bars.startBar, [...bars.close]]).toEqual([1, [11.5, 11]]);
});

test("reads an empty range", async () => {
  const { manifest, stores } = await importText(text);
  expect((await openSnapshot(manifest, stores.objects).read(3, 3)).close).toHaveLength(0);
});

test("gives views on the chunk's memory", async () => {
  const { manifest, stores } = await importText(text);
  const snapshot = openSnapshot(manifest, stores.objects);
  const [first, second] = [await snapshot.read(0, 2), await snapshot.read(1, 3)];
  expect(first.close.buffer).toBe(second.close.buffer);
});

test("refuses a range outside the snapshot", async () => {
  const { manifest, stores } = await importText(text);
  await expect(openSnapshot(manifest, stores.objects).read(0, 4)).rejects.toThrow("bars [0, 4) of 3");
});

const damages: readonly [string, (path: string) => void, string][] = [
  ["missing", (path) => unlinkSync(path), "is missing"],
  ["truncated", (path) => truncateSync(path, 100), "is damaged"],
  [
    "changed in one bit",
    (path) => {
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    },
    "is damaged",
  ],
];

async function onDisk(): Promise<ImportedOnDisk> {
  const home = mkdtempSync(join(tmpdir(), "market-home-"));
  const stores = await openLocalStores(home);
  onTestFinished(async () => {
    await stores.close();
    rmSync(home, { recursive: true });
  });
  const options = importOptions({ files: [fileWith(text)] });
  const manifest = await importBars(options, stores);
  const hash = manifest.instruments[0]?.chunks[0]?.hash ?? "";
  return { options, manifest, stores, chunkPath: join(home, "objects", "chunks", hash.slice(0, 2), hash.slice(2)) };
}

test.each(damages)("names snapshot, chunk, bars and way out when a chunk is %s", async (_, damage, reason) => {
  const { manifest, stores, chunkPath } = await onDisk();
  damage(chunkPath);
  const reading = openSnapshot(manifest, stores.objects).read(0, 3);
  const id = manifest.snapshotId.slice(0, 12);
  await expect(reading).rejects.toMatchObject({ name: "SnapshotDamagedError" });
  await expect(reading).rejects.toThrow(`Snapshot ${id}, chunk 0 (bars 0 to 2):`);
  await expect(reading).rejects.toThrow(reason);
  await expect(reading).rejects.toThrow(`"backstitch data verify ${id}", and import the same files again`);
});

test.each(damages)("verify lists a chunk that is %s", async (_, damage, reason) => {
  const { manifest, stores, chunkPath } = await onDisk();
  damage(chunkPath);
  const { problems } = await verifySnapshot(manifest, stores.objects);
  expect(problems).toMatchObject([
    { chunk: { index: 0, startBar: 0, endBar: 3 }, message: expect.stringContaining(reason) },
  ]);
});

test.each(damages)("an import of the same file puts back a chunk that is %s", async (_, damage) => {
  const { manifest, stores, chunkPath, options } = await onDisk();
  damage(chunkPath);
  await importBars(options, stores);
  expect((await verifySnapshot(manifest, stores.objects)).problems).toEqual([]);
});

test("a chunk that could not be read is read again when it is back", async () => {
  const { manifest, stores, chunkPath, options } = await onDisk();
  unlinkSync(chunkPath);
  const snapshot = openSnapshot(manifest, stores.objects);
  await expect(snapshot.read(0, 3)).rejects.toThrow("is missing");
  await importBars(options, stores);
  expect((await snapshot.read(0, 3)).close).toHaveLength(3);
});

test("verify finds nothing wrong with what an import wrote", async () => {
  const { manifest, stores } = await importText(text);
  expect(await verifySnapshot(manifest, stores.objects)).toMatchObject({ chunkCount: 1, barCount: 3, problems: [] });
});

test("verify finds a manifest that was changed", async () => {
  const { manifest, stores } = await importText(text);
  const changed: SnapshotManifest = {
    ...manifest,
    instruments: manifest.instruments.map((one) => ({ ...one, symbol: "Y" })),
  };
  expect((await verifySnapshot(changed, stores.objects)).problems).toMatchObject([
    { message: expect.stringContaining("its content has") },
  ]);
});
