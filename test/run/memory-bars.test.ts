import { expect, test } from "vitest";
import { type Bars, runBacktest } from "../../lib/backstitch.ts";

function bars(change: Partial<{ [column in Exclude<keyof Bars, "startBar">]: number[] }> = {}): Bars {
  const columns = {
    openTimeMs: [0, 60_000, 120_000],
    open: [10, 11, 12],
    high: [11, 12, 13],
    low: [9, 10, 11],
    close: [10, 11, 12],
    volume: [1, 1, 1],
    ...change,
  };
  const [openTimeMs, open, high, low, close, volume] = Object.values(columns).map((column) =>
    Float64Array.from(column),
  );
  return { startBar: 0, openTimeMs, open, high, low, close, volume } as Bars;
}

const spec = { strategy: { name: "buy-and-hold" } };

test.each([
  ["a price that is not a number", { close: [10, Number.NaN, 12] }, /bars in memory, bar 1.*close/],
  ["times out of order", { openTimeMs: [0, 120_000, 60_000] }, /bars in memory, bar 2/],
  ["a high below the low", { high: [11, 9, 13] }, /bars in memory, bar 1.*high/],
  ["columns of unequal length", { volume: [1, 1] }, /volume/],
])("runBacktest refuses bars in memory with %s", async (_, change, message) => {
  await expect(runBacktest(spec, { bars: bars(change), timeframe: "1m" })).rejects.toThrow(message);
});

test("runBacktest refuses a timeframe that is none", async () => {
  await expect(runBacktest(spec, { bars: bars(), timeframe: "minute" })).rejects.toThrow('found "minute"');
});

test("runBacktest takes good bars in memory", async () => {
  const { equity } = await runBacktest(spec, { bars: bars(), timeframe: "1m" });
  expect(equity.map((point) => point.timeMs)).toEqual([0, 60_000, 120_000]);
});
