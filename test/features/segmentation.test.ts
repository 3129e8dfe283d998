import fc from "fast-check";
import { expect, test } from "vitest";
import { type Bars, sliceBars } from "../../lib/engine/bars.ts";
import { canonicalJson } from "../../lib/engine/canonical-json.ts";
import { ColumnSet } from "../../lib/engine/column-set.ts";
import type { Column } from "../../lib/engine/columns.ts";
import { featureColumns } from "../../lib/features/feature-columns.ts";
import { parseFeatureGrammar } from "../../lib/features/feature-grammar.ts";
import { strategyDocument } from "./strategy-document.ts";

const figures = { "4h_bb.middle_raw": { method: "zscore", mean: 100, std: 5 } } as const;
const columns = featureColumns(parseFeatureGrammar(strategyDocument, "strategy.yaml"), figures).map(
  ({ column }) => column,
);

test("any cuts, with the state through JSON at each, give the same features, bit for bit", () => {
  fc.assert(
    fc.property(hourlyBars, fc.array(fc.nat({ max: 200 })), (bars, cuts) => {
      expect(inPieces(bars, cuts)).toEqual(inPieces(bars, []));
    }),
  );
});

test("a first bar of four hours that is not whole stays so after a cut in it", () => {
  const bars = hourly(
    Array.from({ length: 100 }, (_, i) => 100 + (i % 7)),
    [],
    1,
  );
  expect(inPieces(bars, [1])).toEqual(inPieces(bars, []));
});

test("changing later bars changes no earlier feature", () => {
  fc.assert(
    fc.property(hourlyBars, fc.nat({ max: 200 }), (bars, at) => {
      const until = Math.min(at, bars.close.length);
      const changed = { ...bars };
      for (const field of ["open", "high", "low", "close", "volume"] as const)
        changed[field] = bars[field].map((value, i) => (i < until ? value : value * 2 + 1));
      const [before, after] = [inPieces(bars, []), inPieces(changed, [])];
      expect(after.bits.map((bits) => bits.slice(0, until))).toEqual(before.bits.map((bits) => bits.slice(0, until)));
    }),
  );
});

test("the four-hourly rsi is missing until fifteen of its bars have closed", () => {
  const bars = hourly(
    Array.from({ length: 80 }, (_, i) => 100 + (i % 7)),
    [],
  );
  const set = new ColumnSet(columns, 0);
  set.compute(bars);
  const values = set.view(columns[2]).values;
  expect(values.findIndex((value) => !Number.isNaN(value))).toBe(15 * 4 - 1);
});

const hourlyBars = fc
  .tuple(
    fc.array(
      fc.integer({ min: 9000, max: 11_000 }).map((cents) => cents / 100),
      { minLength: 1, maxLength: 150, size: "max" },
    ),
    fc.array(fc.nat({ max: 150 }), { maxLength: 20 }),
    fc.nat({ max: 3 }),
  )
  .map(([closes, gaps, firstHour]) => hourly(closes, gaps, firstHour));

/** Hourly bars from an hour of a Monday on, without those at `gaps`: where it is not midnight the first bar of four hours is not whole. */
function hourly(closes: readonly number[], gaps: readonly number[], firstHour = 0): Bars {
  const hours = closes.map((_, i) => i).filter((i) => i === 0 || !gaps.includes(i));
  const prices = Float64Array.from(hours, (i) => closes[i]);
  return {
    startBar: 1000,
    openTimeMs: Float64Array.from(hours, (i) => Date.UTC(2024, 5, 3, firstHour) + i * 3_600_000),
    open: prices,
    high: prices.map((price) => price + 1),
    low: prices.map((price) => price - 1),
    close: prices,
    volume: prices.map((_, i) => i),
  };
}

function inPieces(bars: Bars, cuts: readonly number[]) {
  const count = bars.close.length;
  const bounds = [0, ...cuts.filter((cut) => cut < count).toSorted((a, b) => a - b), count];
  const pieces: Float64Array[] = columns.map(() => new Float64Array(count));
  let set = new ColumnSet(columns, 1);
  for (let i = 1; i < bounds.length; i++) {
    set.compute(sliceBars(bars, bars.startBar + bounds[i - 1], bars.startBar + bounds[i]));
    for (const [k, column] of columns.entries()) pieces[k].set(valuesOf(set, column), bounds[i - 1]);
    const saved = JSON.parse(canonicalJson(set.save()));
    set = new ColumnSet(columns, 1);
    set.restore(saved);
  }
  return {
    bits: pieces.map((piece) => Array.from(new BigUint64Array(piece.buffer))),
    state: canonicalJson(set.save()),
  };
}

function valuesOf(set: ColumnSet, column: Column): Float64Array {
  const view = set.view(column);
  return view.values.subarray(view.lookback);
}
