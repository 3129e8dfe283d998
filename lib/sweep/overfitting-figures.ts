import { type IndependentTrials, independentTrials } from "./independent-trials.ts";
import { type OverfittingProbability, overfittingProbability } from "./overfitting-probability.ts";
import { type ReturnSums, sharpeOfSums } from "./return-moments.ts";
import {
  deflatedSharpe,
  expectedMaximumSharpe,
  minimumBacktestYears,
  minimumTrackRecord,
  probabilisticSharpe,
  type TrackRecord,
} from "./sharpe-statistics.ts";
import type { SuperiorAbility } from "./superior-ability.ts";

/** What a sweep's own trials say of its winner. Sharpe ratios are annualised; a figure that cannot be computed is null. */
export type OverfittingFigures = {
  readonly pbo: number | null;
  readonly cscv: OverfittingProbability | null;
  readonly probabilisticSharpe: number | null;
  readonly deflatedSharpe: number | null;
  readonly expectedMaximumSharpe: number | null;
  readonly trials: IndependentTrials | null;
  /** Periods after which the winner's Sharpe ratio is above 0 with 95 % confidence, and the periods there are. */
  readonly minimumTrackRecordPeriods: number | null;
  readonly periods: number | null;
  readonly minimumBacktestYears: number | null;
  readonly years: number | null;
  readonly realityCheck: number | null;
  readonly spa: number | null;
};

/**
 * The overfitting figures of a sweep. `sums[lane][block]`: the returns of every lane in equal blocks; `best`: the track record of the winner over the same bars, null
 * when it never moved; `ability`: the tests for data snooping, where curves were kept.
 */
export function overfittingFigures(
  sums: readonly (readonly ReturnSums[])[],
  best: TrackRecord | null,
  ability: SuperiorAbility | null,
  periodsPerYear: number,
): OverfittingFigures {
  const cscv = overfittingProbability(sums);
  const trials = independentTrials(sums.map((lane) => lane.map(({ count, sum }) => (count > 0 ? sum / count : 0))));
  const chosenFrom = trials && { count: trials.count, variance: varianceOf(sums.map(sharpeOfLane)) };
  const root = Math.sqrt(periodsPerYear);
  return {
    pbo: cscv?.pbo ?? null,
    cscv,
    probabilisticSharpe: best && probabilisticSharpe(best, 0),
    deflatedSharpe: best && chosenFrom && deflatedSharpe(best, chosenFrom),
    expectedMaximumSharpe: chosenFrom && expectedMaximumSharpe(chosenFrom) * root,
    trials,
    minimumTrackRecordPeriods: best && minimumTrackRecord(best, 0, 0.95),
    periods: best?.periods ?? null,
    minimumBacktestYears: best && trials && minimumBacktestYears(trials.count, best.sharpe * root),
    years: best && best.periods / periodsPerYear,
    realityCheck: ability?.realityCheck ?? null,
    spa: ability?.spa ?? null,
  };
}

function sharpeOfLane(lane: readonly ReturnSums[]): number {
  return sharpeOfSums(
    lane.reduce((all, { count, sum, sumOfSquares }) => ({
      count: all.count + count,
      sum: all.sum + sum,
      sumOfSquares: all.sumOfSquares + sumOfSquares,
    })),
  );
}

function varianceOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return values.length > 1 ? squares / (values.length - 1) : 0;
}
