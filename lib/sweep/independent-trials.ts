/**
 * How many independent trials so many correlated lanes are worth: N = ρ̄ + (1 - ρ̄) M, ρ̄ the average correlation between lanes, not taken below 0. Bailey and López de
 * Prado, "The Deflated Sharpe Ratio", 2014, appendix 3, equations 8 and 9 (of the working paper, as others quote it). `series[lane]` are the lane's mean returns,
 * block by block, for single returns are not kept; lanes that do not move are not counted. Null for fewer than two blocks.
 */
export function independentTrials(series: readonly (readonly number[])[]): IndependentTrials | null {
  const blocks = series[0]?.length ?? 0;
  if (blocks < 2) return null;
  const standardised = series.map(standardise).filter((values) => values !== undefined);
  const moving = standardised.length;
  if (moving < 2) return { lanes: series.length, moving, averageCorrelation: null, count: Math.max(1, moving) };
  // The squared length of a sum of unit vectors is M + the sum of all M (M - 1) correlations.
  const total = Array.from({ length: blocks }, (_, b) => standardised.reduce((sum, v) => sum + (v[b] as number), 0));
  const squared = total.reduce((sum, value) => sum + value * value, 0);
  const averageCorrelation = (squared - moving) / (moving * (moving - 1));
  const rho = Math.min(1, Math.max(0, averageCorrelation));
  return { lanes: series.length, moving, averageCorrelation, count: rho + (1 - rho) * moving };
}

export type IndependentTrials = {
  readonly lanes: number;
  /** Lanes whose returns differ from block to block. */
  readonly moving: number;
  readonly averageCorrelation: number | null;
  readonly count: number;
};

/** The values less their mean, scaled to length 1; undefined when they are all equal. */
function standardise(values: readonly number[]): number[] | undefined {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviations = values.map((value) => value - mean);
  const length = Math.sqrt(deviations.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? deviations.map((value) => value / length) : undefined;
}
