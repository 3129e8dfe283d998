import fc from "fast-check";
import { expect, test } from "vitest";
import { type CurvePoint, CurveThinner, type PriceBar, PriceThinner } from "../../lib/report/thinning.ts";

const value = fc.double({ min: 1, max: 1e6, noNaN: true });
const curve = fc.array(
  fc.record({
    equity: fc.option(value),
    drawdown: fc.option(fc.double({ min: -1, max: 0, noNaN: true })),
    benchmark: value,
  }),
  { minLength: 1, maxLength: 400 },
);

test("a thinned curve keeps the first and the last point and every extreme, in order", () => {
  fc.assert(
    fc.property(curve, fc.integer({ min: 7, max: 100 }), (values, limit) => {
      const points = values.map((point, bar): CurvePoint => ({ bar, timeMs: bar * 60_000, ...point }));
      const kept = thinned(points, limit);

      expect(kept[0]).toBe(points[0]);
      expect(kept.at(-1)).toBe(points.at(-1));
      for (const field of ["equity", "drawdown", "benchmark"] as const) {
        expect(lowest(kept, field)).toBe(lowest(points, field));
        if (field !== "drawdown") expect(highest(kept, field)).toBe(highest(points, field));
      }
      expect(kept.every((point, i) => i === 0 || point.bar > (kept[i - 1]?.bar ?? 0))).toBe(true);
    }),
  );
});

test("a thinned curve stays within its limit and one more bucket", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 7, max: 300 }), (count, limit) => {
      const points = Array.from({ length: count }, (_, bar) => ({
        bar,
        timeMs: bar,
        equity: 1,
        drawdown: 0,
        benchmark: 1,
      }));
      expect(thinned(points, limit).length).toBeLessThanOrEqual(limit + 7);
    }),
  );
});

test("a curve within the limit is kept whole", () => {
  const points = [3, 1, 2].map((equity, bar) => ({ bar, timeMs: bar, equity, drawdown: 0, benchmark: 1 }));
  expect(thinned(points, 4_000)).toEqual(points);
});

test("joined bars have the first open, the highest high, the lowest low and the last close", () => {
  const thinner = new PriceThinner(2);
  const bars: PriceBar[] = [
    { startBar: 5, timeMs: 0, open: 10, high: 12, low: 9, close: 11 },
    { startBar: 6, timeMs: 1, open: 11, high: 15, low: 8, close: 14 },
    { startBar: 7, timeMs: 2, open: 14, high: 14, low: 13, close: 13 },
  ];
  for (const bar of bars) thinner.push(bar);
  expect(thinner.bars).toEqual([{ startBar: 5, timeMs: 0, open: 10, high: 15, low: 8, close: 14 }, bars[2]]);
});

function thinned(points: readonly CurvePoint[], limit: number): readonly CurvePoint[] {
  const thinner = new CurveThinner(points.length, limit);
  for (const point of points) thinner.push(point);
  return thinner.end();
}

function lowest(points: readonly CurvePoint[], field: "equity" | "drawdown" | "benchmark"): number {
  return Math.min(...points.flatMap((point) => point[field] ?? []));
}

function highest(points: readonly CurvePoint[], field: "equity" | "benchmark"): number {
  return Math.max(...points.flatMap((point) => point[field] ?? []));
}
