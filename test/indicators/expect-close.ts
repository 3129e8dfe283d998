import { expect } from "vitest";

/** Same bars undefined (null and NaN), all others within 1e-9 of the expected value, relative to `scale` where that is greater. */
export function expectClose(actual: Float64Array, expected: readonly (number | null)[], scale = 0): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const value = expected[i];
    const far =
      value === null
        ? !Number.isNaN(actual[i])
        : !(Math.abs(actual[i] - value) <= 1e-9 * Math.max(Math.abs(value), scale));
    if (far) expect.fail(`bar ${i}: expected ${value}, found ${actual[i]}`);
  }
}
