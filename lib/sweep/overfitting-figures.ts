import { type IndependentTrials, independentTrials } from "./independent-trials.ts";
import { type OverfittingProbability, overfittingProbability } from "./overfitting-probability.ts";
import { joinedSums, type ReturnSums, sharpeOfSums } from "./return-moments.ts";
import {
  deflatedSharpe,
  expectedMaximumSharpe,
  minimumBacktestYears,
  minimumTrackRecord,
  probabilisticSharpe,
  type TrackRecord,
} from "./sharpe-statistics.ts";
import type { SuperiorAbility } from "./superior-ability.ts";

/** What a sweep's own trials say of its winner. Sharpe ratios are annualised but for the record's; a figure that cannot be computed is null. */
export type OverfittingFigures = {
  readonly pbo: number | null;
  readonly cscv: OverfittingProbability | null;
  readonly probabilisticSharpe: number | null;
  readonly deflatedSharpe: number | null;
  readonly expectedMaximumSharpe: number | null;
  readonly trials: IndependentTrials | null;
  /** Sample variance of the Sharpe ratios of the lanes that moved. */
  readonly sharpeVariance: number | null;
  /** What the winner's figures are computed from: Sharpe ratio per period, periods, skewness and kurtosis. */
  readonly record: TrackRecord | null;
  /** Periods after which the winner's Sharpe ratio is above 0 with 95 % confidence, and the periods there are. */
  readonly minimumTrackRecordPeriods: number | null;
  readonly periods: number | null;
  readonly minimumBacktestYears: number | null;
  readonly years: number | null;
  readonly realityCheck: number | null;
  readonly spa: number | null;
  /** Both tests with their bounds, and what they compared. */
  readonly ability: SuperiorAbility | null;
};

/** What the figures are computed from. */
export type Judged = {
  /** `sums[lane][block]`: the returns of every lane in equal blocks. */
  readonly sums: readonly (readonly ReturnSums[])[];
  /** The track record of the winner; null when it never moved, or is not known. */
  readonly best: TrackRecord | null;
  readonly ability: SuperiorAbility | null;
  readonly periodsPerYear: number;
};

/** The overfitting figures of a window, or of a whole sweep. */
export function overfittingFigures({ sums, best, ability, periodsPerYear }: Judged): OverfittingFigures {
  const cscv = overfittingProbability(sums);
  const trials = independentTrials(sums.map((lane) => lane.map(({ count, sum }) => (count > 0 ? sum / count : 0))));
  // Lanes that never traded are no trials: their ratios of 0 would make the spread look small, and so the best of them rare.
  const sharpes = sums.map(joinedSums).flatMap((lane) => (lane.sumOfSquares > 0 ? [sharpeOfSums(lane)] : []));
  const chosenFrom = trials && { count: trials.count, variance: varianceOf(sharpes) };
  const root = Math.sqrt(periodsPerYear);
  return {
    pbo: cscv?.pbo ?? null,
    cscv,
    probabilisticSharpe: best && probabilisticSharpe(best, 0),
    deflatedSharpe: best && chosenFrom && deflatedSharpe(best, chosenFrom),
    expectedMaximumSharpe: chosenFrom && expectedMaximumSharpe(chosenFrom) * root,
    trials,
    sharpeVariance: chosenFrom && chosenFrom.variance * periodsPerYear,
    record: best,
    minimumTrackRecordPeriods: best && minimumTrackRecord(best, 0, 0.95),
    periods: best?.periods ?? null,
    minimumBacktestYears: best && trials && minimumBacktestYears(trials.count, best.sharpe * root),
    years: best && best.periods / periodsPerYear,
    realityCheck: ability?.realityCheck ?? null,
    spa: ability?.spa ?? null,
    ability,
  };
}

function varianceOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return values.length > 1 ? squares / (values.length - 1) : 0;
}
