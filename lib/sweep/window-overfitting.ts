import type { ReturnMark } from "../engine/lane.ts";
import { ReturnPeriods } from "../engine/return-periods.ts";
import type { Timeframe } from "../engine/timeframe.ts";
import { type OverfittingFigures, overfittingFigures } from "./overfitting-figures.ts";
import { blocksFor } from "./overfitting-probability.ts";
import { overfittingSentences } from "./overfitting-sentences.ts";
import { type ReturnSums, sumsBetween, trackRecordOf } from "./return-moments.ts";
import { superiorAbility } from "./superior-ability.ts";
import type { SweepOverfitting } from "./sweep-result.ts";
import type { WindowLane } from "./window-lanes.ts";

/** The returns of every lane of a window by blocks: those of its first range, for ranges of cross-validation are blocks of their own kind. */
export function blockSums(lanes: readonly WindowLane[]): ReturnSums[][] {
  const most = blocksFor(lanes.length);
  return lanes.flatMap(({ ranges: [first] }) => {
    if (first === undefined || !("result" in first) || first.result.returnMarks === undefined) return [];
    return [merged(sumsOfMarks(first.result.returnMarks), most)];
  });
}

const nothingYet: ReturnMark = { periods: 0, returnMean: 0, returnDeviations: 0 };

function sumsOfMarks(marks: readonly ReturnMark[]): ReturnSums[] {
  return marks.map((mark, block) => sumsBetween(marks[block - 1] ?? nothingYet, mark));
}

/** Neighbours joined, two and two, until there are no more than `most`. */
function merged(sums: ReturnSums[], most: number): ReturnSums[] {
  if (sums.length <= most || sums.length % 2 !== 0) return sums;
  const halved = Array.from({ length: sums.length / 2 }, (_, i) => {
    const [a, b] = [sums[2 * i] as ReturnSums, sums[2 * i + 1] as ReturnSums];
    return { count: a.count + b.count, sum: a.sum + b.sum, sumOfSquares: a.sumOfSquares + b.sumOfSquares };
  });
  return merged(halved, most);
}

/** The returns of an equity curve by the metrics' periods. */
export function periodReturns(openTimeMs: Float64Array, equity: Float64Array, timeframe: Timeframe): Float64Array {
  const starts = new ReturnPeriods(timeframe).advance(openTimeMs);
  const ends = [...Array.from(starts.subarray(1), (start) => start - 1), equity.length - 1];
  const values = ends.map((end) => equity[end] as number);
  return Float64Array.from(values.slice(1), (value, i) => value / (values[i] as number) - 1);
}

/** What the sweep as a whole is judged by. */
export type JudgedSweep = {
  /** The figures of each window with lanes to compare. */
  readonly windows: readonly OverfittingFigures[];
  /** The blocks of the newest window, whose lanes are the trials. */
  readonly sums: readonly (readonly ReturnSums[])[];
  /** Returns of the winners' records, the best first. */
  readonly returns: readonly Float64Array[];
  readonly seed: number;
  readonly periodsPerYear: number;
};

/** Draws of the bootstrap behind the reality check. */
const resamples = 1_000;

/** The figures of a whole sweep. */
export function sweepOverfitting({ windows, sums, returns, seed, periodsPerYear }: JudgedSweep): SweepOverfitting {
  const [best] = returns;
  const ability = best === undefined ? null : superiorAbility(returns, { resamples, seed });
  const figures = overfittingFigures(sums, best === undefined ? null : trackRecordOf(best), ability, periodsPerYear);
  const all = windows.flatMap(({ cscv }) => (cscv === null ? [] : [cscv]));
  const [one] = all;
  const mean = (read: (cscv: (typeof all)[number]) => number) =>
    all.reduce((sum, cscv) => sum + read(cscv), 0) / all.length;
  const cscv =
    one === undefined
      ? null
      : {
          ...one,
          pbo: mean(({ pbo }) => pbo),
          probabilityOfLoss: mean(({ probabilityOfLoss }) => probabilityOfLoss),
          degradation: all.length === 1 ? one.degradation : null,
          splits: all.reduce((sum, { splits }) => sum + splits, 0),
        };
  const whole = { ...figures, cscv, pbo: cscv?.pbo ?? null };
  return { ...whole, sentences: overfittingSentences(whole) };
}
