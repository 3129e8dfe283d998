import { combinationCount, combinations } from "./combinations.ts";
import { type ReturnSums, sharpeOfSums } from "./return-moments.ts";

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
const mostEvaluations = 200_000_000;

/** The largest even number of blocks, at most 16, for which the splits of so many lanes are looked at in seconds; at least 4. */
export function blocksFor(laneCount: number): number {
  let blocks = 16;
  while (blocks > 4 && combinationCount(blocks, blocks / 2) * laneCount > mostEvaluations) blocks -= 2;
  return blocks;
}

/**
 * The probability of backtest overfitting by combinatorially symmetric cross-validation, judged by the Sharpe ratio. D. H. Bailey, J. M. Borwein, M. López de
 * Prado and Q. J. Zhu, "The Probability of Backtest Overfitting", Journal of Computational Finance 20(4), 2017 (2014), section 3. `sums[lane][block]`
 * are the lane's returns in an even number of blocks; at least two lanes. Null when there are fewer.
 */
export function overfittingProbability(sums: readonly (readonly ReturnSums[])[]): OverfittingProbability | null {
  const blocks = sums[0]?.length ?? 0;
  if (sums.length < 2 || blocks < 2 || blocks % 2 !== 0) return null;
  const pairs: { inSample: number; outOfSample: number }[] = [];
  let overfitted = 0;
  for (const chosen of combinations(blocks, blocks / 2)) {
    const inBlock = Array.from({ length: blocks }, (_, block) => chosen.includes(block));
    const inSample = sums.map((lane) => sharpeOver(lane, inBlock, true));
    const outOfSample = sums.map((lane) => sharpeOver(lane, inBlock, false));
    const best = indexOfMaximum(inSample);
    if (relativeRank(outOfSample, best) <= 0.5) overfitted += 1;
    pairs.push({ inSample: inSample[best] as number, outOfSample: outOfSample[best] as number });
  }
  return {
    pbo: overfitted / pairs.length,
    probabilityOfLoss: pairs.filter(({ outOfSample }) => outOfSample < 0).length / pairs.length,
    degradation: slope(pairs),
    splits: pairs.length,
    blocks,
    lanes: sums.length,
  };
}

function sharpeOver(lane: readonly ReturnSums[], inBlock: readonly boolean[], inSample: boolean): number {
  let [count, sum, sumOfSquares] = [0, 0, 0];
  for (let block = 0; block < lane.length; block++) {
    if (inBlock[block] !== inSample) continue;
    const part = lane[block] as ReturnSums;
    count += part.count;
    sum += part.sum;
    sumOfSquares += part.sumOfSquares;
  }
  return sharpeOfSums({ count, sum, sumOfSquares });
}

/** The first of equals: the order of the lanes is the order of ties. */
function indexOfMaximum(values: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}

/** Rank from the bottom (equals share the middle of their ranks) / (N + 1): 0.5 is the median, where the paper's logit is 0. */
function relativeRank(values: readonly number[], at: number): number {
  const value = values[at] as number;
  let [below, equal] = [0, 0];
  for (const other of values) {
    if (other < value) below += 1;
    else if (other === value) equal += 1;
  }
  return (below + (equal + 1) / 2) / (values.length + 1);
}

function slope(pairs: readonly { readonly inSample: number; readonly outOfSample: number }[]): number | null {
  const meanX = pairs.reduce((sum, { inSample }) => sum + inSample, 0) / pairs.length;
  const meanY = pairs.reduce((sum, { outOfSample }) => sum + outOfSample, 0) / pairs.length;
  let [covariance, variance] = [0, 0];
  for (const { inSample, outOfSample } of pairs) {
    covariance += (inSample - meanX) * (outOfSample - meanY);
    variance += (inSample - meanX) * (inSample - meanX);
  }
  return variance > 0 ? covariance / variance : null;
}
