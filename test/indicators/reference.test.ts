import fc from "fast-check";
import { test } from "vitest";
import { adx } from "../../lib/indicators/adx.ts";
import { atr } from "../../lib/indicators/atr.ts";
import { close, high, low } from "../../lib/indicators/bar-columns.ts";
import { bollinger } from "../../lib/indicators/bollinger.ts";
import { donchian } from "../../lib/indicators/donchian.ts";
import { ema } from "../../lib/indicators/ema.ts";
import { highest, lowest } from "../../lib/indicators/highest-lowest.ts";
import { macd } from "../../lib/indicators/macd.ts";
import { roc } from "../../lib/indicators/roc.ts";
import { rsi } from "../../lib/indicators/rsi.ts";
import { sma } from "../../lib/indicators/sma.ts";
import { standardDeviation } from "../../lib/indicators/standard-deviation.ts";
import { stochastic } from "../../lib/indicators/stochastic.ts";
import { wma } from "../../lib/indicators/wma.ts";
import { barsOf, evaluate } from "./evaluate.ts";
import { expectClose } from "./expect-close.ts";
import * as reference from "./references.ts";

const lengths = fc.integer({ min: 1, max: 30 });

test("sma, wma and both emas equal their formulas", () => {
  onPrices((prices, n) => {
    expectClose(evaluate(sma(close, n), prices.bars), reference.smaOf(prices.close, n));
    expectClose(evaluate(wma(close, n), prices.bars), reference.wmaOf(prices.close, n));
    expectClose(evaluate(ema(close, n, "first"), prices.bars), reference.emaOf(prices.close, n, 1));
    expectClose(evaluate(ema(close, n, "sma"), prices.bars), reference.emaOf(prices.close, n, n));
  });
});

test("highest, lowest and the Donchian channel equal their formulas", () => {
  onPrices((prices, n) => {
    const upper = reference.highestOf(prices.high, n);
    const lower = reference.lowestOf(prices.low, n);
    const channel = donchian(n);
    expectClose(evaluate(highest(high, n), prices.bars), upper);
    expectClose(evaluate(lowest(low, n), prices.bars), lower);
    expectClose(evaluate(channel.upper, prices.bars), upper);
    expectClose(evaluate(channel.lower, prices.bars), lower);
    expectClose(
      evaluate(channel.middle, prices.bars),
      upper.map((top, i) => (top === null ? null : (top + (lower[i] ?? 0)) / 2)),
    );
  });
});

test("standard deviations and Bollinger bands equal their formulas", () => {
  onPrices((prices, n) => {
    const deviation = reference.deviationOf(prices.close, n, 0);
    const middle = reference.smaOf(prices.close, n);
    const bands = bollinger(close, n, 2.5);
    expectClose(evaluate(standardDeviation(close, n, "population"), prices.bars), deviation);
    expectClose(
      evaluate(standardDeviation(close, n + 1, "sample"), prices.bars),
      reference.deviationOf(prices.close, n + 1, 1),
    );
    expectClose(evaluate(bands.middle, prices.bars), middle);
    expectClose(
      evaluate(bands.upper, prices.bars),
      middle.map((m, i) => (m === null ? null : m + 2.5 * (deviation[i] ?? 0))),
      100,
    );
    expectClose(
      evaluate(bands.lower, prices.bars),
      middle.map((m, i) => (m === null ? null : m - 2.5 * (deviation[i] ?? 0))),
      100,
    );
  });
});

test("rsi and roc equal their formulas", () => {
  onPrices((prices, n) => {
    expectClose(evaluate(rsi(close, n), prices.bars), reference.rsiOf(prices.close, n), 1);
    expectClose(evaluate(roc(close, n), prices.bars), reference.rocOf(prices.close, n), 1);
  });
});

test("macd equals its formula", () => {
  onPrices((prices, n) => {
    const columns = macd(close, n, n + 4, 5);
    const expected = reference.macdOf(prices.close, { fast: n, slow: n + 4, signal: 5 });
    // Differences of averages: as exact as these are, which is relative to the price.
    expectClose(evaluate(columns.line, prices.bars), expected.line, 100);
    expectClose(evaluate(columns.signal, prices.bars), expected.signal, 100);
    expectClose(evaluate(columns.histogram, prices.bars), expected.histogram, 100);
  });
});

test("atr equals its formula", () => {
  onPrices((prices, n) => {
    expectClose(evaluate(atr(n), prices.bars), reference.wilderOf(reference.trueRangesOf(prices), n), 1);
  });
});

test("adx, +DI and -DI equal their formulas", () => {
  onPrices((prices, n) => {
    const columns = adx(n);
    const expected = reference.adxOf(prices, n);
    expectClose(evaluate(columns.plusDi, prices.bars), expected.plusDi, 1);
    expectClose(evaluate(columns.minusDi, prices.bars), expected.minusDi, 1);
    expectClose(evaluate(columns.adx, prices.bars), expected.adx, 1);
  });
});

test("stochastic equals its formula", () => {
  onPrices((prices, n) => {
    const columns = stochastic(n, 3, 4);
    const expected = reference.stochasticOf(prices, { k: n, smooth: 3, d: 4 });
    expectClose(evaluate(columns.k, prices.bars), expected.k, 1);
    expectClose(evaluate(columns.d, prices.bars), expected.d, 1);
  });
});

type Prices = reference.PriceSeries & { readonly bars: ReturnType<typeof barsOf> };

/** Checks random prices in cents, with flat bars and ties, and lengths from 1 to 30. */
function onPrices(check: (prices: Prices, length: number) => void): void {
  const cents = (min: number, max: number) => fc.integer({ min, max }).map((value) => value / 100);
  const bar = fc.record({
    close: fc.oneof(cents(5000, 15_000), fc.constantFrom(100, 100.1)),
    up: fc.oneof(cents(0, 300), fc.constant(0)),
    down: fc.oneof(cents(0, 300), fc.constant(0)),
  });
  fc.assert(
    fc.property(fc.array(bar, { maxLength: 90, size: "max" }), lengths, (rows, length) => {
      const closes = rows.map((row) => row.close);
      const highs = rows.map((row) => row.close + row.up);
      const lows = rows.map((row) => row.close - row.down);
      check({ close: closes, high: highs, low: lows, bars: barsOf(closes, { high: highs, low: lows }) }, length);
    }),
  );
}
