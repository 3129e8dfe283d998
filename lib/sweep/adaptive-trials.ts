import type { OverfittingFigures } from "./overfitting-figures.ts";
import { deflatedSharpe } from "./sharpe-statistics.ts";

/**
 * What it means for the figures that an optimiser chose the trials by one another, in a sentence: such trials are alike where they were good, so that the estimate of
 * independent ones is low, while each was a look at the results. Undefined without lanes to compare.
 */
export function adaptiveSentence(figures: OverfittingFigures, periodsPerYear: number): string | undefined {
  const { trials, record, sharpeVariance } = figures;
  if (trials === null || trials.moving < 2) return undefined;
  const variance = sharpeVariance === null ? null : sharpeVariance / periodsPerYear;
  const strict = record && variance !== null ? deflatedSharpe(record, { count: trials.moving, variance }) : null;
  const counted =
    strict === null
      ? ""
      : ` Were all ${trials.moving} that traded counted as independent, the deflated Sharpe ratio would be ${(100 * strict).toFixed(1)}%, which is the more careful figure.`;
  return `An optimiser chose the ${trials.lanes} parameter sets by what the ones before them had shown: they crowd where results were good, so that they look like fewer independent trials than the ${trials.lanes} looks at the results that they were, and the figures above flatter the choice.${counted}`;
}
