import { expect, test } from "vitest";
import { fileWith, importFile, importText, refusal, times } from "./import-text.ts";

const oneBar = { open: [10], high: [12], low: [9], close: [11], volume: [100] };

type Layout = readonly [string, string, string];
const daily: readonly Layout[] = [
  ["Yahoo", "Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-02,10,12,9,11,10.5,100\n", "2020-01-02T00:00Z"],
  [
    "yfinance with an offset",
    "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n2020-01-02 00:00:00-05:00,10,12,9,11,100,0,0\n",
    "2020-01-02T05:00Z",
  ],
  [
    "pandas with a nameless index",
    ",Open,High,Low,Close,Volume\n2020-01-02 00:00:00,10,12,9,11,100\n",
    "2020-01-02T00:00Z",
  ],
  [
    "Stooq",
    "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\nX.US,D,20200102,000000,10,12,9,11,100,0\n",
    "2020-01-02T00:00Z",
  ],
  [
    "MetaTrader",
    "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\n2020.01.02\t00:00:00\t10\t12\t9\t11\t100\n",
    "2020-01-02T00:00Z",
  ],
  [
    "Alpha Vantage",
    "timestamp,1. open,2. high,3. low,4. close,5. volume\n2020-01-02,10,12,9,11,100\n",
    "2020-01-02T00:00Z",
  ],
  ["Dukascopy", "Gmt time,Open,High,Low,Close,Volume\n02.01.2020 00:00:00.000,10,12,9,11,100\n", "2020-01-02T00:00Z"],
  ["single letters and semicolons", "t;o;h;l;c;v\n1577923200;10;12;9;11;100\n", "2020-01-02T00:00Z"],
  [
    "quoted cells",
    '"Date","Open","High","Low","Close","Volume"\n"2020-01-02","10","12","9","11","100"\n',
    "2020-01-02T00:00Z",
  ],
  [
    "a byte order mark and CRLF",
    "\ufeffDate,Open,High,Low,Close,Volume\r\n2020-01-02,10,12,9,11,100\r\n",
    "2020-01-02T00:00Z",
  ],
  [
    "spaces around the cells and a trailing delimiter",
    "date, open, high, low, close, volume\n2020-01-02, 10, 12, 9, 11, 100,\n",
    "2020-01-02T00:00Z",
  ],
  [
    "US dates that prove their order",
    "Date,Open,High,Low,Close/Last,Volume\n01/22/2020,10,12,9,11,100\n",
    "2020-01-22T00:00Z",
  ],
  ["a Binance kline in ms", "1577923200000,10,12,9,11,100,1578009599999,1,2,3,4,0\n", "2020-01-02T00:00Z"],
  ["a Binance kline in µs", "1735776000000000,10,12,9,11,100,1735862399999999,1,2,3,4,0\n", "2025-01-02T00:00Z"],
  ["LEAN daily", "20200102 00:00,10,12,9,11,100\n", "2020-01-02T00:00Z"],
  [
    "epoch nanoseconds",
    "ts_event,open,high,low,close,volume\n1577923200000000000,10,12,9,11,100\n",
    "2020-01-02T00:00Z",
  ],
  [
    "another order of columns, case and a symbol",
    "VOLUME,symbol,CLOSE,LOW,HIGH,OPEN,DATETIME\n100,X,11,9,12,10,2020-01-02T00:00:00Z\n",
    "2020-01-02T00:00Z",
  ],
];

test("reads yfinance's two-level columns", async () => {
  const text = "Price,Close,High,Low,Open,Volume\nTicker,X,X,X,X,X\nDate,,,,,\n2020-01-02,11,12,9,10,100\n";
  const { bars } = await importText(text);
  expect([times(bars), [...bars.open], [...bars.close]]).toEqual([["2020-01-02T00:00Z"], [10], [11]]);
});

test("reads a date and a time of day in two columns", async () => {
  const text = "Date,Time,Open,High,Low,Close\n01/22/2020,9:31 AM,1,1,1,1\n01/22/2020,1:05 PM,1,1,1,1\n";
  const { bars } = await importText(text, { timeframe: "1m", timeZone: "America/New_York" });
  expect(times(bars)).toEqual(["2020-01-22T14:31Z", "2020-01-22T18:05Z"]);
});

test.each(daily)("reads %s", async (_, text, time) => {
  const { bars } = await importText(text);
  const { open, high, low, close, volume } = bars;
  expect({ open: [...open], high: [...high], low: [...low], close: [...close], volume: [...volume] }).toEqual(oneBar);
  expect(times(bars)).toEqual([time]);
});

test("reads UTF-16 with a byte order mark", async () => {
  const text = "\ufeff<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOL>\n2020.01.02,09:30,10,12,9,11,100\n";
  const { bars } = await importFile(fileWith(Buffer.from(text, "utf16le")), { timeframe: "1m" });
  expect(times(bars)).toEqual(["2020-01-02T09:30Z"]);
});

test("reads LEAN minutes: milliseconds since midnight of the file's date, prices in deci-cents on request", async () => {
  const path = fileWith(
    "34200000,1676500,1676600,1676400,1676500,100\n34260000,1676500,1676500,1676500,1676500,5\n",
    "20131007_spy_minute_trade.csv",
  );
  const { bars } = await importFile(path, { timeframe: "1m", priceScale: 0.0001, timeZone: "America/New_York" });
  expect(times(bars)).toEqual(["2013-10-07T13:30Z", "2013-10-07T13:31Z"]);
  expect([...bars.open]).toEqual([167.65, 167.65]);
});

test("reads a file without header by --columns, leaving a column out", async () => {
  const { bars } = await importText("7,2020-01-02,10,12,9,11\n", {
    columns: ["-", "time", "open", "high", "low", "close"],
  });
  expect([...bars.close]).toEqual([11]);
});

test("takes the bid side by --columns in place of the header's names", async () => {
  const text =
    "timestamp,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close\n2020-01-02,10,12,9,11,20,22,19,21\n";
  const { bars } = await importText(text, { columns: ["time", "open", "high", "low", "close", "-", "-", "-", "-"] });
  expect([...bars.close]).toEqual([11]);
});

test("notes a missing volume column and columns not used", async () => {
  const { manifest, bars } = await importText("date,open,high,low,close,spread\n2020-01-02,10,12,9,11,3\n");
  expect([...bars.volume]).toEqual([0]);
  expect(manifest.quality[0]?.notes).toEqual([
    "No volume column: the volume of every bar is 0.",
    "Columns not used: spread.",
  ]);
});

test("reads day-first dates when told so", async () => {
  const { bars } = await importText("date,open,high,low,close\n03/02/2020,10,12,9,11\n", { timeFormat: "DD/MM/YYYY" });
  expect(times(bars)).toEqual(["2020-02-03T00:00Z"]);
});

test("scales prices by adjusted close / close on request, and keeps the bar consistent", async () => {
  const text =
    "Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-02,10,12,8,10,5,100\n2020-01-03,0.3,0.3,0.3,0.3,0.1,100\n";
  const { bars, manifest } = await importText(text, { adjust: "splits-and-dividends" });
  expect([[...bars.open][0], [...bars.high][0], [...bars.low][0], [...bars.close]]).toEqual([5, 6, 4, [5, 0.1]]);
  expect(manifest.adjust).toBe("splits-and-dividends");
});

test("refuses --adjusted without an adjusted close", async () => {
  expect(
    await refusal("date,open,high,low,close\n2020-01-02,10,12,9,11\n", { adjust: "splits-and-dividends" }),
  ).toContain('needs a column with the adjusted close ("Adj Close")');
});

test("leaves out columns after those that --columns names", async () => {
  const { bars } = await importText("2020-01-02,10,12,9,11,100,x,y\n", {
    columns: ["time", "open", "high", "low", "close", "volume"],
  });
  expect([...bars.volume]).toEqual([100]);
});
