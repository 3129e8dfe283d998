import { expect, test } from "vitest";
import { findSnapshot } from "../../lib/market/find-snapshot.ts";
import { importText } from "./import-text.ts";

const text = "date,open,high,low,close\n2020-01-06,10,12,9,11\n";

test("finds a snapshot by name, id and the beginning of its id", async () => {
  const { manifest, stores } = await importText(text);
  for (const reference of ["x", manifest.snapshotId, manifest.snapshotId.slice(0, 8)]) {
    expect((await findSnapshot(reference, stores.snapshots)).snapshotId).toBe(manifest.snapshotId);
  }
});

test("names the snapshots that exist when there is none of this name", async () => {
  const { stores } = await importText(text, { name: "sp500" });
  await expect(findSnapshot("sp50", stores.snapshots)).rejects.toThrow(
    'Snapshot "sp50": found none of this name or id. Known: sp500.',
  );
});

test("finds the only snapshot with a symbol, in whatever case", async () => {
  const { manifest, stores } = await importText(text, { name: "spx-1d", symbol: "SP500" });
  expect((await findSnapshot("sp500", stores.snapshots)).snapshotId).toBe(manifest.snapshotId);
});
