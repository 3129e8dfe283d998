import type { Column } from "../engine/columns.ts";
import { ratio } from "./arithmetic.ts";
import { requireFinite, requireLength } from "./parameter-checks.ts";
import { sma } from "./sma.ts";
import { type DeviationKind, standardDeviation } from "./standard-deviation.ts";

/**
 * The distance of the Bollinger bands as a fraction of the middle one: 2 · `deviations` · standard deviation / mean of the last `length` values (Bollinger
 * 2001; TA libraries also give it in percent). Undefined where the mean is 0. First defined at the bar `length` − 1 of the input's defined bars.
 */
export function bollingerWidth(input: Column, length: number, deviations: number, kind: DeviationKind): Column {
  requireLength("bollinger-width", "length", length);
  requireFinite("bollinger-width", "deviations", deviations);
  return ratio(standardDeviation(input, length, kind), sma(input, length), 2 * deviations);
}
