import { combinationCount, combinations } from "./combinations.ts";
import { type ReturnSums, sharpeRatio } from "./return-moments.ts";

/** What combinatorially symmetric cross-validation says of a way to choose. */
export type OverfittingProbability = {
  /** Share of the splits in which the lane that was best in-sample did not beat the median out of sample. */
  readonly pbo: number;
  /** Share of the splits in which that lane lost out of sample. */
  readonly probabilityOfLoss: number;
  /** Slope of the best lane's out-of-sample Sharpe ratio on its in-sample one; null when the latter never differs. */
  readonly degradation: number | null;
  readonly splits: number;
  readonly blocks: number;
  readonly lanes: number;
};

/** Most splits times lanes looked at: above it a caller gives fewer blocks (`blocksFor`). */
const mostEvaluations = 100_000_000;

/** The largest even number of blocks, at most 16, for which the splits of so many lanes are looked at in seconds; at least 4. */
export function blocksFor(laneCount: number): number {
  let blocks = 16;
  while (blocks > 4 && combinationCount(blocks, blocks / 2) * laneCount > mostEvaluations) blocks -= 2;
  return blocks;
}

/**
 * The probability of backtest overfitting by combinatorially symmetric cross-validation, judged by the Sharpe ratio. D. H. Bailey, J. M. Borwein, M. López de
 * Prado and Q. J. Zhu, "The Probability of Backtest Overfitting", Journal of Computational Finance 20(4), 2017: definition 2.2, estimated by the share of splits whose logit
 * is not above 0, as the Python package pypbo and others implement it (the paper itself was not at hand). `sums[lane][block]` are the lane's returns in an even number of blocks; at least two lanes. Null when there are fewer.
 */
export function overfittingProbability(sums: readonly (readonly ReturnSums[])[]): OverfittingProbability | null {
  const blocks = sums[0]?.length ?? 0;
  if (sums.length < 2 || blocks < 2 || blocks % 2 !== 0) return null;
  const lowerSize = Math.floor(blocks / 2);
  const lower = subsetSums(sums, 0, lowerSize);
  const upper = subsetSums(sums, lowerSize, blocks - lowerSize);
  const one = new Float64Array(sums.length);
  const other = new Float64Array(sums.length);
  const outcomes: SplitOutcome[] = [];
  // A half and its complement are two splits of the same two sets of figures; the halves with block 0 are half of all.
  for (const rest of combinations(blocks - 1, blocks / 2 - 1)) {
    const half = rest.reduce((bits, block) => bits | (2 << block), 1);
    const [below, above] = [half % lower.length, half >> lowerSize];
    sharpesOver(lower[below] as Sums, upper[above] as Sums, one);
    sharpesOver(lower[lower.length - 1 - below] as Sums, upper[upper.length - 1 - above] as Sums, other);
    outcomes.push(judge(one, other), judge(other, one));
  }
  return {
    pbo: outcomes.filter(({ rank }) => rank <= 0.5).length / outcomes.length,
    probabilityOfLoss: outcomes.filter(({ outOfSample }) => outOfSample < 0).length / outcomes.length,
    degradation: slope(outcomes),
    splits: outcomes.length,
    blocks,
    lanes: sums.length,
  };
}

/** The returns of all lanes over one set of blocks, lane by lane. */
type Sums = { readonly count: Float64Array; readonly sum: Float64Array; readonly sumOfSquares: Float64Array };

/**
 * The sums over every subset of `size` blocks from `first` on, by the subset's bits: a half is one subset of the lower blocks and one of the upper ones, so that a split
 * costs two additions a lane, however many blocks there are.
 */
function subsetSums(sums: readonly (readonly ReturnSums[])[], first: number, size: number): readonly Sums[] {
  const none = new Float64Array(sums.length);
  const subsets: Sums[] = [{ count: none, sum: none, sumOfSquares: none }];
  for (let block = 0; block < size; block++) {
    const own = blockColumns(sums, first + block);
    for (const before of subsets.slice()) {
      subsets.push({
        count: added(before.count, own.count),
        sum: added(before.sum, own.sum),
        sumOfSquares: added(before.sumOfSquares, own.sumOfSquares),
      });
    }
  }
  return subsets;
}

function blockColumns(sums: readonly (readonly ReturnSums[])[], block: number): Sums {
  const columns = {
    count: new Float64Array(sums.length),
    sum: new Float64Array(sums.length),
    sumOfSquares: new Float64Array(sums.length),
  };
  for (const [lane, blocks] of sums.entries()) {
    const part = blocks[block] as ReturnSums;
    columns.count[lane] = part.count;
    columns.sum[lane] = part.sum;
    columns.sumOfSquares[lane] = part.sumOfSquares;
  }
  return columns;
}

function added(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = (a[i] as number) + (b[i] as number);
  return result;
}

function sharpesOver(lower: Sums, upper: Sums, into: Float64Array): void {
  const { count: lowerCount, sum: lowerSum, sumOfSquares: lowerSquares } = lower;
  const { count: upperCount, sum: upperSum, sumOfSquares: upperSquares } = upper;
  for (let lane = 0; lane < into.length; lane++) {
    into[lane] = sharpeRatio(
      (lowerCount[lane] as number) + (upperCount[lane] as number),
      (lowerSum[lane] as number) + (upperSum[lane] as number),
      (lowerSquares[lane] as number) + (upperSquares[lane] as number),
    );
  }
}

type SplitOutcome = { readonly rank: number; readonly inSample: number; readonly outOfSample: number };

function judge(inSample: Float64Array, outOfSample: Float64Array): SplitOutcome {
  const best = indexOfMaximum(inSample);
  return {
    rank: relativeRank(outOfSample, best),
    inSample: inSample[best] as number,
    outOfSample: outOfSample[best] as number,
  };
}

/** The first of equals: the order of the lanes is the order of ties. */
function indexOfMaximum(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}

/** Rank from the bottom (equals share the middle of their ranks) / (N + 1): 0.5 is the median, where the paper's logit is 0. */
function relativeRank(values: Float64Array, at: number): number {
  const value = values[at] as number;
  let below = 0;
  let equal = 0;
  for (let i = 0; i < values.length; i++) {
    const other = values[i] as number;
    if (other < value) below += 1;
    else if (other === value) equal += 1;
  }
  return (below + (equal + 1) / 2) / (values.length + 1);
}

function slope(pairs: readonly SplitOutcome[]): number | null {
  const meanX = pairs.reduce((sum, { inSample }) => sum + inSample, 0) / pairs.length;
  const meanY = pairs.reduce((sum, { outOfSample }) => sum + outOfSample, 0) / pairs.length;
  let [covariance, variance] = [0, 0];
  for (const { inSample, outOfSample } of pairs) {
    covariance += (inSample - meanX) * (outOfSample - meanY);
    variance += (inSample - meanX) * (inSample - meanX);
  }
  return variance > 0 ? covariance / variance : null;
}
