import type { Metrics } from "../engine/metrics.ts";
import { type Objective, objectiveValue } from "../sweep/objective.ts";
import type { RangeOfBars } from "../sweep/sweep-result.ts";
import { ratioText, timeText } from "./figures.ts";
import { metricDefinitions } from "./metric-definitions.ts";
import { metricText } from "./metrics-section.ts";

/** What lanes are compared by, as a person says it: "Sharpe ratio", "0.7 × Sharpe ratio − 0.3 × Maximum drawdown". */
export function objectiveName({ terms }: Objective): string {
  const [only] = terms;
  if (only !== undefined && terms.length === 1 && only.weight === 1) return metricDefinitions[only.metric].label;
  return terms
    .map(({ metric, weight }, i) => {
      const sign = weight < 0 ? (i === 0 ? "−" : " − ") : i === 0 ? "" : " + ";
      return `${sign}${Math.abs(weight)} × ${metricDefinitions[metric].label}`;
    })
    .join("");
}

/** A value of the objective in the unit of its metric; a weighted sum is a plain number. */
export function objectiveText({ terms }: Objective): (value: number | null) => string {
  const [only] = terms;
  if (only === undefined || terms.length > 1 || only.weight !== 1) return ratioText;
  const { unit } = metricDefinitions[only.metric];
  return (value) => metricText(value, unit);
}

/** The objective of metrics that may not be there. */
export function objectiveOf(objective: Objective, metrics: Metrics | null): number | null {
  return metrics === null ? null : objectiveValue(objective, metrics);
}

/** "2001-03-05 to 2003-02-28"; of several ranges the ends, and how many there are. */
export function rangesText(ranges: readonly RangeOfBars[]): string {
  const [first, last] = [ranges[0], ranges.at(-1)];
  if (first === undefined || last === undefined) return "–";
  const text = `${timeText(first.firstTimeMs)} to ${timeText(last.lastTimeMs)}`;
  return ranges.length === 1 ? text : `${text} (${ranges.length} parts)`;
}
