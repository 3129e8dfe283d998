import type { Metrics } from "../engine/metrics.ts";
import { type Objective, objectiveValue } from "./objective.ts";
import { digitsOf, type ParameterSpace } from "./parameter-space.ts";

/**
 * Walk-forward efficiency: the objective out of sample / in-sample (R. Pardo, "The Evaluation and Optimization of Trading Strategies", 2008, there of annual returns; the
 * book was not at hand). The objective is taken as it is: of one that grows with time, such as a total return, ranges of different lengths do not compare. Null when either is null, or when the in-sample value is not above 0 or the objective is to be minimised, where the ratio says nothing.
 */
export function walkForwardEfficiency(objective: Objective, inSample: Metrics, outOfSample: Metrics): number | null {
  const trained = objectiveValue(objective, inSample);
  const judged = objectiveValue(objective, outOfSample);
  if (trained === null || judged === null || trained <= 0 || objective.direction === "minimise") return null;
  return judged / trained;
}

/** How far the best parameters moved from a window to the next. */
export type ParameterDrift = {
  readonly name: string;
  /** Mean distance between windows in steps of the axis, as a share of the axis' length: 0 never moves, 1 jumps from end to end. */
  readonly meanMove: number;
  /** Share of the transitions at which the value changed. */
  readonly changes: number;
};

/** The drift of each parameter over the winners of consecutive windows. Values of an axis that is not ordered count only as changed or not. */
export function parameterDrift(space: ParameterSpace, winners: readonly number[]): ParameterDrift[] {
  const digits = winners.map((index) => digitsOf(space.axes, index));
  return space.axes.map((axis, i) => {
    const moves = digits.slice(1).map((now, k) => Math.abs((now[i] as number) - (digits[k]?.[i] as number)));
    const share = (move: number) => (axis.isOrdered && axis.count > 1 ? move / (axis.count - 1) : Math.sign(move));
    return {
      name: axis.name,
      meanMove: mean(moves.map(share)) ?? 0,
      changes: mean(moves.map(Math.sign)) ?? 0,
    };
  });
}

/** Mean, extremes and sample standard deviation of one metric over lanes or windows, over those where it is defined. */
export type MetricSpread = {
  readonly count: number;
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly standardDeviation: number | null;
};

/** Metrics by their names. */
type SomeMetrics = { readonly [metric: string]: number | null };

/** The spread of every metric, by name. Values stream: nothing is kept per lane. */
export function metricSpreads(all: Iterable<SomeMetrics>): { readonly [metric: string]: MetricSpread } {
  const spreads = new MetricSpreads();
  for (const metrics of all) spreads.add(metrics);
  return spreads.result();
}

/** The spreads of metrics that come one after another. */
export class MetricSpreads {
  readonly #spreads = new Map<string, RunningSpread>();

  add(metrics: SomeMetrics): void {
    for (const [name, value] of Object.entries(metrics)) {
      const spread = this.#spreads.get(name) ?? new RunningSpread();
      this.#spreads.set(name, spread);
      if (value !== null) spread.add(value);
    }
  }

  result(): { readonly [metric: string]: MetricSpread } {
    return Object.fromEntries([...this.#spreads].map(([name, spread]) => [name, spread.result()]));
  }
}

/** Welford's running mean and variance (Technometrics 4, 1962). */
class RunningSpread {
  #count = 0;
  #mean = 0;
  #deviations = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    this.#count += 1;
    const deviation = value - this.#mean;
    this.#mean += deviation / this.#count;
    this.#deviations += deviation * (value - this.#mean);
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  result(): MetricSpread {
    const count = this.#count;
    if (count === 0) return { count, mean: null, min: null, max: null, standardDeviation: null };
    const standardDeviation = count > 1 ? Math.sqrt(this.#deviations / (count - 1)) : null;
    return { count, mean: this.#mean, min: this.#min, max: this.#max, standardDeviation };
  }
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
