import type { RandomGenerator } from "../engine/random.ts";
import { lowerBound } from "./bar-calendar.ts";
import { normalProbability, normalQuantile } from "./normal-distribution.ts";
import type { ParameterAxis } from "./parameter-axis.ts";
import { uniform53, uniformInteger } from "./uniform-integer.ts";

/** The density of good (or of the other) values on one axis, over its value numbers. */
export type ParzenEstimator = { sample(random: RandomGenerator): number; probability(digit: number): number };

/**
 * The adaptive Parzen estimator of TPE (J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl, "Algorithms for Hyper-Parameter Optimization", NIPS 2011, as excerpts quote it), over whole
 * numbers: on an ordered axis a truncated normal at each observation, as wide as the gap to its further neighbour, the ends being neighbours too (at least 1/100 of the axis, as in hyperopt), and a wide one as prior;
 * on another axis the observed counts with one more for each value.
 */
export function parzenEstimator(axis: ParameterAxis, observed: readonly number[]): ParzenEstimator {
  return axis.isOrdered ? orderedEstimator(axis.count, observed) : categoricalEstimator(axis.count, observed);
}

function categoricalEstimator(count: number, observed: readonly number[]): ParzenEstimator {
  const seen = new Map<number, number>();
  for (const digit of observed) seen.set(digit, (seen.get(digit) ?? 0) + 1);
  return {
    sample: (random) => {
      const drawn = uniformInteger(random, count + observed.length);
      return drawn < count ? drawn : (observed[drawn - count] as number);
    },
    probability: (digit) => ((seen.get(digit) ?? 0) + 1) / (observed.length + count),
  };
}

type Kernel = { readonly centre: number; readonly width: number; readonly below: number; readonly mass: number };

function orderedEstimator(count: number, observed: readonly number[]): ParzenEstimator {
  const centres = [...observed, (count - 1) / 2].sort((a, b) => a - b);
  const narrowest = count / Math.min(100, centres.length + 1);
  const prior = lowerBound(centres, (count - 1) / 2);
  const kernels = centres.map((centre, i): Kernel => {
    const gap = Math.max(centre - (centres[i - 1] ?? -0.5), (centres[i + 1] ?? count - 0.5) - centre);
    const width = i === prior ? count : Math.min(count, Math.max(narrowest, gap));
    const below = normalProbability((-0.5 - centre) / width);
    return { centre, width, below, mass: normalProbability((count - 0.5 - centre) / width) - below };
  });
  return {
    sample: (random) => {
      const { centre, width, below, mass } = kernels[uniformInteger(random, kernels.length)] as Kernel;
      const value = centre + width * normalQuantile(below + mass * uniform53(random));
      return Math.min(count - 1, Math.max(0, Math.round(value)));
    },
    probability: (digit) => {
      let sum = 0;
      for (const { centre, width, mass } of kernels) {
        const above = normalProbability((digit + 0.5 - centre) / width);
        sum += (above - normalProbability((digit - 0.5 - centre) / width)) / mass;
      }
      return sum / kernels.length;
    },
  };
}
