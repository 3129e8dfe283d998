import { type Timeframe, timeframeMs } from "../engine/timeframe.ts";
import { periodAt } from "./periods.ts";

/** Values at the bars of one timeframe, with these bars' open times in UTC milliseconds, ascending. */
export type TimedValues = {
  readonly timeframe: Timeframe;
  readonly openTimeMs: Float64Array;
  readonly values: Float64Array;
};

/**
 * Values of a higher timeframe at the base bars with these open times: at each the value of the newest higher bar that has closed by its close, NaN (missing)
 * before the first. `onHigherTimeframe` does the same for higher bars that are built of the base bars.
 */
export function alignToBase(
  higher: TimedValues,
  base: { readonly timeframe: Timeframe; readonly openTimeMs: Float64Array },
): Float64Array {
  const baseMs = Number(timeframeMs(base.timeframe));
  let closed = 0;
  return base.openTimeMs.map((timeMs) => {
    while (closed < higher.openTimeMs.length && closeOf(higher, closed) <= timeMs + baseMs) closed++;
    return closed === 0 ? Number.NaN : higher.values[closed - 1];
  });
}

function closeOf({ timeframe, openTimeMs }: TimedValues, bar: number): number {
  return periodAt(openTimeMs[bar], timeframe).endMs;
}
