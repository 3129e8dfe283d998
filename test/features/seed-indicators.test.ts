import { expect, test } from "vitest";
import { buildIndicator } from "../../lib/features/indicator-catalogue.ts";
import { barsOf, evaluate } from "../indicators/evaluate.ts";

// What the grammar's own system gave for these twenty bars, with high = close + 1, low = close − 1 and volumes 1000, 1010, 1020, …
const closes = [100, 101, 102, 101, 103, 104, 103, 105, 106, 104, 103, 102, 104, 106, 107, 108, 107, 109, 110, 111];
const bars = barsOf(closes, {
  high: closes.map((close) => close + 1),
  low: closes.map((close) => close - 1),
  volume: closes.map((_, i) => 1000 + 10 * i),
});

test.each([
  ["rsi", { period: 5 }, "value", { 5: 83.333333, 10: 49.737337, 19: 82.190364 }],
  ["sma", { period: 5 }, "value", { 4: 101.4, 19: 109 }],
  ["ema", { period: 5 }, "value", { 4: 101.862559, 19: 109.128478 }],
  ["ema", { period: 5, adjust: false }, "value", { 4: 101.617284, 19: 109.125732 }],
  ["wma", { period: 5 }, "value", { 4: 101.8, 19: 109.6 }],
  ["macd", { fast: 3, slow: 6, signal: 3 }, "line", { 19: 1.250471 }],
  ["macd", { fast_period: 3, slow_period: 6, signal_period: 3 }, "signal", { 19: 1.139139 }],
  ["MACD", { fast: 3, slow: 6, signal: 3 }, "histogram", { 19: 0.111332 }],
  ["bbands", { period: 5, multiplier: 2 }, "upper", { 19: 112.162278 }],
  ["BollingerBands", { period: 5, multiplier: 2 }, "middle", { 19: 109 }],
  ["bollinger", { period: 5, multiplier: 2 }, "lower", { 19: 105.837722 }],
  ["ATR", { period: 5 }, "value", { 4: 2.2, 19: 2.2 }],
  ["stochastic", { k_period: 5, d_period: 3, smooth_k: 3 }, "k", { 19: 81.111111 }],
  ["stochastic", { k_period: 5, d_period: 3, smooth_k: 3 }, "d", { 19: 78.240741 }],
  ["adx", { period: 3 }, "adx", { 19: 63.281526 }],
  ["adx", { period: 3 }, "plus_di", { 19: 48.564905 }],
  ["adx", { period: 3 }, "minus_di", { 19: 6.08439 }],
  ["cci", { period: 5 }, "value", { 4: 121.212121, 19: 111.111111 }],
  ["roc", { period: 5 }, "value", { 5: 4, 19: 3.738318 }],
  ["WilliamsR", { period: 5 }, "value", { 4: -20, 19: -16.666667 }],
  ["obv", {}, "value", { 19: 7800 }],
])("%s %j %s has the known values", (type, params, output, expected: { [bar: number]: number }) => {
  const values = evaluate(buildIndicator(type, params, "test").outputs[output], bars);
  for (const [bar, value] of Object.entries(expected)) expect(Math.abs(values[Number(bar)] - value)).toBeLessThan(1e-6);
});

test.each([
  ["rsi", { period: 5 }, "value", 5],
  ["sma", { period: 5 }, "value", 4],
  ["ema", { period: 5 }, "value", 4],
  ["atr", { period: 5 }, "value", 4],
  ["stochastic", { k_period: 5 }, "k", 6],
  ["williams_r", { period: 5 }, "value", 4],
  ["adx", { period: 3 }, "adx", 5],
])("%s %j %s is missing before the bar %i", (type, params, output, first) => {
  const values = evaluate(buildIndicator(type, params, "test").outputs[output], bars);
  expect(values.findIndex((value) => !Number.isNaN(value))).toBe(first);
});
