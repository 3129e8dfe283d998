import fc from "fast-check";
import { expect, test } from "vitest";
import { adjustedEma } from "../../lib/indicators/adjusted-ema.ts";
import { adline } from "../../lib/indicators/adline.ts";
import { aroon } from "../../lib/indicators/aroon.ts";
import { close } from "../../lib/indicators/bar-columns.ts";
import { bollingerWidth } from "../../lib/indicators/bollinger-width.ts";
import { cci } from "../../lib/indicators/cci.ts";
import { cmf } from "../../lib/indicators/cmf.ts";
import { distanceFromAverage } from "../../lib/indicators/distance-from-average.ts";
import { fisher } from "../../lib/indicators/fisher.ts";
import { ichimoku } from "../../lib/indicators/ichimoku.ts";
import { keltner } from "../../lib/indicators/keltner.ts";
import { mfi } from "../../lib/indicators/mfi.ts";
import { momentum } from "../../lib/indicators/momentum.ts";
import { obv } from "../../lib/indicators/obv.ts";
import { parabolicSar } from "../../lib/indicators/parabolic-sar.ts";
import { rvi } from "../../lib/indicators/rvi.ts";
import { sma } from "../../lib/indicators/sma.ts";
import { supertrend } from "../../lib/indicators/supertrend.ts";
import { volumeRatio } from "../../lib/indicators/volume-ratio.ts";
import { vwap } from "../../lib/indicators/vwap.ts";
import { williamsR } from "../../lib/indicators/williams-r.ts";
import { zigzag } from "../../lib/indicators/zigzag.ts";
import { barsOf, evaluate } from "./evaluate.ts";
import { expectClose } from "./expect-close.ts";
import * as reference from "./more-references.ts";
import { deviationOf, highestOf, lowestOf, smaOf } from "./references.ts";

test("cci, momentum and Williams %R equal their formulas", () => {
  onBars((x, n) => {
    expectClose(evaluate(cci(n), x.bars), reference.cciOf(x, n), 100);
    expectClose(
      evaluate(momentum(close, n), x.bars),
      x.close.map((c, i) => (i < n ? null : c - x.close[i - n])),
    );
    expectClose(evaluate(williamsR(n), x.bars), reference.williamsOf(x, n));
  });
});

test("obv, the accumulation line, money flow and its index equal their formulas", () => {
  onBars((x, n) => {
    const flows = reference.flowVolumesOf(x);
    expectClose(evaluate(obv(), x.bars), reference.obvOf(x));
    expectClose(
      evaluate(adline(), x.bars),
      flows.map((_, i) => flows.slice(0, i + 1).reduce((a, b) => a + b, 0)),
      1e4,
    );
    expectClose(evaluate(cmf(n), x.bars), reference.cmfOf(x, n), 1);
    expectClose(evaluate(mfi(n), x.bars), reference.mfiOf(x, n), 1);
  });
});

test("vwap and volume ratio equal their formulas", () => {
  onBars((x, n) => {
    expectClose(evaluate(vwap(n), x.bars), reference.vwapOf(x, n));
    expectClose(evaluate(vwap(0), x.bars), reference.vwapOf(x, 0));
    expectClose(evaluate(volumeRatio(n), x.bars), reference.volumeRatioOf(x, n));
  });
});

test("aroon equals its formula", () => {
  onBars((x, n) => {
    const { up, down } = reference.aroonOf(x, n);
    expectClose(evaluate(aroon(n).up, x.bars), up);
    expectClose(evaluate(aroon(n).down, x.bars), down);
    expectClose(
      evaluate(aroon(n).oscillator, x.bars),
      up.map((u, i) => (u === null ? null : u - Number(down[i]))),
      100,
    );
  });
});

test("keltner, supertrend and the parabolic stop equal their formulas", () => {
  onBars((x, n) => {
    const expected = reference.supertrendOf(x, n, 1.5);
    expectClose(evaluate(keltner(n, n, 2).upper, x.bars), reference.keltnerUpperOf(x, n, 2));
    expectClose(evaluate(supertrend(n, 1.5).trend, x.bars), expected.trend);
    expectClose(evaluate(supertrend(n, 1.5).direction, x.bars), expected.direction);
    expectClose(evaluate(parabolicSar(0.02, 0.06).sar, x.bars), reference.parabolicSarOf(x, 0.02, 0.06));
  });
});

test("ichimoku equals its formula", () => {
  onBars((x, n) => {
    const lines = ichimoku({ conversion: n, base: n + 2, spanB: n + 5, displacement: 3 });
    const middleOf = (length: number) =>
      highestOf(x.high, length).map((top, i) => (top === null ? null : (top + Number(lowestOf(x.low, length)[i])) / 2));
    const conversion = middleOf(n);
    const base = middleOf(n + 2);
    const spanA = base.map((b, i) => (b === null ? null : (b + Number(conversion[i])) / 2));
    expectClose(evaluate(lines.conversion, x.bars), conversion);
    expectClose(evaluate(lines.spanA, x.bars), [null, null, null, ...spanA].slice(0, x.close.length));
    expectClose(evaluate(lines.spanB, x.bars), [null, null, null, ...middleOf(n + 5)].slice(0, x.close.length));
  });
});

test("fisher and rvi equal their formulas", () => {
  onBars((x, n) => {
    expectClose(evaluate(fisher(n).fisher, x.bars), reference.fisherOf(x, n), 1);
    expectClose(evaluate(rvi(n).rvi, x.bars), reference.rviOf(x, n), 1);
  });
});

test("Bollinger width, distance from an average and the adjusted EMA equal their formulas", () => {
  onBars((x, n) => {
    const means = smaOf(x.close, n);
    const deviations = deviationOf(x.close, n, 0);
    expectClose(
      evaluate(bollingerWidth(close, n, 2, "population"), x.bars),
      means.map((mean, i) => (mean === null ? null : (4 * Number(deviations[i])) / mean)),
      1,
    );
    expectClose(evaluate(distanceFromAverage(close, sma(close, n)), x.bars), reference.distanceOf(x.close, n), 100);
    expectClose(evaluate(adjustedEma(close, n), x.bars), reference.adjustedEmaOf(x.close, n));
  });
});

test("zigzag shows a pivot from the bar on at which the price has moved back by the threshold", () => {
  //                         pivot 100     top 120 …      … confirmed at 107, bottom 105, confirmed at 116
  const bars = barsOf([100, 104, 111, 120, 115, 107, 105, 110, 116]);
  const { pivot, direction, extreme } = zigzag(close, 0.1);
  const none = Number.NaN;
  expect(Array.from(evaluate(pivot, bars))).toEqual([none, none, 100, 100, 100, 120, 120, 120, 105]);
  expect(Array.from(evaluate(direction, bars))).toEqual([none, none, 1, 1, 1, -1, -1, -1, 1]);
  expect(Array.from(evaluate(extreme, bars))).toEqual([none, none, 111, 120, 120, 107, 105, 105, 116]);
});

test.each([
  ["parabolic-sar", "step", () => parabolicSar(0.3, 0.2)],
  ["zigzag", "threshold", () => zigzag(close, 5)],
  ["vwap", "length", () => vwap(-1)],
  ["cci", "length", () => cci(0)],
])("%s refuses a wrong %s by name", (indicator, parameter, build) => {
  expect(build).toThrow(new RegExp(`"${indicator}".*"${parameter}"`));
});

type Series = reference.BarSeries & { readonly bars: ReturnType<typeof barsOf> };

/** Checks random bars in cents, with flat bars, ties and bars without volume, and lengths from 1 to 20. */
function onBars(check: (bars: Series, length: number) => void): void {
  const cents = (min: number, max: number) => fc.integer({ min, max }).map((value) => value / 100);
  const bar = fc.record({
    close: fc.oneof(cents(5000, 15_000), fc.constantFrom(100, 100.1)),
    up: fc.oneof(cents(0, 300), fc.constant(0)),
    down: fc.oneof(cents(0, 300), fc.constant(0)),
    opensHigh: fc.boolean(),
    volume: fc.oneof(fc.nat({ max: 1000 }), fc.constant(0)),
  });
  fc.assert(
    fc.property(fc.array(bar, { maxLength: 90, size: "max" }), fc.integer({ min: 1, max: 20 }), (rows, length) => {
      const closes = rows.map((row) => row.close);
      const high = rows.map((row) => row.close + row.up);
      const low = rows.map((row) => row.close - row.down);
      const open = rows.map((row, i) => (row.opensHigh ? high[i] : low[i]));
      const volume = rows.map((row) => row.volume);
      check({ close: closes, high, low, open, volume, bars: barsOf(closes, { high, low, open, volume }) }, length);
    }),
  );
}
