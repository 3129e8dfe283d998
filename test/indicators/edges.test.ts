import { expect, test } from "vitest";
import { InputError } from "../../lib/engine/input-error.ts";
import { above } from "../../lib/indicators/above.ts";
import { adx } from "../../lib/indicators/adx.ts";
import { atr } from "../../lib/indicators/atr.ts";
import { close, volume } from "../../lib/indicators/bar-columns.ts";
import { bollinger } from "../../lib/indicators/bollinger.ts";
import { constant } from "../../lib/indicators/constant.ts";
import { cross } from "../../lib/indicators/cross.ts";
import { lag } from "../../lib/indicators/lag.ts";
import { macd } from "../../lib/indicators/macd.ts";
import { roc } from "../../lib/indicators/roc.ts";
import { rsi } from "../../lib/indicators/rsi.ts";
import { sma, smaKernel } from "../../lib/indicators/sma.ts";
import { standardDeviation } from "../../lib/indicators/standard-deviation.ts";
import { rangePositionKernel, stochastic } from "../../lib/indicators/stochastic.ts";
import { barsOf, evaluate } from "./evaluate.ts";
import { expectClose } from "./expect-close.ts";
import { deviationOf, smaOf } from "./references.ts";

const { NaN: none } = Number;

test("cross is +1 where the first passes from below to above, -1 on the way back", () => {
  const crosses = evaluate(cross(close, constant(10)), barsOf([9, 11, 12, 9, 8, 11]));
  expect(Array.from(crosses)).toEqual([0, 1, 0, -1, 0, 1]);
});

test("cross is 0 at a touch and at the bar after it", () => {
  expect(Array.from(evaluate(cross(close, constant(10)), barsOf([9, 10, 11, 10, 9])))).toEqual([0, 0, 0, 0, 0]);
});

test("cross is 0 at the first bar at which both are defined", () => {
  const crosses = evaluate(cross(close, lag(close, 2)), barsOf([10, 10, 12, 9]));
  expect(Array.from(crosses)).toEqual([0, 0, 0, -1]);
});

test("cross sees differences whose product is too small for a number", () => {
  const tiny = 1e-300;
  const crosses = evaluate(cross(close, constant(0)), barsOf([-tiny, tiny, -tiny]));
  expect(Array.from(crosses)).toEqual([0, 1, -1]);
});

test("above is the sign of the difference, 0 while undefined", () => {
  expect(Array.from(evaluate(above(close, lag(close, 1)), barsOf([5, 6, 6, 4])))).toEqual([0, 1, 0, -1]);
});

test("lag(2) shows the value two bars ago", () => {
  expect(Array.from(evaluate(lag(close, 2), barsOf([1, 2, 3, 4])))).toEqual([none, none, 1, 2]);
});

test("rsi is 50 while nothing moves, 100 while nothing falls and 0 while nothing rises", () => {
  expect(evaluate(rsi(close, 2), barsOf([5, 5, 5]))[2]).toBe(50);
  expect(evaluate(rsi(close, 2), barsOf([5, 6, 6]))[2]).toBe(100);
  expect(evaluate(rsi(close, 2), barsOf([5, 4, 4]))[2]).toBe(0);
});

test("stochastic is 50 while high and low are the same", () => {
  expect(evaluate(stochastic(2, 1, 1).d, barsOf([7, 7]))[1]).toBe(50);
});

test("stochastic is undefined where the close is, even if high and low are the same", () => {
  const positions = new Float64Array(1);
  rangePositionKernel
    .create({})
    .update([Float64Array.of(7), Float64Array.of(7), Float64Array.of(none)], [positions], 0);
  expect(positions[0]).toBeNaN();
});

test("a bar that reaches as far above the one before as below it has no directional movement", () => {
  const bars = barsOf([10, 10], { high: [11, 12], low: [9, 8] });
  expect(evaluate(adx(1).plusDi, bars)[1]).toBe(0);
  expect(evaluate(adx(1).minusDi, bars)[1]).toBe(0);
});

test("adx and both indicators are 0 while nothing moves", () => {
  const { adx: index, plusDi, minusDi } = adx(2);
  for (const column of [index, plusDi, minusDi]) expect(evaluate(column, barsOf([7, 7, 7, 7]))[3]).toBe(0);
});

test("atr counts the gap from the previous close", () => {
  const bars = barsOf([10, 20], { high: [11, 21], low: [9, 19] });
  // True ranges: 11 − 9 = 2 and 21 − 10 = 11.
  expect(evaluate(atr(2), bars)[1]).toBe(6.5);
});

test("roc is undefined where the earlier value is 0", () => {
  expect(Array.from(evaluate(roc(close, 1), barsOf([0, 5, 10])))).toEqual([none, none, 100]);
});

test("a deviation of equal values is exactly 0, also after others have left the window", () => {
  const bars = barsOf([1e9, 3, 0.1, 0.1, 0.1, 0.1, 0.1]);
  expect(Array.from(evaluate(standardDeviation(close, 3, "population"), bars).subarray(4))).toEqual([0, 0, 0]);
});

test("Bollinger bands lie on the price while it stands still", () => {
  const bars = barsOf([100, 99, 20.1, 20.1, 20.1, 20.1]);
  const { middle, upper, lower } = bollinger(close, 3, 2);
  for (const band of [middle, upper, lower]) expect(evaluate(band, bars)[5]).toBe(20.1);
});

test("a deviation keeps nine digits on prices of a million with noise of a millionth, after a jump and a trend", () => {
  const noise = Array.from({ length: 3000 }, (_, i) => 1e6 + ((i * 7919) % 101) * 1e-6);
  const closes = noise.map((price, i) => price + (i === 500 ? 1e5 : 0) + (i > 1500 && i < 2000 ? i - 1500 : 0));
  expectClose(evaluate(standardDeviation(close, 20, "population"), barsOf(closes)), deviationOf(closes, 20, 0));
});

test("a deviation keeps nine digits when the level moves by ten thousand times the noise", () => {
  const closes = Array.from({ length: 3000 }, (_, i) => 100 + (Math.floor(i / 150) % 2) + ((i * 7919) % 101) * 1e-6);
  expectClose(evaluate(standardDeviation(close, 20, "population"), barsOf(closes)), deviationOf(closes, 20, 0));
});

test("a mean does not drift over a hundred thousand bars", () => {
  const closes = Array.from({ length: 100_000 }, (_, i) => 1e6 * (1 + (i % 3)) + ((i * 7919) % 1009) * 0.01);
  const means = evaluate(sma(close, 50), barsOf(closes));
  const lastWindow = smaOf(closes.slice(-50), 50).at(-1);
  expect(Math.abs(means[99_999] - Number(lastWindow))).toBeLessThan(1e-6);
});

test("a value that is undefined begins the warm-up again", () => {
  const kernel = smaKernel.create({ length: 2 });
  const means = new Float64Array(7);
  kernel.update([Float64Array.of(none, 1, 3, none, 5, 7, 9)], [means], 0);
  expect(Array.from(means)).toEqual([none, none, 2, none, none, 6, 8]);
});

test("a state of another shape is refused by name of the field", () => {
  expect(() => smaKernel.create({ length: 2 }).restore({ recent: "text" })).toThrow(/a list of numbers as "recent"/);
});

test.each([
  ["sma", "length", () => sma(close, 0)],
  ["sma", "length", () => sma(close, 2.5)],
  ["sma", "length", () => sma(close, none)],
  ["sma", "length", () => sma(volume, 1_000_001)],
  ["standard-deviation", "length", () => standardDeviation(close, 1, "sample")],
  ["bollinger", "deviations", () => bollinger(close, 20, Number.POSITIVE_INFINITY)],
  ["macd", "signal", () => macd(close, 12, 26, 0)],
  ["macd", "fast", () => macd(close, 26, 26, 9)],
  ["stochastic", "smooth", () => stochastic(14, -1, 3)],
  ["constant", "value", () => constant(none)],
])("%s refuses a wrong %s by name", (indicator, parameter, build) => {
  expect(build).toThrow(InputError);
  expect(build).toThrow(new RegExp(`"${indicator}".*"${parameter}"`));
});
