import { expect, test } from "vitest";
import type { BarColumns } from "../../lib/market/bar-rows.ts";
import { openSnapshot } from "../../lib/market/open-snapshot.ts";
import { generatedProvenance } from "../../lib/market/provenance.ts";
import { snapshotWriter } from "../../lib/market/snapshot-writer.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";

const options = {
  instrument: { symbol: "X", timeframe: "1m", timeZone: "UTC", currency: "USD" },
  missing: "forward-fill",
  adjust: "none",
  nowMs: 1e12,
} as const;

function closes(startBar: number, values: readonly number[]): BarColumns {
  const price = new Float64Array(values);
  const openTimeMs = Float64Array.from(values, (_, i) => (startBar + i) * 60_000);
  return { openTimeMs, open: price, high: price, low: price, close: price, volume: new Float64Array(values.length) };
}

test("stores what was written, however it was cut", async () => {
  const { objects } = await openMemoryStores();
  const whole = snapshotWriter(options, objects);
  await whole.write(closes(0, [1, 2, 3, 4, 5]));
  const cut = snapshotWriter(options, objects);
  await cut.write(closes(0, [1, 2]));
  await cut.write(closes(2, []));
  await cut.write(closes(2, [3, 4, 5]));
  const [first, second] = [await whole.finish(generatedProvenance(0)), await cut.finish(generatedProvenance(1))];
  expect(second.snapshotId).toBe(first.snapshotId);
  expect([...(await openSnapshot(second, objects).read(0, 5)).close]).toEqual([1, 2, 3, 4, 5]);
});

test("names the bar that it refuses", async () => {
  const writer = snapshotWriter(options, (await openMemoryStores()).objects);
  await writer.write(closes(0, [1, 2]));
  await expect(writer.write(closes(2, [3, -4]))).rejects.toThrow("bar 3: expected a price above zero, found -4.");
});

test("refuses a piece that begins before the last one ended", async () => {
  const writer = snapshotWriter(options, (await openMemoryStores()).objects);
  await writer.write(closes(0, [1, 2]));
  await expect(writer.write(closes(1, [3]))).rejects.toThrow("bar 2: found 1970-01-01T00:01:00.000Z a second time.");
});

test("refuses columns of unequal lengths", async () => {
  const writer = snapshotWriter(options, (await openMemoryStores()).objects);
  await expect(writer.write({ ...closes(0, [1, 2]), volume: new Float64Array(1) })).rejects.toThrow(
    'Column "volume": expected 2 values as in openTimeMs, found 1.',
  );
});

test("refuses to finish without bars", async () => {
  const writer = snapshotWriter(options, (await openMemoryStores()).objects);
  await expect(writer.finish(generatedProvenance(0))).rejects.toThrow("Found no bars to store.");
});
