import type { Column } from "../engine/columns.ts";
import { ratio, times } from "./arithmetic.ts";
import { volume } from "./bar-columns.ts";
import { requireLength } from "./parameter-checks.ts";
import { runningTotal } from "./running-total.ts";
import { total } from "./total.ts";
import { typicalPrice } from "./typical-price.ts";

/**
 * Volume-weighted average of the typical prices of the last `length` bars; undefined where nothing was traded in them. First defined at the bar
 * `length` − 1. With `length` 0 it is that of all bars since the first.
 */
export function vwap(length: number): Column {
  requireLength("vwap", "length", length, 0);
  const value = times(typicalPrice, volume);
  return length === 0
    ? ratio(runningTotal(value), runningTotal(volume))
    : ratio(total(value, length), total(volume, length));
}
