import { InputError } from "../engine/input-error.ts";

/** A window's values are part of every checkpoint, so that its length is bounded. */
export const greatestLength = 1_000_000;

/** Accepts a number of bars, a whole number from `least` to 1,000,000; anything else is an InputError naming indicator and parameter. */
export function requireLength(indicator: string, parameter: string, value: number, least = 1): void {
  if (Number.isInteger(value) && value >= least && value <= greatestLength) return;
  throw new InputError(
    `Indicator "${indicator}" expects its parameter "${parameter}" to be a whole number of bars from ${least} to ${greatestLength}, found ${value}. Give it such a number.`,
  );
}

/** Accepts a finite number; anything else is an InputError naming indicator and parameter. */
export function requireFinite(indicator: string, parameter: string, value: number): void {
  if (Number.isFinite(value)) return;
  throw new InputError(
    `Indicator "${indicator}" expects its parameter "${parameter}" to be a finite number, found ${value}. Give it such a number.`,
  );
}
