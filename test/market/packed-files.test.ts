import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, test } from "vitest";
import { fileWith, importFile, importText, times } from "./import-text.ts";
import { zipFile } from "./zip-file.ts";

const header = "date,open,high,low,close,volume\n";
const [first, second] = ["2020-01-06,10,12,9,11,5\n", "2020-01-07,10,12,9,11.5,6\n"];

type Column = Parameters<typeof parquetWriteBuffer>[0]["columnData"][number];

function parquetFile(time: Column, changes: readonly Column[] = []): Buffer {
  const prices: Column[] = ["open", "high", "low", "close"].map((name) => ({ name, data: [10, 11], type: "DOUBLE" }));
  return Buffer.from(parquetWriteBuffer({ columnData: [time, ...prices, ...changes] }));
}

const day = Date.UTC(2020, 0, 6);

test("reads a CSV in gzip", async () => {
  const { manifest } = await importFile(fileWith(gzipSync(header + first + second), "bars.csv.gz"));
  expect(manifest.snapshotId).toBe((await importText(header + first + second)).manifest.snapshotId);
});

test("refuses a gzip file that is cut off, by name", async () => {
  const bytes = gzipSync(header + first.repeat(1));
  await expect(importFile(fileWith(bytes.subarray(0, bytes.length - 12), "bars.csv.gz"))).rejects.toThrow(
    "bars.csv.gz: the gzip file is damaged or cut off",
  );
});

test("reads the data entries of a zip as one series in the order of their times", async () => {
  const bytes = zipFile({
    "b.csv": header + first,
    "a.csv": header + second,
    "readme.md": "no data",
    "__MACOSX/._b.csv": "junk",
  });
  expect(times((await importFile(fileWith(bytes, "bars.zip"))).bars)).toEqual([
    "2020-01-06T00:00Z",
    "2020-01-07T00:00Z",
  ]);
});

test("takes the date of LEAN's minutes from the entry's name", async () => {
  const bytes = zipFile({ "20131007_spy_minute_trade.csv": "34200000,10,12,9,11,5\n" });
  expect(times((await importFile(fileWith(bytes, "20131007_trade.zip"), { timeframe: "1m" })).bars)).toEqual([
    "2013-10-07T09:30Z",
  ]);
});

test("names the entry of a zip and its line in messages", async () => {
  const bytes = zipFile({ "a.csv": `${header}2020-01-06,x,12,9,11,5\n` });
  await expect(importFile(fileWith(bytes, "bars.zip"))).rejects.toThrow(
    'bars.zip!a.csv line 2, column "open": expected a number, found "x".',
  );
});

test("refuses a zip without data, naming what it holds", async () => {
  await expect(importFile(fileWith(zipFile({ "readme.md": "x" }), "bars.zip"))).rejects.toThrow(
    "bars.zip: expected CSV or Parquet entries, found readme.md.",
  );
});

test("refuses an encrypted entry", async () => {
  await expect(importFile(fileWith(zipFile({ "a.csv": header + first }, 1), "bars.zip"))).rejects.toThrow(
    "bars.zip!a.csv: the entry is encrypted.",
  );
});

test("refuses a zip that is cut off", async () => {
  const bytes = zipFile({ "a.csv": header + first });
  await expect(importFile(fileWith(bytes.subarray(0, bytes.length - 30), "bars.zip"))).rejects.toThrow(
    "bars.zip: the zip file is damaged or cut off",
  );
});

test("refuses an entry that unpacks to more than it declares", async () => {
  const bytes = zipFile({ "a.csv": header + first.repeat(1000) });
  for (let at = bytes.indexOf("PK\x01\x02"); at !== -1; at = -1) bytes.writeUInt32LE(60, at + 24);
  await expect(importFile(fileWith(bytes, "bars.zip"))).rejects.toThrow(
    "bars.zip!a.csv: the zip file is damaged or cut off",
  );
});

const timeColumns: readonly (readonly [string, Column])[] = [
  ["timestamps", { name: "Date", data: [new Date(day), new Date(day + 86_400_000)], type: "TIMESTAMP" }],
  ["text", { name: "Date", data: ["2020-01-06", "2020-01-07"], type: "STRING" }],
  ["epoch milliseconds", { name: "timestamp", data: [BigInt(day), BigInt(day + 86_400_000)], type: "INT64" }],
  [
    "epoch nanoseconds of an unnamed pandas index",
    {
      name: "__index_level_0__",
      data: [BigInt(day) * 1_000_000n, BigInt(day + 86_400_000) * 1_000_000n],
      type: "INT64",
    },
  ],
];

test.each(timeColumns)("reads a Parquet file with times as %s", async (_, column) => {
  const { bars } = await importFile(fileWith(parquetFile(column), "bars.parquet"));
  expect(times(bars)).toEqual(["2020-01-06T00:00Z", "2020-01-07T00:00Z"]);
  expect([...bars.close]).toEqual([10, 11]);
});

test("reads a Parquet file inside gzip and zip", async () => {
  const bytes = parquetFile({ name: "Date", data: ["2020-01-06", "2020-01-07"], type: "STRING" });
  expect((await importFile(fileWith(gzipSync(bytes), "bars.parquet.gz"))).bars.close).toHaveLength(2);
  expect((await importFile(fileWith(zipFile({ "x.parquet": bytes }), "bars.zip"))).bars.close).toHaveLength(2);
});

test("takes null and NaN in Parquet for missing values", async () => {
  const volume: Column = { name: "volume", data: [null, Number.NaN], type: "DOUBLE", nullable: true };
  const path = fileWith(
    parquetFile({ name: "Date", data: ["2020-01-06", "2020-01-07"], type: "STRING" }, [volume]),
    "bars.parquet",
  );
  await expect(importFile(path, { missing: "error" })).rejects.toThrow(
    `Missing values, Volume: 2 (first: ${path} row 1, column "volume")`,
  );
});

test("refuses a Parquet file that is cut off, by name", async () => {
  const bytes = parquetFile({ name: "Date", data: ["2020-01-06", "2020-01-07"], type: "STRING" });
  await expect(importFile(fileWith(bytes.subarray(0, bytes.length - 9), "bars.parquet"))).rejects.toThrow(
    "bars.parquet: cannot be read as Parquet",
  );
});
