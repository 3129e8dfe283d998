import fc from "fast-check";
import { expect, test } from "vitest";
import { type AskingPlace, cutStretches, isWorthIt } from "../../lib/run/stretches.ts";

const unlimited = { mostMs: Number.POSITIVE_INFINITY, mostBytes: Number.POSITIVE_INFINITY };
const threads: AskingPlace = { atOnce: 4, startMs: 1_000, ...unlimited };
const bars = { startBar: 0, endBar: 102_400 };

test("stretches are alike where the features cost nothing", () => {
  const cost = { features: 0, asking: 1 };
  expect(cutStretches(bars, cost, threads, 12)).toEqual([
    { startBar: 0, endBar: 25_600 },
    { startBar: 25_600, endBar: 51_200 },
    { startBar: 51_200, endBar: 76_800 },
    { startBar: 76_800, endBar: 102_400 },
  ]);
});

test("a later stretch, with more features before it, has fewer bars, so that all end together", () => {
  const cost = { features: 1, asking: 1 };
  // Lengths of 8, 4, 2 and 1 of 15 parts: 54,613, 81,920 and 95,573 bars, each up to the end of a block of 1,024.
  const stretches = cutStretches(bars, cost, threads, 12);
  expect(stretches.map(({ endBar }) => endBar)).toEqual([55_296, 81_920, 96_256, 102_400]);
  const took = stretches.map(({ startBar, endBar }) => endBar + (endBar - startBar));
  expect(Math.max(...took) - Math.min(...took)).toBeLessThan(4 * 1_024);
});

test("stretches from any bar on end at the ends of inference blocks", () => {
  const stretches = cutStretches({ startBar: 1_000, endBar: 9_000 }, { features: 0, asking: 1 }, threads, 12);
  expect(stretches.map(({ endBar }) => endBar)).toEqual([3_072, 5_120, 7_168, 9_000]);
});

test("there are no more stretches than have as long to ask as to start, but two", () => {
  const cost = { features: 0, asking: 0.025 };
  expect(cutStretches(bars, cost, threads, 12)).toHaveLength(3);
  expect(cutStretches(bars, { features: 0, asking: 0.001 }, threads, 12)).toHaveLength(2);
});

test("they end where the longest time that one may take does", () => {
  // Each of four asks about a quarter of the bars: 40,960 of them take 10,240 ms.
  const stretches = cutStretches(bars, { features: 0, asking: 1 }, { ...threads, mostMs: 10_240 }, 12);
  expect(stretches.map(({ endBar }) => endBar)).toEqual([10_240, 20_480, 30_720, 40_960]);
});

test("they end where the room for the answers does", () => {
  const stretches = cutStretches(bars, { features: 0, asking: 1 }, { ...threads, mostBytes: 12 * 8_192 }, 12);
  expect(stretches.at(-1)?.endBar).toBe(8_192);
});

test("they follow one another without a gap, whatever asking costs", () => {
  const cost = fc.record({
    features: fc.double({ min: 0, max: 2, noNaN: true }),
    asking: fc.double({ min: 0, max: 2, noNaN: true }),
  });
  fc.assert(
    fc.property(
      cost,
      fc.nat(1_000),
      fc.integer({ min: 1, max: 500_000 }),
      fc.integer({ min: 1, max: 40 }),
      (cost, startBar, count, atOnce) => {
        const stretches = cutStretches(
          { startBar, endBar: startBar + count },
          cost,
          { ...threads, atOnce, mostMs: 150_000 },
          12,
        );
        expect(stretches[0].startBar).toBe(startBar);
        for (const [i, stretch] of stretches.entries()) {
          expect(stretch.endBar).toBeGreaterThan(stretch.startBar);
          if (i > 0) expect(stretch.startBar).toBe(stretches[i - 1].endBar);
        }
        expect(stretches.at(-1)?.endBar).toBeLessThanOrEqual(startBar + count);
      },
    ),
  );
});

test("two stretches are worth it when start, the longer one and the features once more are less than nine tenths", () => {
  const halves = [
    { startBar: 0, endBar: 50_000 },
    { startBar: 50_000, endBar: 100_000 },
  ];
  const cost = { features: 0.1, asking: 1 };
  // As it goes 110,000 ms; ahead startMs + (10,000 + 50,000) + 10,000: 99,000 for a start of 29,000.
  const place = (startMs: number) => ({ ...threads, startMs });
  expect(isWorthIt(halves, cost, place(28_000))).toBe(true);
  expect(isWorthIt(halves, cost, place(29_500))).toBe(false);
});

test("nothing is worth it where one goes after the other, or the features are most of the work", () => {
  const cut = cutStretches(bars, { features: 1, asking: 1 }, threads, 12);
  expect(isWorthIt(cut, { features: 1, asking: 1 }, threads)).toBe(false);
  const even = cutStretches(bars, { features: 0, asking: 1 }, { ...threads, atOnce: 1 }, 12);
  expect(isWorthIt(even, { features: 0, asking: 1 }, { ...threads, atOnce: 1 })).toBe(false);
});
