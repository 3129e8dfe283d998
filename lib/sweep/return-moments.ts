/** Sums over the returns of one lane in one block of periods: all that the overfitting figures need, so that no curve is kept. */
export type ReturnSums = { readonly count: number; readonly sum: number; readonly sumOfSquares: number };

/** What `EquityFigures` keeps of a lane's returns so far. */
export type RunningReturns = {
  readonly periods: number;
  readonly returnMean: number;
  readonly returnDeviations: number;
};

/** The sums of the returns between two states of a lane's figures, which are saved at the ends of a block. */
export function sumsBetween(before: RunningReturns, after: RunningReturns): ReturnSums {
  const start = sumsOfFigures(before);
  const end = sumsOfFigures(after);
  return {
    count: end.count - start.count,
    sum: end.sum - start.sum,
    sumOfSquares: Math.max(0, end.sumOfSquares - start.sumOfSquares),
  };
}

function sumsOfFigures({ periods, returnMean, returnDeviations }: RunningReturns): ReturnSums {
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
export function trackRecordOf(returns: ArrayLike<number>) {
  const periods = returns.length;
  const values = Array.from(returns);
  const mean = values.reduce((sum, value) => sum + value, 0) / periods;
  let [second, third, fourth] = [0, 0, 0];
  for (const value of values) {
    const deviation = value - mean;
    const square = deviation * deviation;
    second += square;
    third += square * deviation;
    fourth += square * square;
  }
  if (periods < 2 || second === 0) return null;
  const variance = second / periods;
  return {
    sharpe: mean / Math.sqrt(second / (periods - 1)),
    periods,
    skewness: third / periods / (variance * Math.sqrt(variance)),
    kurtosis: fourth / periods / (variance * variance),
  };
}
