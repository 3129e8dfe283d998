import { expect, test } from "vitest";
import type { Column } from "../../lib/engine/columns.ts";
import { adjustedEma } from "../../lib/indicators/adjusted-ema.ts";
import { close } from "../../lib/indicators/bar-columns.ts";
import { cci } from "../../lib/indicators/cci.ts";
import { recursiveAdx } from "../../lib/indicators/directional-movement.ts";
import { ema } from "../../lib/indicators/ema.ts";
import { macd } from "../../lib/indicators/macd.ts";
import { obv } from "../../lib/indicators/obv.ts";
import { roc } from "../../lib/indicators/roc.ts";
import { rsi } from "../../lib/indicators/rsi.ts";
import { sma } from "../../lib/indicators/sma.ts";
import { standardDeviation } from "../../lib/indicators/standard-deviation.ts";
import { stochastic } from "../../lib/indicators/stochastic.ts";
import { trueRange } from "../../lib/indicators/true-range.ts";
import { williamsR } from "../../lib/indicators/williams-r.ts";
import { wma } from "../../lib/indicators/wma.ts";
import { barsOf, evaluate } from "./evaluate.ts";

// Values that another library gave for these twenty bars, with high = close + 1 and low = close − 1.
const closes = [100, 101, 102, 101, 103, 104, 103, 105, 106, 104, 103, 102, 104, 106, 107, 108, 107, 109, 110, 111];
const bars = barsOf(closes, {
  high: closes.map((c) => c + 1),
  low: closes.map((c) => c - 1),
  volume: closes.map((_, i) => 1000 + 10 * i),
});
const at = (column: Column, index: number) => evaluate(column, bars)[index];

test("rsi(5) is 83.333333 at the bar 5, 49.737337 at 10 and 82.190364 at 19", () => {
  expect(at(rsi(close, 5), 4)).toBeNaN();
  expect(at(rsi(close, 5), 5)).toBeCloseTo(83.333333, 6);
  expect(at(rsi(close, 5), 10)).toBeCloseTo(49.737337, 6);
  expect(at(rsi(close, 5), 19)).toBeCloseTo(82.190364, 6);
});

test("sma(5) is 101.4 at the bar 4 and 109 at 19", () => {
  expect(at(sma(close, 5), 3)).toBeNaN();
  expect(at(sma(close, 5), 4)).toBeCloseTo(101.4, 9);
  expect(at(sma(close, 5), 19)).toBeCloseTo(109, 9);
});

test("ema(5) from the first value is 101.617284 at the bar 4 and 109.125732 at 19", () => {
  expect(at(ema(close, 5, "first"), 4)).toBeCloseTo(101.617284, 6);
  expect(at(ema(close, 5, "first"), 19)).toBeCloseTo(109.125732, 6);
});

test("wma(5) is 101.8 at the bar 4 and 109.6 at 19", () => {
  expect(at(wma(close, 5), 4)).toBeCloseTo(101.8, 9);
  expect(at(wma(close, 5), 19)).toBeCloseTo(109.6, 9);
});

test("macd(3, 6, 3) is 1.250471, 1.139139 and 0.111332 at the bar 19", () => {
  const { line, signal, histogram } = macd(close, 3, 6, 3);
  expect(at(line, 19)).toBeCloseTo(1.250471, 6);
  expect(at(signal, 19)).toBeCloseTo(1.139139, 6);
  expect(at(histogram, 19)).toBeCloseTo(0.111332, 6);
});

test("two sample deviations about sma(5) reach 112.162278 and 105.837722 at the bar 19", () => {
  const width = 2 * at(standardDeviation(close, 5, "sample"), 19);
  expect(at(sma(close, 5), 19) + width).toBeCloseTo(112.162278, 6);
  expect(at(sma(close, 5), 19) - width).toBeCloseTo(105.837722, 6);
});

test("stochastic(5, 3, 3) is 81.111111 and 78.240741 at the bar 19", () => {
  const { k, d } = stochastic(5, 3, 3);
  expect(at(k, 19)).toBeCloseTo(81.111111, 6);
  expect(at(d, 19)).toBeCloseTo(78.240741, 6);
});

test("roc(5) is 4 at the bar 5 and 3.738318 at 19", () => {
  expect(at(roc(close, 5), 5)).toBeCloseTo(4, 9);
  expect(at(roc(close, 5), 19)).toBeCloseTo(3.738318, 6);
});

test("atr(5) as a simple mean of true ranges is 2.2 at the bars 4 and 19", () => {
  expect(at(sma(trueRange, 5), 3)).toBeNaN();
  expect(at(sma(trueRange, 5), 4)).toBeCloseTo(2.2, 9);
  expect(at(sma(trueRange, 5), 19)).toBeCloseTo(2.2, 9);
});

test("the adjusted ema(5) is 101.862559 at the bar 4 and 109.128478 at 19", () => {
  expect(at(adjustedEma(close, 5), 4)).toBeCloseTo(101.862559, 6);
  expect(at(adjustedEma(close, 5), 19)).toBeCloseTo(109.128478, 6);
});

test("the recursive adx(3) is 63.281526, 48.564905 and 6.08439 at the bar 19", () => {
  const { adx, plusDi, minusDi } = recursiveAdx(3);
  expect(at(adx, 19)).toBeCloseTo(63.281526, 6);
  expect(at(plusDi, 19)).toBeCloseTo(48.564905, 6);
  expect(at(minusDi, 19)).toBeCloseTo(6.08439, 5);
});

test("cci(5) is 121.212121 at the bar 4 and 111.111111 at 19", () => {
  expect(at(cci(5), 4)).toBeCloseTo(121.212121, 6);
  expect(at(cci(5), 19)).toBeCloseTo(111.111111, 6);
});

test("williamsR(5) is -20 at the bar 4 and -16.666667 at 19", () => {
  expect(at(williamsR(5), 4)).toBeCloseTo(-20, 9);
  expect(at(williamsR(5), 19)).toBeCloseTo(-16.666667, 6);
});

test("obv is 7800 at the bar 19 with volumes of 1000, 1010, 1020, …", () => {
  expect(at(obv(), 19)).toBe(7800);
});
