import { expect, test } from "vitest";
import { overfittingFigures } from "../../lib/sweep/overfitting-figures.ts";
import { overfittingSentences } from "../../lib/sweep/overfitting-sentences.ts";
import { sumsOf } from "../../lib/sweep/return-moments.ts";

const up = sumsOf([0.01, 0.02, 0.03]);
const down = sumsOf([-0.01, -0.02, -0.03]);
const record = { sharpe: 0.1, periods: 504, skewness: 0, kurtosis: 3 };

test("lanes that take turns are overfitted, and the sentence says what that means", () => {
  const figures = overfittingFigures(
    [
      [up, down],
      [down, up],
    ],
    record,
    null,
    252,
  );
  expect(figures.pbo).toBe(1);
  expect(overfittingSentences(figures)[0]).toBe(
    "In 100.0 % of 2 ways to split the bars into halves, the parameters that were best in one half were in the worse half of all 2 in the other (probability of backtest overfitting). Choosing the best was no better than choosing at random.",
  );
});

test("a sweep of one lane has no probability of overfitting, and nothing to deflate by", () => {
  const figures = overfittingFigures([[up, up]], record, null, 252);
  expect([figures.pbo, figures.cscv, figures.expectedMaximumSharpe]).toEqual([null, null, 0]);
  expect(figures.deflatedSharpe).toBe(figures.probabilisticSharpe);
});

test("a winner that never moved has no figures of its own", () => {
  const figures = overfittingFigures(
    [
      [up, down],
      [down, up],
    ],
    null,
    null,
    252,
  );
  expect([figures.deflatedSharpe, figures.minimumTrackRecordPeriods, figures.years]).toEqual([null, null, null]);
});

test("a track record is measured against its minimum length", () => {
  const figures = overfittingFigures(
    [
      [up, down],
      [down, up],
    ],
    record,
    null,
    252,
  );
  // 1 + 1.005 (1.6449 / 0.1)² = 272.9 periods.
  expect(overfittingSentences(figures)[2]).toMatch(/^It takes 273 periods .* with 504 there are enough/);
});
