import { expect, test } from "vitest";
import type { Bars } from "../../lib/engine/bars.ts";
import { timeframeMs } from "../../lib/engine/timeframe.ts";
import { alignToBase } from "../../lib/features/align.ts";
import { higherTimeframeKernel, onHigherTimeframe } from "../../lib/features/higher-timeframe.ts";
import { periodAt } from "../../lib/features/periods.ts";
import { close, high, low, open, volume } from "../../lib/indicators/bar-columns.ts";
import { evaluate } from "../indicators/evaluate.ts";

const day = "2024-06-03";
const at = (time: string) => Date.parse(`${day}T${time}Z`);
const none = Number.NaN;

test("at 5m bars from 10:00 to 10:15 the 1h value is that of 09:00, not of the open bar", () => {
  const hours = {
    timeframe: "1h",
    openTimeMs: Float64Array.of(at("09:00"), at("10:00")),
    values: Float64Array.of(0.5, 1),
  };
  const openTimeMs = Float64Array.from(["10:00", "10:05", "10:10", "10:15"], at);
  expect(Array.from(alignToBase(hours, { timeframe: "5m", openTimeMs }))).toEqual([0.5, 0.5, 0.5, 0.5]);
});

test("the 1h value of 10:00 is visible from the close of the 10:55 bar on, which is its own close", () => {
  const hours = { timeframe: "1h", openTimeMs: Float64Array.of(at("10:00")), values: Float64Array.of(1) };
  const openTimeMs = Float64Array.from(["10:50", "10:55", "11:00"], at);
  expect(Array.from(alignToBase(hours, { timeframe: "5m", openTimeMs }))).toEqual([none, 1, 1]);
});

test("before the first closed higher bar the value is missing", () => {
  const hours = { timeframe: "1h", openTimeMs: Float64Array.of(at("10:00")), values: Float64Array.of(1) };
  expect(alignToBase(hours, { timeframe: "5m", openTimeMs: Float64Array.of(at("10:00")) })[0]).toBeNaN();
});

test("the kernel's name tells its timeframes and columns apart", () => {
  const hours = { base: "30m", higher: "1h" };
  const names = [
    higherTimeframeKernel([close], hours).name,
    higherTimeframeKernel([high], hours).name,
    higherTimeframeKernel([close, high], hours).name,
    higherTimeframeKernel([close], { base: "15m", higher: "1h" }).name,
    higherTimeframeKernel([close], { base: "30m", higher: "2h" }).name,
  ];
  expect(new Set(names).size).toBe(5);
});

test("a higher bar is built of its base bars", () => {
  const bars = barsAt("30m", [
    ["10:00", 10, 12, 9, 11, 100],
    ["10:30", 11, 15, 10, 14, 50],
    ["11:00", 14, 14, 13, 13, 20],
  ]);
  const columns = onHigherTimeframe([open, high, low, close, volume], { base: "30m", higher: "1h" });
  expect(columns.map((column) => evaluate(column, bars)[2])).toEqual([10, 15, 9, 14, 150]);
});

test("a higher bar is seen at the close of its last base bar, and until the next has closed", () => {
  const bars = barsAt("30m", [...closes(["10:00", 1], ["10:30", 2], ["11:00", 3], ["11:30", 4], ["12:00", 5])]);
  const [column] = onHigherTimeframe([close], { base: "30m", higher: "1h" });
  expect(Array.from(evaluate(column, bars))).toEqual([none, 2, 2, 4, 4]);
});

test("where base bars are missing at its end, a higher bar is seen from the next base bar on", () => {
  const bars = barsAt("30m", [...closes(["10:00", 1], ["11:30", 4], ["12:00", 5])]);
  const [column] = onHigherTimeframe([close], { base: "30m", higher: "1h" });
  expect(Array.from(evaluate(column, bars))).toEqual([none, 4, 4]);
});

test("a higher bar that its last base bar did not end is seen at the first base bar after it", () => {
  const bars = barsAt("30m", [...closes(["10:00", 1], ["11:00", 3], ["11:30", 4])]);
  const [column] = onHigherTimeframe([close], { base: "30m", higher: "1h" });
  expect(Array.from(evaluate(column, bars))).toEqual([none, 1, 4]);
});

test("a first higher bar whose beginning is not in the data is left out", () => {
  const bars = barsAt("30m", [...closes(["10:30", 1], ["11:00", 2], ["11:30", 3])]);
  const [column] = onHigherTimeframe([close], { base: "30m", higher: "1h" });
  expect(Array.from(evaluate(column, bars))).toEqual([none, none, 3]);
});

test.each([
  ["4h", "2024-06-03T11:59:00Z", "2024-06-03T08:00:00Z", "2024-06-03T12:00:00Z"],
  ["1d", "2024-06-03T11:59:00Z", "2024-06-03T00:00:00Z", "2024-06-04T00:00:00Z"],
  ["1w", "2024-06-09T23:59:00Z", "2024-06-03T00:00:00Z", "2024-06-10T00:00:00Z"],
  ["1M", "2024-02-29T12:00:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"],
  ["3M", "2024-02-29T12:00:00Z", "2024-01-01T00:00:00Z", "2024-04-01T00:00:00Z"],
  ["1M", "1969-12-31T12:00:00Z", "1969-12-01T00:00:00Z", "1970-01-01T00:00:00Z"],
])("the %s period of %s is from %s to %s", (timeframe, moment, start, end) => {
  expect(periodAt(Date.parse(moment), timeframe)).toEqual({ startMs: Date.parse(start), endMs: Date.parse(end) });
});

type Row = readonly [string, number, number, number, number, number];

function closes(...rows: readonly (readonly [string, number])[]): Row[] {
  return rows.map(([time, price]) => [time, price, price, price, price, 1]);
}

function barsAt(timeframe: string, rows: readonly Row[]): Bars {
  const field = (index: 1 | 2 | 3 | 4 | 5) => Float64Array.from(rows, (row) => row[index]);
  expect(timeframeMs(timeframe)).toBeDefined();
  return {
    startBar: 0,
    openTimeMs: Float64Array.from(rows, ([time]) => at(time)),
    open: field(1),
    high: field(2),
    low: field(3),
    close: field(4),
    volume: field(5),
  };
}
