import { BarCalendar, type BarTimes } from "./bar-calendar.ts";
import { crossValidation, purgedCombinations } from "./cross-validation.ts";
import { listedWindows } from "./listed-windows.ts";
import type { WindowsSpec } from "./sweep-spec.ts";
import { walkForward } from "./walk-forward.ts";

/** Absolute bar numbers [startBar, endBar). */
export type BarRange = { readonly startBar: number; readonly endBar: number };

/** One fold: the bars on which lanes are compared, and the bars on which the winner is then judged. Each is in order and without overlap. */
export type SweepWindow = {
  readonly index: number;
  readonly inSample: readonly BarRange[];
  readonly outOfSample: readonly BarRange[];
};

/**
 * The windows of a sweep. `paths`: for cross-validation, the backtest paths; each names for every group of bars the window whose out-of-sample
 * result it takes.
 */
export type WindowPlan = {
  readonly windows: readonly SweepWindow[];
  readonly groups?: readonly BarRange[];
  readonly paths?: readonly (readonly number[])[];
};

/** Cuts the bars into windows. Throws SweepSpecError when not one fits. A sweep without windows has one, all in-sample. */
export function planWindows(spec: WindowsSpec, times: BarTimes): WindowPlan {
  const calendar = new BarCalendar(times.openTimeMs);
  const plan = planFrom0(spec, calendar, times.openTimeMs);
  return {
    windows: plan.windows.map((window) => ({
      ...window,
      inSample: shifted(window.inSample, times.startBar),
      outOfSample: shifted(window.outOfSample, times.startBar),
    })),
    ...(plan.groups === undefined ? {} : { groups: shifted(plan.groups, times.startBar) }),
    ...(plan.paths === undefined ? {} : { paths: plan.paths }),
  };
}

function planFrom0(spec: WindowsSpec, calendar: BarCalendar, openTimeMs: Float64Array): WindowPlan {
  switch (spec.kind) {
    case "none":
      return { windows: [{ index: 0, inSample: [{ startBar: 0, endBar: calendar.barCount }], outOfSample: [] }] };
    case "rolling":
    case "anchored":
      return { windows: walkForward(spec, calendar) };
    case "list":
      return { windows: listedWindows(spec, openTimeMs) };
    case "k-fold":
      return crossValidation(spec, calendar);
    case "cpcv":
      return purgedCombinations(spec, calendar);
  }
}

function shifted(ranges: readonly BarRange[], by: number): BarRange[] {
  return ranges.map(({ startBar, endBar }) => ({ startBar: startBar + by, endBar: endBar + by }));
}

/** How many of the wanted warm-up bars there are before a range in its snapshot. */
export function warmupBefore({ startBar }: BarRange, wanted: number): number {
  return Math.min(wanted, startBar);
}
