import { expect, test } from "vitest";
import type { Column } from "../../lib/engine/columns.ts";
import { above } from "../../lib/indicators/above.ts";
import { adx } from "../../lib/indicators/adx.ts";
import { atr } from "../../lib/indicators/atr.ts";
import { close } from "../../lib/indicators/bar-columns.ts";
import { bollinger } from "../../lib/indicators/bollinger.ts";
import { constant } from "../../lib/indicators/constant.ts";
import { cross } from "../../lib/indicators/cross.ts";
import { donchian } from "../../lib/indicators/donchian.ts";
import { ema } from "../../lib/indicators/ema.ts";
import { highest, lowest } from "../../lib/indicators/highest-lowest.ts";
import { lag } from "../../lib/indicators/lag.ts";
import { macd } from "../../lib/indicators/macd.ts";
import { roc } from "../../lib/indicators/roc.ts";
import { rsi } from "../../lib/indicators/rsi.ts";
import { sma } from "../../lib/indicators/sma.ts";
import { standardDeviation } from "../../lib/indicators/standard-deviation.ts";
import { stochastic } from "../../lib/indicators/stochastic.ts";
import { wma } from "../../lib/indicators/wma.ts";
import { barsOf, evaluate } from "./evaluate.ts";

const bars = barsOf(Array.from({ length: 60 }, (_, i) => 100 + (i % 7)));

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
