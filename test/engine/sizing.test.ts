import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commissionOf } from "../../lib/engine/costs.ts";
import { add, multiply, toFixed, toNumber } from "../../lib/engine/money.ts";
import type { Commission, QuantityLimits, Sizing } from "../../lib/engine/settings.ts";
import { sizedQuantity } from "../../lib/engine/sizing.ts";

const free: Commission = { rate: 0, perUnit: 0, fixed: 0, minimum: 0, maximum: null };
const wholeUnits = limits(1);
const funds = { available: toFixed(10_000), equity: toFixed(20_000) };
const allCash: Sizing = { kind: "fraction", fraction: 1, of: "cash", basis: "fill" };

function limits(lot: number): QuantityLimits {
  return { lot: toFixed(lot), minimum: 0, maximum: null };
}

function units(sizing: Sizing, price: number, commission = free, quantity = wholeUnits): number {
  return toNumber(sizedQuantity(sizing, price, funds, commission, quantity));
}

test("units are what was asked for, rounded down to the lot", () => {
  expect(units({ kind: "units", units: toFixed(2.7) }, 100)).toBe(2);
  expect(units({ kind: "units", units: toFixed(2.7) }, 100, free, limits(0.25))).toBe(2.5);
});

test("a notional is divided by the price, and its commission comes on top", () => {
  const sizing: Sizing = { kind: "notional", notional: toFixed(1_000), basis: "fill" };
  expect(units(sizing, 300, { ...free, rate: 0.1 })).toBe(3);
});

test("a fraction of the cash and of the equity", () => {
  expect(units({ ...allCash, fraction: 0.5 }, 100)).toBe(50);
  expect(units({ ...allCash, fraction: 0.5, of: "equity" }, 100)).toBe(100);
});

test("all the cash buys exactly what it pays for: 100 units at 100", () => {
  expect(units(allCash, 100)).toBe(100);
});

describe("a fraction pays its commission out of the budget", () => {
  test("0.2 %: 99 units at 100 cost 9,919.80, 100 would cost 10,020", () => {
    expect(units(allCash, 100, { ...free, rate: 0.002 })).toBe(99);
  });

  test("1 a unit: 99 units at 100 cost 9,999", () => {
    expect(units(allCash, 100, { ...free, perUnit: 1 })).toBe(99);
  });

  test("a minimum of 150: 98 units at 100 cost 9,950", () => {
    expect(units(allCash, 100, { ...free, minimum: toFixed(150) })).toBe(98);
  });

  test("10 % with a maximum of 100: 99 units at 100 cost 10,000", () => {
    expect(units(allCash, 100, { ...free, rate: 0.1, maximum: toFixed(100) })).toBe(99);
  });

  test("a fixed part that the cash does not cover leaves nothing", () => {
    expect(units(allCash, 100, { ...free, fixed: toFixed(10_000) })).toBe(0);
  });
});

test("no cash gives no units", () => {
  const broke = { available: toFixed(-5), equity: 0 };
  expect(sizedQuantity(allCash, 100, broke, free, wholeUnits)).toBe(0);
});

test("more lots than float64 counts exactly are found too: 10¹² at 0.00002 in lots of 10⁻⁸", () => {
  const rich = { available: toFixed(1e12), equity: toFixed(1e12) };
  const quantity = sizedQuantity(allCash, 0.00002, rich, { ...free, rate: 0.001 }, limits(1e-8));
  // 10¹² / (0.00002 × 1.001), to about one part in 2⁵³.
  expect(toNumber(quantity) / 4.995004995004995e16).toBeCloseTo(1, 14);
});

const amounts = fc.double({ min: 0, max: 500, noNaN: true }).map(toFixed);
const commissions = fc.record({
  rate: fc.double({ min: 0, max: 0.2, noNaN: true }),
  perUnit: fc.double({ min: 0, max: 5, noNaN: true }),
  fixed: amounts,
  minimum: amounts,
  maximum: fc.option(amounts),
});

test("a fraction's units are payable with their commission, and one lot more is not", () => {
  fc.assert(
    fc.property(
      commissions,
      fc.double({ min: 0.01, max: 20_000, noNaN: true }),
      fc.constantFrom(1, 0.1, 0.001, 25),
      (commission, price, lot) => {
        const cost = (quantity: ReturnType<typeof toFixed>) => {
          const value = multiply(quantity, price);
          return add(value, commissionOf(commission, value, quantity));
        };
        const quantity = sizedQuantity(allCash, price, funds, commission, limits(lot));
        if (quantity > 0) expect(cost(quantity) <= funds.available).toBe(true);
        expect(cost(add(quantity, toFixed(lot))) > funds.available).toBe(true);
      },
    ),
  );
});

describe("commissions", () => {
  test("rate × value + perUnit × quantity + fixed", () => {
    const commission = { ...free, rate: 0.001, perUnit: 0.5, fixed: toFixed(2) };
    expect(toNumber(commissionOf(commission, toFixed(1_000), toFixed(10)))).toBe(8);
  });

  test("are held between minimum and maximum", () => {
    const commission = { ...free, rate: 0.01, minimum: toFixed(5), maximum: toFixed(20) };
    const fee = (value: number) => toNumber(commissionOf(commission, toFixed(value), toFixed(1)));
    expect([fee(100), fee(1_000), fee(5_000)]).toEqual([5, 10, 20]);
  });
});
