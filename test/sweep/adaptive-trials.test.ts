import { expect, test } from "vitest";
import { adaptiveSentence } from "../../lib/sweep/adaptive-trials.ts";
import { overfittingFigures } from "../../lib/sweep/overfitting-figures.ts";
import type { ReturnSums } from "../../lib/sweep/return-moments.ts";

const noFigures = overfittingFigures({ sums: [], best: null, ability: null, periodsPerYear: 250 });

/** The example of section 6 of Bailey and López de Prado 2014: its deflated Sharpe ratio for 100 trials is 0.9004. */
const example = {
  ...noFigures,
  trials: { lanes: 110, moving: 100, averageCorrelation: 0.9, count: 10.9 },
  sharpeVariance: 0.5,
  record: { sharpe: 2.5 / Math.sqrt(250), periods: 1250, skewness: -3, kurtosis: 10 },
};

test("the sentence counts every trial that traded as independent", () => {
  const sentence = adaptiveSentence(example, 250);
  expect(sentence).toContain("chose the 110 parameter sets");
  expect(sentence).toContain(
    "Were all 100 that traded counted as independent, the deflated Sharpe ratio would be 90.0%",
  );
});

test("without a record the sentence says what was chosen and no figure", () => {
  expect(adaptiveSentence({ ...example, record: null }, 250)).toMatch(/flatter the choice\.$/);
});

test("nothing is said of trials that did not move", () => {
  const still: ReturnSums[] = [{ count: 5, sum: 0, sumOfSquares: 0 }];
  const figures = overfittingFigures({ sums: [still, still], best: null, ability: null, periodsPerYear: 250 });
  expect(adaptiveSentence(figures, 250)).toBeUndefined();
});
