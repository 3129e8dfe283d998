import fc from "fast-check";
import { expect, test } from "vitest";
import { exponential, power } from "../../lib/engine/exponential.ts";

const epsilon = Number.EPSILON;

test("e^x is within one unit in the last place of Math.exp", () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
      expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThanOrEqual(epsilon * 1.5);
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  [0, 1],
  [-0, 1],
  [1, Math.E],
  [-1, 1 / Math.E],
])("e^%d is %d", (x, value) => {
  expect(Math.abs(exponential(x) - value)).toBeLessThanOrEqual(epsilon * value);
});

test.each([
  [Number.NaN, Number.NaN],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  [Number.NEGATIVE_INFINITY, 0],
  [709.79, Number.POSITIVE_INFINITY],
  [-745.2, 0],
  [-744.5, 5e-324],
])("at the edge, e^%d is %d", (x, value) => {
  expect(exponential(x)).toBe(value);
});

test("the largest finite power of e is finite", () => {
  expect(exponential(709.7827128933839)).toBeGreaterThan(1.797e308);
  expect(exponential(709.7827128933839)).toBeLessThan(Number.POSITIVE_INFINITY);
});

test("base^exponent is near Math.pow: the error of ln grows with the result's own exponent", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      fc.double({ min: -50, max: 50, noNaN: true }),
      (base, exponent) => {
        const expected = base ** exponent;
        const tolerance = epsilon * (2 + Math.abs(exponent * Math.log(base)));
        expect(Math.abs(power(base, exponent) / expected - 1)).toBeLessThanOrEqual(tolerance);
      },
    ),
    { numRuns: 5_000 },
  );
});

test("1 to any power is 1", () => {
  expect([power(1, 252), power(1, -3), power(1, 0)]).toEqual([1, 1, 1]);
});
