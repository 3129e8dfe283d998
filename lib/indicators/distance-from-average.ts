import type { Column } from "../engine/columns.ts";
import { plus, ratio } from "./arithmetic.ts";

/** How far the input lies above (or below) its average, in percent of the average: 100 · (x − average) / average. Undefined where the average is 0. */
export function distanceFromAverage(input: Column, average: Column): Column {
  return ratio(plus(input, average, -1), average, 100);
}
