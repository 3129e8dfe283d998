import type { Metrics } from "../../lib/engine/metrics.ts";
import { metricNames } from "../../lib/sweep/metric-directions.ts";

/** Metrics that are 0 except for those given. */
export function metricsOf(given: Partial<Metrics>): Metrics {
  return { ...(Object.fromEntries(metricNames.map((name) => [name, 0])) as Metrics), ...given };
}
