import { expect, test } from "vitest";
import type { Column } from "../../lib/engine/columns.ts";
import { above } from "../../lib/indicators/above.ts";
import { adjustedEma } from "../../lib/indicators/adjusted-ema.ts";
import { adline } from "../../lib/indicators/adline.ts";
import { adx } from "../../lib/indicators/adx.ts";
import { aroon } from "../../lib/indicators/aroon.ts";
import { atr } from "../../lib/indicators/atr.ts";
import { close } from "../../lib/indicators/bar-columns.ts";
import { bollinger } from "../../lib/indicators/bollinger.ts";
import { bollingerWidth } from "../../lib/indicators/bollinger-width.ts";
import { cci } from "../../lib/indicators/cci.ts";
import { cmf } from "../../lib/indicators/cmf.ts";
import { constant } from "../../lib/indicators/constant.ts";
import { cross } from "../../lib/indicators/cross.ts";
import { recursiveAdx } from "../../lib/indicators/directional-movement.ts";
import { distanceFromAverage } from "../../lib/indicators/distance-from-average.ts";
import { donchian } from "../../lib/indicators/donchian.ts";
import { ema } from "../../lib/indicators/ema.ts";
import { fisher } from "../../lib/indicators/fisher.ts";
import { highest, lowest } from "../../lib/indicators/highest-lowest.ts";
import { ichimoku } from "../../lib/indicators/ichimoku.ts";
import { keltner } from "../../lib/indicators/keltner.ts";
import { lag } from "../../lib/indicators/lag.ts";
import { macd } from "../../lib/indicators/macd.ts";
import { mfi } from "../../lib/indicators/mfi.ts";
import { momentum } from "../../lib/indicators/momentum.ts";
import { obv } from "../../lib/indicators/obv.ts";
import { parabolicSar } from "../../lib/indicators/parabolic-sar.ts";
import { roc } from "../../lib/indicators/roc.ts";
import { rsi } from "../../lib/indicators/rsi.ts";
import { rvi } from "../../lib/indicators/rvi.ts";
import { sma } from "../../lib/indicators/sma.ts";
import { standardDeviation } from "../../lib/indicators/standard-deviation.ts";
import { stochastic } from "../../lib/indicators/stochastic.ts";
import { supertrend } from "../../lib/indicators/supertrend.ts";
import { trueRange } from "../../lib/indicators/true-range.ts";
import { volumeRatio } from "../../lib/indicators/volume-ratio.ts";
import { vwap } from "../../lib/indicators/vwap.ts";
import { williamsR } from "../../lib/indicators/williams-r.ts";
import { wma } from "../../lib/indicators/wma.ts";
import { zigzag } from "../../lib/indicators/zigzag.ts";
import { barsOf, evaluate } from "./evaluate.ts";

const closes = Array.from({ length: 60 }, (_, i) => 100 + (i % 7));
const bars = barsOf(closes, { volume: closes });

const cases: readonly (readonly [string, Column, number])[] = [
  ["sma(5)", sma(close, 5), 4],
  ["wma(5)", wma(close, 5), 4],
  ['ema(5, "first")', ema(close, 5, "first"), 0],
  ['ema(5, "sma")', ema(close, 5, "sma"), 4],
  ["rsi(5)", rsi(close, 5), 5],
  ["macd(12, 26, 9) line", macd(close, 12, 26, 9).line, 33],
  ["macd(12, 26, 9) histogram", macd(close, 12, 26, 9).histogram, 33],
  ["macd(1, 2, 1) signal", macd(close, 1, 2, 1).signal, 1],
  ["bollinger(5) upper", bollinger(close, 5, 2).upper, 4],
  ["standardDeviation(5)", standardDeviation(close, 5, "sample"), 4],
  ["atr(5)", atr(5), 4],
  ["stochastic(5, 3, 2) k", stochastic(5, 3, 2).k, 6],
  ["stochastic(5, 3, 2) d", stochastic(5, 3, 2).d, 7],
  ["adx(5) plusDi", adx(5).plusDi, 5],
  ["adx(5) minusDi", adx(5).minusDi, 5],
  ["adx(5) adx", adx(5).adx, 9],
  ["donchian(5) middle", donchian(5).middle, 4],
  ["highest(5)", highest(close, 5), 4],
  ["lowest(5)", lowest(close, 5), 4],
  ["roc(5)", roc(close, 5), 5],
  ["lag(5)", lag(close, 5), 5],
  ["cross", cross(close, sma(close, 5)), 0],
  ["above", above(close, sma(close, 5)), 0],
  ["constant", constant(3), 0],
  ["adjustedEma(5)", adjustedEma(close, 5), 0],
  ["cci(5)", cci(5), 4],
  ["momentum(5)", momentum(close, 5), 5],
  ["williamsR(5)", williamsR(5), 4],
  ["obv", obv(), 0],
  ["adline", adline(), 0],
  ["cmf(5)", cmf(5), 4],
  ["mfi(5)", mfi(5), 5],
  ["vwap(5)", vwap(5), 4],
  ["vwap(0)", vwap(0), 0],
  ["aroon(5) up", aroon(5).up, 5],
  ["aroon(5) oscillator", aroon(5).oscillator, 5],
  ["true range", trueRange, 0],
  ["keltner(5, 8) upper", keltner(5, 8, 2).upper, 7],
  ["supertrend(5) trend", supertrend(5, 3).trend, 4],
  ["ichimoku spanA", ichimoku({ conversion: 3, base: 5, spanB: 10, displacement: 4 }).spanA, 8],
  ["ichimoku spanB", ichimoku({ conversion: 3, base: 5, spanB: 10, displacement: 4 }).spanB, 13],
  ["parabolicSar sar", parabolicSar(0.02, 0.2).sar, 1],
  ["parabolicSar direction", parabolicSar(0.02, 0.2).direction, 1],
  ["fisher(5)", fisher(5).fisher, 4],
  ["fisher(5) signal", fisher(5).signal, 5],
  ["rvi(5)", rvi(5).rvi, 7],
  ["rvi(5) signal", rvi(5).signal, 10],
  ["recursiveAdx(5) adx", recursiveAdx(5).adx, 9],
  ["recursiveAdx(5) plusDi", recursiveAdx(5).plusDi, 5],
  ["bollingerWidth(5)", bollingerWidth(close, 5, 2, "population"), 4],
  ["distanceFromAverage", distanceFromAverage(close, sma(close, 5)), 4],
  ["volumeRatio(5)", volumeRatio(5), 4],
  ["zigzag(0.05) pivot", zigzag(close, 0.05).pivot, 5],
  ["sma(3) of rsi(5)", sma(rsi(close, 5), 3), 7],
  ['ema(3, "first") of sma(5)', ema(sma(close, 5), 3, "first"), 4],
];

test.each(cases)(
  "%s is first defined at its documented bar, and at every bar after it",
  (_name, column, firstDefined) => {
    const isDefined = Array.from(evaluate(column, bars), (value) => !Number.isNaN(value));
    expect(isDefined).toEqual(isDefined.map((_, i) => i >= firstDefined));
  },
);
