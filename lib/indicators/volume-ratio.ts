import type { Column } from "../engine/columns.ts";
import { ratio } from "./arithmetic.ts";
import { volume } from "./bar-columns.ts";
import { requireLength } from "./parameter-checks.ts";
import { total } from "./total.ts";

/** The bar's volume over the mean volume of the last `length` bars, itself included; undefined where nothing was traded. First defined at the bar `length` − 1. */
export function volumeRatio(length: number): Column {
  requireLength("volume-ratio", "length", length);
  return ratio(volume, total(volume, length), length);
}
