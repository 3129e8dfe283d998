import type { Strategy } from "../engine/strategy.ts";
import type { BarTimes } from "./bar-calendar.ts";
import { assertConsecutive } from "./carried-state.ts";
import { checkParameterNames } from "./check-lanes.ts";
import type { Condition } from "./conditions.ts";
import { parseMetricConditions } from "./metric-conditions.ts";
import { type Objective, parseObjective } from "./objective.ts";
import { type ItemSizing, planItems, type SweepItem } from "./plan-items.ts";
import { type SweepPoints, sweepPoints } from "./sweep-points.ts";
import type { SweepSpec } from "./sweep-spec.ts";
import { planWindows, type WindowPlan } from "./windows.ts";

/** All that follows from a spec and its bars before anything is computed. */
export type SweepPlan = WindowPlan & {
  readonly points: SweepPoints;
  readonly items: readonly SweepItem[];
  readonly objective: Objective;
  readonly constraints: readonly Condition[];
};

/** Plans a sweep; an optimiser's items are made round by round, so that it has none yet. Throws SweepSpecError for all that a spec can get wrong. */
export function planSweep(spec: SweepSpec, strategy: Strategy, times: BarTimes, sizing: ItemSizing): SweepPlan {
  checkParameterNames(spec, strategy);
  const points = sweepPoints(spec);
  const plan = planWindows(spec.windows, times);
  if (spec.state === "carried") assertConsecutive(plan.windows, times);
  const warmup = spec.windows.kind === "none" ? 0 : spec.windows.warmup;
  return {
    ...plan,
    points,
    items: spec.method.kind === "tpe" ? [] : planItems(plan.windows, points.count, warmup, sizing),
    objective: parseObjective(spec.objective),
    constraints: parseMetricConditions("require", spec.require),
  };
}
