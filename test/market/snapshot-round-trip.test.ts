import fc from "fast-check";
import { expect, test } from "vitest";
import { appendBars } from "../../lib/market/append-bars.ts";
import type { BarColumns } from "../../lib/market/bar-rows.ts";
import { type BarsFormat, exportBars } from "../../lib/market/export-bars.ts";
import { importBars, type SnapshotStores } from "../../lib/market/import-bars.ts";
import { generatedProvenance } from "../../lib/market/provenance.ts";
import type { SnapshotManifest } from "../../lib/market/snapshot-manifest.ts";
import { snapshotWriter } from "../../lib/market/snapshot-writer.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { fileWith, importOptions } from "./import-text.ts";

const nowMs = Date.UTC(2026, 0, 1);

const price = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
const bar = fc.record({
  minutes: fc.integer({ min: 1, max: 500 }),
  prices: fc.tuple(price, price, price, price),
  volume: fc.double({ min: 0, max: 1e12, noNaN: true }).map((volume) => volume + 0),
});

/** Consistent bars with random steps, prices and volumes, from 2020 on. */
const series = fc.array(bar, { minLength: 2, maxLength: 40 }).map((bars): BarColumns => {
  const count = bars.length;
  const columns = {
    openTimeMs: new Float64Array(count),
    open: new Float64Array(count),
    high: new Float64Array(count),
    low: new Float64Array(count),
    close: new Float64Array(count),
    volume: new Float64Array(count),
  };
  let t = Date.UTC(2020, 0, 1);
  for (const [i, { minutes, prices, volume }] of bars.entries()) {
    columns.openTimeMs[i] = t;
    t += minutes * 60_000;
    columns.open[i] = prices[0];
    columns.close[i] = prices[1];
    columns.high[i] = Math.max(...prices);
    columns.low[i] = Math.min(...prices);
    columns.volume[i] = volume;
  }
  return columns;
});

async function store(columns: BarColumns, stores: SnapshotStores): Promise<SnapshotManifest> {
  const instrument = { symbol: "X", timeframe: "1m", timeZone: "UTC", currency: "USD" };
  const writer = snapshotWriter({ instrument, missing: "forward-fill", adjust: "none", nowMs }, stores.objects);
  await writer.write(columns);
  return writer.finish(generatedProvenance(nowMs));
}

async function exported(manifest: SnapshotManifest, stores: SnapshotStores, format: BarsFormat): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of exportBars(manifest, stores.objects, format)) pieces.push(piece);
  return Buffer.concat(pieces);
}

test.each(["csv", "parquet"] as const)(
  "a snapshot exported to %s and imported again has the same id",
  async (format) => {
    await fc.assert(
      fc.asyncProperty(series, async (columns) => {
        const stores = await openMemoryStores();
        const manifest = await store(columns, stores);
        const file = fileWith(await exported(manifest, stores, format), `bars.${format}`);
        const again = await importBars(importOptions({ files: [file], timeframe: "1m", nowMs }), stores);
        expect(again.snapshotId).toBe(manifest.snapshotId);
      }),
      { numRuns: 60 },
    );
  },
);

test("an export to JSON holds the same numbers", async () => {
  await fc.assert(
    fc.asyncProperty(series, async (columns) => {
      const stores = await openMemoryStores();
      const bars = JSON.parse((await exported(await store(columns, stores), stores, "json")).toString());
      expect(bars.map((row: { close: number }) => row.close)).toEqual([...columns.close]);
    }),
    { numRuns: 20 },
  );
});

test("a suffix appended to a prefix gives the id of the whole, whatever they share", async () => {
  await fc.assert(
    fc.asyncProperty(series, fc.nat(), fc.nat(), async (columns, cut, overlap) => {
      const stores = await openMemoryStores();
      const whole = await store(columns, stores);
      const lines = (await exported(whole, stores, "csv")).toString().trim().split("\n");
      const [header = "", ...rows] = lines;
      const prefixLength = 1 + (cut % (rows.length - 1));
      const suffixFrom = prefixLength - (overlap % (prefixLength + 1));
      const prefix = fileWith([header, ...rows.slice(0, prefixLength)].join("\n"));
      const suffix = fileWith([header, ...rows.slice(suffixFrom)].join("\n"));
      const base = await importBars(importOptions({ files: [prefix], timeframe: "1m", nowMs }), stores);
      const outcome = await appendBars({ base, name: "x", files: [suffix], barLabel: "open", nowMs }, stores);
      expect(outcome.kind === "appended" ? outcome.manifest.snapshotId : outcome.kind).toBe(whole.snapshotId);
    }),
    { numRuns: 60 },
  );
});

test("files of one series give the same id in any order and pieces", async () => {
  const stores = await openMemoryStores();
  const rows = Array.from(
    { length: 12 },
    (_, i) => `${new Date(nowMs - (20 - i) * 60_000).toISOString()},1,1,1,1,${i}\n`,
  );
  const header = "timestamp,open,high,low,close,volume\n";
  const file = (from: number, to: number): string => fileWith(header + rows.slice(from, to).join(""));
  const whole = await importBars(importOptions({ files: [file(0, 12)], timeframe: "1m" }), stores);
  const pieces = await importBars(
    importOptions({ files: [file(7, 12), file(0, 3), file(3, 7)], timeframe: "1m" }),
    stores,
  );
  expect(pieces.snapshotId).toBe(whole.snapshotId);
});

test("name, time of import and file names are not part of the id, the instrument's facts are", async () => {
  const stores = await openMemoryStores();
  const text = "date,open,high,low,close,volume\n2020-01-06,1,1,1,1,1\n";
  const options = importOptions({ files: [fileWith(text)] });
  const { snapshotId } = await importBars(options, stores);
  const renamed = { ...options, files: [fileWith(`${text}\n`, "other.txt")], name: "y", nowMs: nowMs + 1 };
  expect((await importBars(renamed, stores)).snapshotId).toBe(snapshotId);
  expect((await importBars({ ...options, symbol: "Y" }, stores)).snapshotId).not.toBe(snapshotId);
  expect((await importBars({ ...options, tick: 0.01 }, stores)).snapshotId).not.toBe(snapshotId);
});
