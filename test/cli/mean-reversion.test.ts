import { runBacktest } from "backstitch";
import { expect, test } from "vitest";
import meanReversion from "../../examples/mean-reversion.ts";

/** Daily bars that open where the one before closed. */
function barsOf(closes: readonly number[]) {
  const close = Float64Array.from(closes);
  const open = Float64Array.from(closes, (price, i) => closes[i - 1] ?? price);
  const openTimeMs = Float64Array.from(closes, (_, i) => Date.UTC(2024, 0, 1 + i));
  const high = Float64Array.from(closes, (price, i) => Math.max(price, open[i] ?? price));
  const low = Float64Array.from(closes, (price, i) => Math.min(price, open[i] ?? price));
  return { startBar: 0, openTimeMs, open, high, low, close, volume: new Float64Array(closes.length) };
}

async function tradesOf(closes: readonly number[], params: object) {
  const spec = { strategy: { use: meanReversion, params }, sizing: { kind: "units", units: 1 } } as const;
  const { trades } = await runBacktest(spec, { bars: barsOf(closes), timeframe: "1d" });
  return trades.map(({ entryBar, entryPrice, exitBar, exitPrice, exitTag }) => ({
    entryBar,
    entryPrice,
    exitBar,
    exitPrice,
    exitTag,
  }));
}

// Mean of 10, 10, 7 is 9, population deviation √2: 7 is below 9 - 1.2 × 1.414 = 7.30. Mean of 10, 7, 9 is 8.67: 9 is back above it.
test("buys far below the mean and sells back at it", async () => {
  expect(await tradesOf([10, 10, 10, 7, 9, 10, 10], { length: 3, entry: 1.2 })).toEqual([
    { entryBar: 4, entryPrice: 7, exitBar: 5, exitPrice: 9, exitTag: "back at the mean" },
  ]);
});

test("gives up after its patience", async () => {
  expect(await tradesOf([10, 10, 10, 7, 6, 5, 4, 3], { length: 3, entry: 1.2, patience: 2 })).toMatchObject([
    { entryBar: 4, entryPrice: 7, exitBar: 6, exitPrice: 5, exitTag: "out of patience" },
  ]);
});
