import type { Column } from "../engine/columns.ts";
import { barByBar } from "./bar-by-bar.ts";
import { close, high, low } from "./bar-columns.ts";
import { highest, lowest } from "./highest-lowest.ts";
import { requireLength } from "./parameter-checks.ts";

/**
 * Williams %R, −100 to 0 (Williams 1973; as TA-Lib WILLR): −100 · (highest high − close) / (highest high − lowest low) of the last `length`
 * bars; −50 where these two are equal. First defined at the bar `length` − 1.
 */
export function williamsR(length: number): Column {
  requireLength("williams-r", "length", length);
  const inputs = [highest(high, length), lowest(low, length), close];
  return { kind: "kernel", kernel: williamsRKernel, params: {}, inputs, output: "value" };
}

export const williamsRKernel = barByBar(
  "williams-r",
  () => (top, bottom, close) => (top === bottom ? -50 : (-100 * (top - close)) / (top - bottom)),
);
