import { expect, test } from "vitest";
import { type OverfittingFigures, overfittingFigures } from "../../lib/sweep/overfitting-figures.ts";
import { overfittingSentences } from "../../lib/sweep/overfitting-sentences.ts";
import { sumsOf } from "../../lib/sweep/return-moments.ts";

const up = sumsOf([0.01, 0.02, 0.03]);
const down = sumsOf([-0.01, -0.02, -0.03]);
const record = { sharpe: 0.1, periods: 504, skewness: 0, kurtosis: 3 };

test("lanes that take turns are overfitted, and the sentence says what that means", () => {
  const figures = overfittingFigures({
    sums: [
      [up, down],
      [down, up],
    ],
    best: record,
    ability: null,
    periodsPerYear: 252,
  });
  expect(figures.pbo).toBe(1);
  expect(overfittingSentences(figures, "the winner")[0]).toBe(
    "In all of 2 ways to split the bars into halves, the parameters that were best in one half were in the worse half of all 2 in the other (probability of backtest overfitting). Choosing the best was no better than choosing at random.",
  );
});

test("a sweep of one lane has no probability of overfitting, and nothing to deflate by", () => {
  const figures = overfittingFigures({ sums: [[up, up]], best: record, ability: null, periodsPerYear: 252 });
  expect([figures.pbo, figures.cscv, figures.expectedMaximumSharpe]).toEqual([null, null, 0]);
  expect(figures.deflatedSharpe).toBe(figures.probabilisticSharpe);
});

test("a winner that never moved has no figures of its own", () => {
  const figures = overfittingFigures({
    sums: [
      [up, down],
      [down, up],
    ],
    best: null,
    ability: null,
    periodsPerYear: 252,
  });
  expect([figures.deflatedSharpe, figures.minimumTrackRecordPeriods, figures.years]).toEqual([null, null, null]);
});

test("a track record is measured against its minimum length", () => {
  const figures = overfittingFigures({
    sums: [
      [up, down],
      [down, up],
    ],
    best: record,
    ability: null,
    periodsPerYear: 252,
  });
  // 1 + 1.005 (1.6449 / 0.1)² = 272.9 returns; 504 days are 2 years, 272.9 of them 1.08.
  expect(overfittingSentences(figures, "the winner")[2]).toBe(
    "It takes 273 returns (1.1 years) to be 95% sure that a Sharpe ratio like that of the winner is above 0; there are 504 (2.0 years), which is enough (minimum track record length, before the number of trials is counted).",
  );
});

const all: OverfittingFigures = {
  pbo: 0.25,
  cscv: { pbo: 0.25, probabilityOfLoss: 0.1, degradation: 0.5, splits: 12_870, blocks: 16, lanes: 1_200 },
  probabilisticSharpe: 0.9,
  deflatedSharpe: 0.5,
  expectedMaximumSharpe: 1.234,
  trials: { lanes: 1_200, moving: 1_100, averageCorrelation: 0.5, count: 550.5 },
  sharpeVariance: 0.1,
  record: { sharpe: 0.02, periods: 2_520, skewness: 0, kurtosis: 3 },
  minimumTrackRecordPeriods: 6_764.2,
  periods: 2_520,
  minimumBacktestYears: 12.3,
  years: 10,
  realityCheck: 0.31,
  spa: 0.21,
  ability: {
    realityCheck: 0.31,
    spa: 0.21,
    spaLower: 0.2,
    spaUpper: 0.3,
    lanes: 1_100,
    count: 16,
    resamples: 1_000,
    meanBlock: 1,
  },
};

test("every figure has its sentence, with separators, units and what is usual", () => {
  expect(overfittingSentences(all, "the record out of sample")).toEqual([
    "In 25.0% of 12,870 ways to split the bars into halves, the parameters that were best in one half were in the worse half of all 1,200 in the other (probability of backtest overfitting). The choice helps, but not reliably.",
    "The 1,200 parameter sets are worth about 550.5 independent trials, whose best would show a Sharpe ratio of 1.23 by luck alone; the probability that the record out of sample truly has a higher one is 50.0% (deflated Sharpe ratio; 95% is the usual bar).",
    "It takes 6,765 returns (26.8 years) to be 95% sure that a Sharpe ratio like that of the record out of sample is above 0; there are 2,520 (10.0 years), which is too few (minimum track record length, before the number of trials is counted).",
    "The best of so many trials would show a Sharpe ratio like that of the record out of sample by luck alone in a backtest of 12.3 years or less. This one is not longer: it has 10.0 years (minimum backtest length).",
    "If none of the 1,100 parameter sets that traded had an edge, the best of them would do this well in 21.0% of 1,000 resampled histories (Hansen's test; White's reality check: 31.0%). Below 5% is usually taken as evidence of an edge.",
  ]);
});

test("one record is not called the best of several", () => {
  const one = { ...all, ability: all.ability && { ...all.ability, lanes: 1, realityCheck: 0 } };
  expect(overfittingSentences(one, "the record out of sample").at(-1)).toBe(
    "Without any edge, a record like this one would end as well in none of 1,000 histories resampled from its own returns (stationary bootstrap). Below 5% is usually taken as evidence of an edge.",
  );
});

test("a single trial is not called several, and no length is asked of it", () => {
  const one = { ...all, cscv: null, trials: { lanes: 1, moving: 1, averageCorrelation: null, count: 1 } };
  const sentences = overfittingSentences(one, "the winner");
  expect(sentences[0]).toBe(
    "Of the parameter sets no two traded, so that there was nothing to choose from: the probability that the true Sharpe ratio of the winner is above 0 is 50.0% (probabilistic Sharpe ratio; 95% is the usual bar).",
  );
  expect(sentences).toHaveLength(3);
});

test("a loss is not measured by lengths", () => {
  const loss = { ...all, minimumTrackRecordPeriods: null, minimumBacktestYears: null };
  expect(overfittingSentences(loss, "the winner")[2]).toBe(
    "The Sharpe ratio of the winner is not above 0, so that no track record of any length would show skill.",
  );
});

test("nothing is said where nothing is known", () => {
  const nothing = Object.fromEntries(Object.keys(all).map((name) => [name, null])) as typeof all;
  expect(overfittingSentences(nothing, "the winner")).toEqual([]);
});
