import { closest } from "../engine/closest.ts";
import type { Metrics } from "../engine/metrics.ts";
import { type Direction, isMetricName, type MetricName, metricDirections, metricNames } from "./metric-directions.ts";
import type { ObjectiveSpec } from "./sweep-spec.ts";
import { SweepSpecError } from "./sweep-spec-error.ts";

/** What a lane is judged by: the weighted sum of metrics, and which way is better. */
export type Objective = {
  readonly terms: readonly { readonly metric: MetricName; readonly weight: number }[];
  readonly direction: Direction;
};

/** Reads an objective. Throws SweepSpecError for an unknown metric (with the nearest), or for one without a better side and no direction. */
export function parseObjective(spec: ObjectiveSpec): Objective {
  if (typeof spec === "object" && "weights" in spec) {
    const terms = Object.entries(spec.weights).map(([name, weight]) => ({
      metric: metricNamed(name, `objective.weights.${name}`),
      weight,
    }));
    if (terms.every(({ weight }) => weight === 0))
      throw new SweepSpecError(
        "objective.weights: expected at least one metric with a weight other than 0, found none.",
      );
    return { terms, direction: spec.direction };
  }
  const [name, given, field] =
    typeof spec === "string" ? [spec, undefined, "objective"] : [spec.metric, spec.direction, "objective.metric"];
  const metric = metricNamed(name, field);
  const direction = given ?? metricDirections[metric];
  if (direction === null) {
    throw new SweepSpecError(
      `objective: expected a direction, for neither way is better for "${metric}". Write objective: { metric: ${metric}, direction: maximise } or minimise.`,
    );
  }
  return { terms: [{ metric, weight: 1 }], direction };
}

function metricNamed(name: string, field: string): MetricName {
  if (isMetricName(name)) return name;
  const near = closest(name, metricNames);
  throw new SweepSpecError(
    `${field}: expected a metric, found "${name}"${near === undefined ? "." : `; did you mean "${near}"?`} Metrics: ${metricNames.join(", ")}.`,
  );
}

/** The value of the objective; null when a metric in it is null. */
export function objectiveValue(objective: Objective, metrics: Metrics): number | null {
  let sum = 0;
  for (const { metric, weight } of objective.terms) {
    const value = metrics[metric];
    if (value === null) return null;
    sum += weight * value;
  }
  return Number.isFinite(sum) ? sum : null;
}
