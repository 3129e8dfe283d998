import type { Column } from "../engine/columns.ts";
import { flowVolume } from "./adline.ts";
import { ratioOrZero } from "./arithmetic.ts";
import { volume } from "./bar-columns.ts";
import { requireLength } from "./parameter-checks.ts";
import { total } from "./total.ts";

/**
 * Chaikin money flow, −1 to 1 (as pandas-ta): the flow volume of the last `length` bars over their volume; 0 where nothing was traded. First defined at
 * the bar `length` − 1.
 */
export function cmf(length: number): Column {
  requireLength("cmf", "length", length);
  return ratioOrZero(total(flowVolume, length), total(volume, length));
}
