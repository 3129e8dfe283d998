import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  add,
  type Fixed,
  floorToStep,
  formatFixed,
  multiply,
  one,
  parseFixed,
  proportion,
  subtract,
  times,
  toFixed,
  toNumber,
} from "../../lib/engine/money.ts";

const huge = 2n ** 53n;
/** Counts on both sides of 2⁵³, in the one form that each has. */
const counts = fc.bigInt(-(2n ** 70n), 2n ** 70n).map(fixed);

/** A count as the module keeps it: a number while float64 holds it exactly. */
function fixed(count: bigint): Fixed {
  return count < huge && count > -huge ? Number(count) : count;
}

describe("one form for each amount", () => {
  test("2⁵³ - 1 counts are a number, one more are a bigint", () => {
    expect(add(9_007_199_254_740_990, 1)).toBe(9_007_199_254_740_991);
    expect(add(9_007_199_254_740_991, 1)).toBe(9_007_199_254_740_992n);
  });

  test("a bigint that becomes small is a number again", () => {
    expect(subtract(9_007_199_254_740_992n, 1)).toBe(9_007_199_254_740_991);
  });

  test("sums and differences are those of integers, on both sides of 2⁵³", () => {
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        expect(add(a, b)).toBe(fixed(BigInt(a) + BigInt(b)));
        expect(subtract(a, b)).toBe(fixed(BigInt(a) - BigInt(b)));
      }),
    );
  });
});

describe("rounding", () => {
  test.each([
    [1, 0.5, 1],
    [-1, 0.5, -1],
    [3, 0.5, 2],
    [-3, 0.5, -2],
    [1, 0.4, 0],
    [5, 0.1, 1],
    [4, 0.1, 0],
  ])("%d counts times %d are %d: halves go away from zero", (value, factor, product) => {
    expect(multiply(value, factor)).toBe(product);
  });

  test("nothing is never negative zero", () => {
    expect(Object.is(multiply(-1, 0.4), 0)).toBe(true);
    expect(Object.is(multiply(0, -3), 0)).toBe(true);
    expect(Object.is(subtract(5, 5), 0)).toBe(true);
  });

  test("10 units at 450.225 are worth 4502.25 exactly", () => {
    expect(formatFixed(multiply(toFixed(10), 450.225))).toBe("4502.25");
  });

  test("a large product is that of the decimals: 10 million units at 0.1 are a million", () => {
    expect(formatFixed(multiply(toFixed(10_000_000), 0.1))).toBe("1000000");
    expect(formatFixed(multiply(toFixed(123_456_789), 1.1))).toBe("135802467.9");
  });

  test("a large product's half goes away from zero too", () => {
    const odd = 10n ** 17n + 1n;
    expect(multiply(odd, 0.5)).toBe(50_000_000_000_000_001n);
    expect(multiply(-odd, 0.5)).toBe(-50_000_000_000_000_001n);
  });

  test("a half that float64 misses is a half still: 0.54254735 units at 76.1 are worth 41.287853335", () => {
    expect(54_254_735 * 76.1).toBeLessThan(4_128_785_333.5);
    expect(multiply(54_254_735, 76.1)).toBe(4_128_785_334);
    expect(multiply(-54_254_735, 76.1)).toBe(-4_128_785_334);
  });

  test("every product is that of the decimals, rounded once", () => {
    const prices = fc.integer({ min: 0, max: 10 ** 9 }).map((digits) => digits / 10_000);
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 11), max: 10 ** 11 }), prices, (value, price) => {
        const tenThousandths = BigInt(value) * BigInt(Math.round(price * 10_000));
        const size = (tenThousandths < 0n ? -tenThousandths : tenThousandths) + 5_000n;
        expect(BigInt(multiply(value, price))).toBe((value < 0 ? -1n : 1n) * (size / 10_000n));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses %d", (value) => {
    expect(() => toFixed(value)).toThrow(RangeError);
  });

  test("shares of an amount are rounded, halves away from zero", () => {
    expect([proportion(10, 1, 3), proportion(11, 1, 2), proportion(-11, 1, 2)]).toEqual([3, 6, -6]);
  });

  test("the whole share is the amount, no share is nothing", () => {
    expect([proportion(7, 3, 3), proportion(7, 0, 3)]).toEqual([7, 0]);
  });
});

describe("steps", () => {
  test("2.7 units in lots of 0.25 are 2.5", () => {
    expect(floorToStep(toFixed(2.7), toFixed(0.25))).toBe(toFixed(2.5));
  });

  test("a count beyond 2⁵³ is rounded down to the step as exactly", () => {
    expect(floorToStep(10n ** 20n + 7n, 10)).toBe(10n ** 20n);
    expect(times(one, 10 ** 12)).toBe(10n ** 20n);
  });
});

describe("text", () => {
  test.each([
    [0, "0"],
    [one, "1"],
    [-50_000_000, "-0.5"],
    [1, "0.00000001"],
    [123_456_789, "1.23456789"],
    [9_007_199_254_740_993n, "90071992.54740993"],
  ])("%s counts are written %s", (value, text) => {
    expect(formatFixed(value)).toBe(text);
  });

  test("what was written is read back the same", () => {
    fc.assert(
      fc.property(counts, (value) => {
        expect(parseFixed(formatFixed(value))).toBe(value);
      }),
    );
  });

  test("an amount of up to 8 decimals comes back from float64 the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 14), max: 10 ** 14 }), (value) => {
        expect(toFixed(toNumber(value))).toBe(value);
      }),
    );
  });

  test.each(["", "1.", ".5", "1.123456789", "1e3", "+1", " 1", "0x1"])("refuses to read %j", (text) => {
    expect(() => parseFixed(text)).toThrow(RangeError);
  });
});
