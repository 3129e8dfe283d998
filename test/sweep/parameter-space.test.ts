import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalRange } from "../../lib/sweep/decimal-range.ts";
import { parameterAxis } from "../../lib/sweep/parameter-axis.ts";
import { digitsOf, indexOfDigits, parameterSpace } from "../../lib/sweep/parameter-space.ts";
import type { AxisSpec } from "../../lib/sweep/sweep-spec.ts";

function valuesOf(axis: AxisSpec): unknown[] {
  const { count, valueAt } = parameterAxis("p", axis, "space.p");
  return Array.from({ length: count }, (_, index) => valueAt(index));
}

test("steps are the decimals that they print as", () => {
  expect(valuesOf({ from: 0.1, to: 0.5, step: 0.1 })).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
});

test("a step may lead down, and may end before the end", () => {
  expect(valuesOf({ from: 1, to: -0.6, step: -0.5 })).toEqual([1, 0.5, 0, -0.5]);
});

test("a step in powers of ten is exact", () => {
  expect(valuesOf({ from: 1e-8, to: 3e-8, step: 1e-8 })).toEqual([1e-8, 2e-8, 3e-8]);
});

test("a range of any decimals holds every decimal in it and nothing else", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -500, max: 500 }),
      fc.nat(60),
      fc.integer({ min: 1, max: 9 }),
      fc.nat(4),
      (start, n, step, decimals) => {
        const scale = 10 ** decimals;
        const range = decimalRange(start / scale, (start + n * step) / scale, step / scale);
        expect(Array.from({ length: range.count }, (_, i) => range.valueAt(i) + 0)).toEqual(
          Array.from({ length: n + 1 }, (_, i) => (start + i * step) / scale + 0),
        );
      },
    ),
  );
});

test("a log range has equal ratios and exact ends", () => {
  expect(valuesOf({ from: 0.001, to: 10, count: 5, scale: "log", integer: false })).toEqual([0.001, 0.01, 0.1, 1, 10]);
});

test("integers of a log range stand in it once", () => {
  expect(valuesOf({ from: 1, to: 8, count: 7, scale: "log", integer: true })).toEqual([1, 2, 3, 4, 6, 8]);
});

test("a linear range by count has both ends", () => {
  expect(valuesOf({ from: 0, to: 1, count: 4, scale: "linear", integer: false })).toEqual([
    0, 0.333333333333, 0.666666666667, 1,
  ]);
});

test("texts, booleans and one fixed value are axes too", () => {
  expect([valuesOf(["long", "both"]), valuesOf([true, false]), valuesOf(7), valuesOf({ value: "x" })]).toEqual([
    ["long", "both"],
    [true, false],
    [7],
    ["x"],
  ]);
});

test.each<[AxisSpec, string]>([
  [[], "space.p: expected at least one value, found an empty list."],
  [[1, 2, 1], "space.p: expected each value once, found 1 twice."],
  [{ from: 5, to: 1, step: 1 }, "space.p: expected a step that leads from 5 to 1, found 1: the range is empty."],
  [
    { from: 0, to: 1, count: 3, scale: "log", integer: false },
    "space.p.from: expected more than 0 for a log scale, found 0.",
  ],
])("the axis %j is refused", (axis, message) => {
  expect(() => parameterAxis("p", axis, "space.p")).toThrow(message);
});

test("the last axis turns fastest", () => {
  const space = parameterSpace({ fast: [5, 10], slow: [20, 30, 40] });
  expect(Array.from({ length: space.size }, (_, index) => space.pointAt(index))).toEqual([
    { fast: 5, slow: 20 },
    { fast: 5, slow: 30 },
    { fast: 5, slow: 40 },
    { fast: 10, slow: 20 },
    { fast: 10, slow: 30 },
    { fast: 10, slow: 40 },
  ]);
});

test("a point of a space of 10^15 is computed from its number", () => {
  const thousand = { from: 0, to: 999, step: 1 };
  const space = parameterSpace({ a: thousand, b: thousand, c: thousand, d: thousand, e: thousand });
  expect([space.size, space.pointAt(123_456_789_012_345)]).toEqual([1e15, { a: 123, b: 456, c: 789, d: 12, e: 345 }]);
});

test("numbers and digits of points are each other's inverse", () => {
  const { axes, size } = parameterSpace({ a: [1, 2, 3], b: [1, 2], c: { from: 0, to: 1, step: 0.25 } });
  fc.assert(fc.property(fc.nat(size - 1), (index) => indexOfDigits(axes, digitsOf(axes, index)) === index));
});

test("a space that no number can count is refused", () => {
  const million = { from: 1, to: 1_000_000, step: 1 };
  expect(() => parameterSpace({ a: million, b: million, c: million })).toThrow(
    "space: expected at most 2^53 combinations, found 1.0e+18",
  );
});
