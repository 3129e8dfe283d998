import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sliceBars } from "../../lib/engine/bars.ts";
import { EquityCurve } from "../../lib/engine/equity-curve.ts";
import { barsOf } from "./bars-of.ts";

const hourMs = 3_600_000;

/** The figures of an account of 100 that holds one unit more than its cash of 0 at these closes, in chunks that begin at `starts`. */
function figures(closes: readonly number[], starts: readonly number[] = []) {
  const bars = barsOf(closes, { firstMs: 0 });
  const curve = new EquityCurve(100);
  const cuts = [0, ...starts, closes.length];
  let current = curve;
  for (let k = 1; k < cuts.length; k++) {
    const piece = sliceBars(bars, cuts[k - 1] as number, cuts[k] as number);
    const count = piece.close.length;
    if (count === 0) continue;
    current = new EquityCurve(100, JSON.parse(JSON.stringify(current.figures)));
    current.hold(0, 1, piece, new Float64Array(count), 0, count);
    current.endChunk(
      piece,
      piece.close,
      Int32Array.from({ length: count }, (_, i) => i),
    );
  }
  current.end(closes.at(-1) ?? 0, (closes.length - 1) * hourMs);
  return current.figures;
}

describe("drawdown", () => {
  //              0    1    2   3    4    5    6
  const closes = [100, 110, 99, 105, 110, 104, 120];

  test("is the largest fall from a peak, with the times of peak, trough and recovery", () => {
    expect(figures(closes)).toMatchObject({
      maxDrawdown: 11 / 110,
      maxDrawdownAmount: 11,
      maxDrawdownPeakTimeMs: 1 * hourMs,
      maxDrawdownTroughTimeMs: 2 * hourMs,
      maxDrawdownRecoveryTimeMs: 4 * hourMs,
    });
  });

  test("spells last from the peak to the recovery: three hours and two", () => {
    expect(figures(closes)).toMatchObject({ spells: 2, spellMsSum: 5 * hourMs, longestSpellMs: 3 * hourMs });
  });

  test("has the same dates wherever the chunks are cut", () => {
    for (let cut = 1; cut < closes.length; cut++) expect(figures(closes, [cut])).toEqual(figures(closes));
  });

  test("that does not recover ends with the data, without a recovery", () => {
    expect(figures([100, 80, 90])).toMatchObject({
      maxDrawdown: 0.2,
      maxDrawdownPeakTimeMs: 0,
      maxDrawdownRecoveryTimeMs: null,
      spells: 1,
      longestSpellMs: 2 * hourMs,
    });
  });

  test("begins where the peak was last reached", () => {
    expect(figures([100, 100, 100, 90])).toMatchObject({ maxDrawdownPeakTimeMs: 2 * hourMs, longestSpellMs: hourMs });
  });

  test("from the first bar on is measured from the cash at the start", () => {
    expect(figures([90, 95])).toMatchObject({ maxDrawdown: 0.1, maxDrawdownPeakTimeMs: 0, maxDrawdownTroughTimeMs: 0 });
  });

  test("its fraction and its amount may come from different spells", () => {
    const { maxDrawdown, maxDrawdownAmount } = figures([100, 50, 1_000, 900, 1_000]);
    expect([maxDrawdown, maxDrawdownAmount]).toEqual([0.5, 100]);
  });
});

test("every figure is the same for every cut into chunks", () => {
  const closes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(closes, fc.array(fc.nat({ max: 39 }), { maxLength: 6 }), (list, cuts) => {
      const starts = cuts.filter((cut) => cut < list.length).sort((a, b) => a - b);
      expect(figures(list, starts)).toEqual(figures(list));
    }),
  );
});
