import { expect } from "vitest";

/** The tolerance of the worked cases. */
const tolerance = 1e-9;

/** Fails unless `actual` is within 1e-9 of `expected`, relatively; `what` names the number in the message. */
export function expectRelative(actual: number | null | undefined, expected: number, what: string): void {
  const error = Math.abs((actual ?? Number.NaN) - expected) / Math.max(Math.abs(expected), Number.MIN_VALUE);
  const isEqual = actual === expected || error <= tolerance;
  expect(isEqual, `${what}: expected ${expected}, found ${actual}, relative error ${error}`).toBe(true);
}
