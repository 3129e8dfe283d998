import type { ReturnMark } from "../engine/return-marks.ts";
import type { TrackRecord } from "./sharpe-statistics.ts";

/** Sums over the returns of one lane in one block of periods: all that the overfitting figures need, so that no curve is kept. */
export type ReturnSums = { readonly count: number; readonly sum: number; readonly sumOfSquares: number };

/** The sums of the returns between two states of a lane's figures, which are saved at the ends of a block. */
export function sumsBetween(before: ReturnMark, after: ReturnMark): ReturnSums {
  const start = sumsOfMark(before);
  const end = sumsOfMark(after);
  return {
    count: end.count - start.count,
    sum: end.sum - start.sum,
    sumOfSquares: Math.max(0, end.sumOfSquares - start.sumOfSquares),
  };
}

function sumsOfMark({ periods, returnMean, returnDeviations }: ReturnMark): ReturnSums {
  return {
    count: periods,
    sum: periods * returnMean,
    sumOfSquares: returnDeviations + periods * returnMean * returnMean,
  };
}

/** The sums of these returns. */
export function sumsOf(returns: Iterable<number>): ReturnSums {
  let [count, sum, sumOfSquares] = [0, 0, 0];
  for (const value of returns) {
    count += 1;
    sum += value;
    sumOfSquares += value * value;
  }
  return { count, sum, sumOfSquares };
}

/** The sums of several blocks together. */
export function joinedSums(blocks: readonly ReturnSums[]): ReturnSums {
  let [count, sum, sumOfSquares] = [0, 0, 0];
  for (const block of blocks) {
    count += block.count;
    sum += block.sum;
    sumOfSquares += block.sumOfSquares;
  }
  return { count, sum, sumOfSquares };
}

/** mean / sample standard deviation, per period; 0 when there is none, as for a lane that never traded. */
export function sharpeOfSums({ count, sum, sumOfSquares }: ReturnSums): number {
  return sharpeRatio(count, sum, sumOfSquares);
}

/** The same of plain numbers, for loops over thousands of lanes. */
export function sharpeRatio(count: number, sum: number, sumOfSquares: number): number {
  const variance = (sumOfSquares - (sum * sum) / count) / (count - 1);
  return count > 1 && variance > 0 ? sum / count / Math.sqrt(variance) : 0;
}

/** The track record that a series of returns is: Sharpe ratio per period, skewness and kurtosis (population moments). Null when it does not move. */
export function trackRecordOf(returns: ArrayLike<number>): TrackRecord | null {
  const values = Array.from(returns);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [second, third, fourth] = [0, 0, 0];
  for (const value of values) {
    const deviation = value - mean;
    const square = deviation * deviation;
    second += square;
    third += square * deviation;
    fourth += square * square;
  }
  return recordOf({ count: values.length, mean, second, third, fourth });
}

/**
 * The same from what lanes keep at the end of each range of bars, whose returns are taken together: the central moments from the sums of powers. Null also when
 * a range kept no cubes and fourth powers.
 */
export function trackRecordOfMarks(ranges: readonly ReturnMark[]): TrackRecord | null {
  let [count, sum, squares, cubes, fourths] = [0, 0, 0, 0, 0];
  for (const range of ranges) {
    if (range.returnCubes === undefined || range.returnFourths === undefined) return null;
    const own = sumsOfMark(range);
    count += own.count;
    sum += own.sum;
    squares += own.sumOfSquares;
    cubes += range.returnCubes;
    fourths += range.returnFourths;
  }
  const mean = sum / count;
  const [only] = ranges;
  return recordOf({
    count,
    mean,
    second: ranges.length === 1 && only ? only.returnDeviations : squares - sum * mean,
    third: cubes - 3 * mean * squares + 2 * sum * mean * mean,
    fourth: fourths - 4 * mean * cubes + 6 * mean * mean * squares - 3 * sum * mean * mean * mean,
  });
}

/** Sums of the second to fourth powers of the deviations from the mean. */
type Deviations = {
  readonly count: number;
  readonly mean: number;
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
};

function recordOf({ count, mean, second, third, fourth }: Deviations): TrackRecord | null {
  if (count < 2 || !(second > 0)) return null;
  const variance = second / count;
  return {
    sharpe: mean / Math.sqrt(second / (count - 1)),
    periods: count,
    skewness: third / count / (variance * Math.sqrt(variance)),
    kurtosis: fourth / count / (variance * variance),
  };
}
