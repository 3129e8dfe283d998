import { expect, test } from "vitest";
import { importBars } from "../../lib/market/import-bars.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { fileWith, importOptions, refusal } from "./import-text.ts";

const header = "timestamp,open,high,low,close,volume\n";
const good = "2020-01-02,10,11,9,10.5,100\n";

const refused: readonly [string, string, string][] = [
  ["an empty file", "", "FILE: the file is empty."],
  ["a file of blank lines", "\n\n\n", "FILE: the file is empty."],
  [
    "a header without rows",
    header,
    "FILE: found a header (timestamp, open, high, low, close, volume) and no rows after it.",
  ],
  [
    "a missing column, listing what was found",
    "timestamp,open,high,low\n2020-01-02,1,2,1\n",
    'found "timestamp", "open", "high", "low": missing close.',
  ],
  [
    "a second column of the same name",
    "time,open,high,low,close,close\n2020-01-02,1,2,1,2,2\n",
    'FILE: found two columns named "close".',
  ],
  ["bid and ask quotes", "timestamp,bid_open,bid_high,ask_low\n2020-01-02,1,2,1\n", "These are bid and ask quotes"],
  ["rows without header in an unknown layout", "2020-01-02,10,11,9,10.5\n", "FILE line 1: expected a header"],
  [
    "text in a number",
    `${header}${good}2020-01-03,10,abc,9,10.5,100\n`,
    'FILE line 3, column "high": expected a number, found "abc". Correct the value',
  ],
  [
    "NaN",
    `${header}2020-01-02,10,11,9,NaN,100\n`,
    'FILE line 2, column "close": expected a number, found "NaN". Leave the cell empty',
  ],
  ["infinity", `${header}2020-01-02,10,inf,9,10,100\n`, 'FILE line 2, column "high": expected a number, found "inf".'],
  [
    "a number too large for a float64",
    `${header}2020-01-02,10,1e999,9,10,100\n`,
    'column "high": expected a number, found "1e999".',
  ],
  ["a hexadecimal number", `${header}2020-01-02,0x10,11,9,10,100\n`, 'column "open": expected a number, found "0x10".'],
  [
    "a decimal comma",
    "time;open;high;low;close\n2020-01-02;1,5;2;1;2\n",
    'column "open": expected a number, found "1,5". Write it with a decimal point: 1.5',
  ],
  [
    "thousands separators",
    'time,open,high,low,close\n2020-01-02,"1,500.5",2,1,2\n',
    'found "1,500.5". Write it without thousands separators: 1500.5',
  ],
  ["a currency sign", `${header}2020-01-02,$10,11,9,10,100\n`, 'found "$10". Write it without the currency sign.'],
  [
    "unsorted rows",
    `${header}2020-01-03,10,11,9,10,1\n${good}`,
    'FILE line 3, column "timestamp": expected a time after 2020-01-03T00:00:00.000Z, found 2020-01-02T00:00:00.000Z. Sort the rows',
  ],
  [
    "a duplicate timestamp",
    `${header}${good}${good}`,
    'FILE line 3, column "timestamp": found 2020-01-02T00:00:00.000Z a second time.',
  ],
  [
    "a timestamp in the future",
    `${header}2030-01-02,10,11,9,10.5,100\n`,
    'FILE line 2, column "timestamp": found 2030-01-02T00:00:00.000Z, which lies in the future',
  ],
  ["a high below the low", `${header}2020-01-02,10,8,9,10,100\n`, "FILE line 2: found high 8 below low 9"],
  [
    "a high below the open",
    `${header}2020-01-02,12,11,9,10,100\n`,
    "FILE line 2: expected the high to be the highest price of the bar, found high 11 below open 12",
  ],
  [
    "a low above the close",
    `${header}2020-01-02,10,11,9,8,100\n`,
    "FILE line 2: expected the low to be the lowest price of the bar, found low 9 above close 8",
  ],
  [
    "a price of zero",
    `${header}2020-01-02,10,11,0,10,100\n`,
    'FILE line 2, column "low": expected a price above zero, found 0.',
  ],
  [
    "a negative price",
    `${header}2020-01-02,10,11,9,-10,100\n`,
    'FILE line 2, column "close": expected a price above zero, found -10.',
  ],
  [
    "a negative volume",
    `${header}2020-01-02,10,11,9,10,-1\n`,
    'FILE line 2, column "volume": expected zero or more, found -1.',
  ],
  [
    "a row with too few cells",
    `${header}${good}2020-01-03,10,11\n`,
    "FILE line 3: expected 6 cells as in the first row, found 3.",
  ],
  ["a day that does not exist", `${header}2020-02-30,10,11,9,10,1\n`, 'column "timestamp": expected a time'],
  ["an empty time", `${header},10,11,9,10,1\n`, 'FILE line 2, column "timestamp": expected a time'],
  [
    "dates that could be day or month first",
    "date,open,high,low,close\n01/02/2020,1,2,1,2\n",
    'FILE line 2, column "date": "01/02/2020" can be read as month/day or day/month. Say which: --time-format MM/DD/YYYY',
  ],
  ["binary data", "\0\u0001\0\u0002", "FILE: expected text or Parquet, found binary data."],
  ["an unclosed quote", `${header}"2020-01-02,10,11,9,10,1\n${good}`, "Check the quotes"],
];

test.each(refused)("refuses %s", async (_, text, expected) => {
  expect(await refusal(text)).toContain(expected);
});

test("refuses a file that does not exist", async () => {
  const stores = await openMemoryStores();
  await expect(importBars(importOptions({ files: ["no/such.csv"] }), stores)).rejects.toThrow(
    "no/such.csv: cannot be read: there is no such file.",
  );
});

test("refuses an unknown time zone and offers the nearest", async () => {
  expect(await refusal(header + good, { timeframe: "1h", timeZone: "Europe/Berlni" })).toContain(
    "Did you mean Europe/Berlin",
  );
});

test("refuses a text that is no timeframe", async () => {
  expect(await refusal(header + good, { timeframe: "daily" })).toContain(
    '--timeframe "daily": expected a count and a unit',
  );
});

test("refuses rows that stand closer than the timeframe", async () => {
  const rows = "2020-01-02T10:00Z,1,1,1,1,1\n2020-01-02T10:01Z,1,1,1,1,1\n2020-01-02T10:02Z,1,1,1,1,1\n";
  expect(await refusal(header + rows, { timeframe: "5m" })).toBe(
    "--timeframe 5m: expected rows 300 s apart, found most of them 60 s apart. Give the timeframe of the file.",
  );
});

test("refuses a hole within a day under --missing error", async () => {
  const rows = "2020-01-02T10:00Z,1,1,1,1,1\n2020-01-02T10:01Z,1,1,1,1,1\n2020-01-02T10:04Z,1,1,1,1,1\n";
  expect(await refusal(header + rows, { timeframe: "1m", missing: "error" })).toContain(
    'FILE line 4, column "timestamp": 2 bars of 1m are missing between 2020-01-02T10:01:00.000Z and 2020-01-02T10:04:00.000Z.',
  );
});

test("accepts a weekend under --missing error", async () => {
  const rows = "2020-01-03,1,1,1,1,1\n2020-01-06,1,1,1,1,1\n";
  expect(await refusal(header + rows, { missing: "error" })).toBe("accepted");
});

test("names the line of the file also after blank lines and many blocks", async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `${new Date(i * 60_000).toISOString()},10,11,9,10,1\n\n`).join(
    "",
  );
  expect(await refusal(`${header}${rows}x,10,11,9,10,1\n`, { timeframe: "1m" })).toContain(
    'FILE line 40002, column "timestamp": expected a time',
  );
});

test("leaves no catalog entry when an import is refused late", async () => {
  const stores = await openMemoryStores();
  const rows = Array.from({ length: 70_000 }, (_, i) => `${new Date(i * 60_000).toISOString()},10,11,9,10,1\n`).join(
    "",
  );
  const options = importOptions({ files: [fileWith(`${header}${rows}oops\n`)], timeframe: "1m" });
  await expect(importBars(options, stores)).rejects.toThrow("line 70002");
  expect(await stores.snapshots.list()).toEqual([]);
});
