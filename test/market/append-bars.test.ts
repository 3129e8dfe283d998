import { expect, test } from "vitest";
import { type AppendOptions, type AppendOutcome, appendBars } from "../../lib/market/append-bars.ts";
import type { BarColumns } from "../../lib/market/bar-rows.ts";
import { importBars } from "../../lib/market/import-bars.ts";
import { openSnapshot } from "../../lib/market/open-snapshot.ts";
import { generatedProvenance } from "../../lib/market/provenance.ts";
import { snapshotWriter } from "../../lib/market/snapshot-writer.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { fileWith, type Imported, importOptions, importText } from "./import-text.ts";

const header = "date,open,high,low,close,volume\n";
const stored = `${header}2020-01-06,10,12,9,11,5\n2020-01-07,10,12,9,11,5\n2020-01-09,10,12,9,11,5\n`;

function append(
  { manifest, stores }: Imported,
  text: string,
  changes: Partial<AppendOptions> = {},
): Promise<AppendOutcome> {
  return appendBars(
    { base: manifest, name: "x", files: [fileWith(text)], barLabel: "open", nowMs: Date.UTC(2026, 0, 1), ...changes },
    stores,
  );
}

test("skips and counts rows that are stored with the same values", async () => {
  const outcome = await append(
    await importText(stored),
    `${header}2020-01-07,10,12,9,11,5\n2020-01-09,10,12,9,11,5\n2020-01-10,10,12,9,11,6\n`,
  );
  expect(outcome).toMatchObject({ kind: "appended", addedBarCount: 1, overlapRowCount: 2 });
});

test("makes the longer snapshot the newest of its name and keeps the shorter one", async () => {
  const imported = await importText(stored);
  await append(imported, `${header}2020-01-10,10,12,9,11,6\n`);
  const history = await imported.stores.snapshots.history("x");
  expect(history.map(({ snapshotId }) => snapshotId === imported.manifest.snapshotId)).toEqual([false, true]);
});

test("refuses a stored bar with another value, naming row and field", async () => {
  const imported = await importText(stored);
  await expect(append(imported, `${header}2020-01-07,10,12,9,11.5,5\n`)).rejects.toThrow(
    'line 2, column "close": expected 11 as stored for this bar, found 11.5. The source has restated it',
  );
});

test("refuses a new row before the end", async () => {
  await expect(append(await importText(stored), `${header}2020-01-08,10,12,9,11,5\n`)).rejects.toThrow(
    "line 2: the bar at 2020-01-08T00:00:00.000Z lies before the end of the snapshot and is not in it.",
  );
});

test("refuses unsorted rows among those stored", async () => {
  await expect(
    append(await importText(stored), `${header}2020-01-07,10,12,9,11,5\n2020-01-06,10,12,9,11,5\n`),
  ).rejects.toThrow("Sort the rows by time");
});

test("reports an append of nothing new, and changes nothing", async () => {
  const imported = await importText(stored);
  expect(await append(imported, stored)).toMatchObject({ kind: "nothingNew", overlapRowCount: 3 });
  expect(await imported.stores.snapshots.history("x")).toHaveLength(1);
});

test("reports that the name means another snapshot by now", async () => {
  const imported = await importText(stored);
  await append(imported, `${header}2020-01-10,10,12,9,11,6\n`);
  expect((await append(imported, `${header}2020-01-13,10,12,9,11,6\n`)).kind).toBe("superseded");
});

test("fills a first missing row from the last stored bar", async () => {
  const outcome = await append(await importText(stored), `${header}2020-01-10,,,,,\n`);
  expect(outcome).toMatchObject({ kind: "appended", addedBarCount: 1 });
});

test("refuses to append bars without the adjusted close that the stored ones have", async () => {
  const imported = await importText("Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-06,10,12,9,11,10,5\n");
  await expect(append(imported, `${header}2020-01-07,10,12,9,11,5\n`)).rejects.toThrow(
    "line 2: expected an adjusted close as in the bars before",
  );
});

test("shares full chunks with its base and writes only what follows", async () => {
  const stores = await openMemoryStores();
  const flat = (from: number, to: number): BarColumns => {
    const column = (value: (bar: number) => number): Float64Array =>
      Float64Array.from({ length: to - from }, (_, i) => value(from + i));
    const one = column((bar) => 1 + (bar % 7));
    return {
      openTimeMs: column((bar) => bar * 60_000),
      open: one,
      high: one,
      low: one,
      close: one,
      volume: column((bar) => bar),
    };
  };
  const options = {
    instrument: { symbol: "X", timeframe: "1m", timeZone: "UTC", currency: "USD" },
    missing: "forward-fill",
    adjust: "none",
    nowMs: 1e12,
  } as const;
  const written = async (to: number): Promise<Imported["manifest"]> => {
    const writer = snapshotWriter(options, stores.objects);
    await writer.write(flat(0, to));
    return writer.finish(generatedProvenance(0));
  };
  const base = await written(100_000);
  await stores.snapshots.put({ name: "x", recordedAtMs: 0, manifest: base });
  const { openTimeMs, close, volume } = flat(99_990, 140_000);
  const rows = Array.from(
    close,
    (value, i) => `${openTimeMs[i]},${value},${value},${value},${value},${volume[i]}\n`,
  ).join("");
  const outcome = await appendBars(
    {
      base,
      name: "x",
      files: [
        fileWith(
          `time,open,high,low,close,volume\n${rows.replaceAll(/^(\d+)/gm, (ms) => new Date(Number(ms)).toISOString())}`,
        ),
      ],
      barLabel: "open",
      nowMs: 1e12,
    },
    stores,
  );
  const whole = await written(140_000);
  expect(outcome).toMatchObject({
    kind: "appended",
    addedBarCount: 40_000,
    overlapRowCount: 10,
    manifest: { snapshotId: whole.snapshotId },
  });
  expect(whole.instruments[0]?.chunks.map(({ startBar, barCount }) => [startBar, barCount])).toEqual([
    [0, 65_536],
    [65_536, 65_536],
    [131_072, 8928],
  ]);
  expect(whole.instruments[0]?.chunks[0]?.hash).toBe(base.instruments[0]?.chunks[0]?.hash);
  const across = await openSnapshot(whole, stores.objects).read(65_530, 131_080);
  expect([...across.volume.subarray(0, 8), across.volume.at(-1)]).toEqual([
    65_530, 65_531, 65_532, 65_533, 65_534, 65_535, 65_536, 65_537, 131_079,
  ]);
});

test("an import under the same name again is a repeat", async () => {
  const { stores } = await importText(stored);
  await importBars(importOptions({ files: [fileWith(stored)] }), stores);
  expect(await stores.snapshots.history("x")).toHaveLength(1);
});
