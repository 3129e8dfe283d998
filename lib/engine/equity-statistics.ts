/**
 * Running figures of an equity curve, folded bar by bar, so that a lane's state does not grow with the bars. `save` gives plain JSON; the field
 * names are the state's.
 */
export type EquityFigures = {
  bars: number;
  exposedBars: number;
  firstTimeMs: number | null;
  lastTimeMs: number | null;
  lastEquity: number;
  lowestEquity: number;
  highestEquity: number;
  sumEquity: number;
  /** The running peak, when it was last reached, and the lowest point since. */
  peak: number;
  peakTimeMs: number | null;
  troughSincePeak: number;
  troughTimeMs: number | null;
  /** Maximum drawdown as a fraction of its peak and as an amount (each its own maximum), and the dates of the first. */
  maxDrawdown: number;
  maxDrawdownAmount: number;
  maxDrawdownPeakTimeMs: number | null;
  maxDrawdownTroughTimeMs: number | null;
  maxDrawdownRecoveryTimeMs: number | null;
  /** Finished spells below a peak: how many, the sum of their depths, the sum and maximum of their lengths. */
  spells: number;
  spellDepthSum: number;
  spellMsSum: number;
  longestSpellMs: number;
  /** Period returns (see `ReturnPeriods`): Welford's mean and sum of squared deviations, and the downside's sum of squares. */
  periods: number;
  returnMean: number;
  returnDeviations: number;
  downsideSquares: number;
  bestPeriod: number | null;
  worstPeriod: number | null;
  /** Equity at the end of the first and of the last closed period; null before it. */
  firstPeriodEquity: number | null;
  lastPeriodEquity: number | null;
  /** The equity fell to zero or below: returns have no meaning from there on. */
  ruined: boolean;
};

export function startEquityFigures(cash: number): EquityFigures {
  return {
    bars: 0,
    exposedBars: 0,
    firstTimeMs: null,
    lastTimeMs: null,
    lastEquity: cash,
    lowestEquity: cash,
    highestEquity: cash,
    sumEquity: 0,
    peak: cash,
    peakTimeMs: null,
    troughSincePeak: cash,
    troughTimeMs: null,
    maxDrawdown: 0,
    maxDrawdownAmount: 0,
    maxDrawdownPeakTimeMs: null,
    maxDrawdownTroughTimeMs: null,
    maxDrawdownRecoveryTimeMs: null,
    spells: 0,
    spellDepthSum: 0,
    spellMsSum: 0,
    longestSpellMs: 0,
    periods: 0,
    returnMean: 0,
    returnDeviations: 0,
    downsideSquares: 0,
    bestPeriod: null,
    worstPeriod: null,
    firstPeriodEquity: null,
    lastPeriodEquity: null,
    ruined: false,
  };
}

/**
 * Folds the equity of consecutive bars into the figures.
 *
 * `periodStarts` lists the positions in the chunk whose bar begins a new return period (a new UTC day for bars shorter than a
 * day, else every bar), in order; the bar before each closes a period.
 */
export function foldEquity(
  figures: EquityFigures,
  equity: Float64Array,
  openTimeMs: Float64Array,
  periodStarts: Int32Array,
): void {
  const count = equity.length;
  if (count === 0) return;
  foldReturns(figures, equity, periodStarts);
  foldDrawdown(figures, equity, openTimeMs);
  if (figures.firstTimeMs === null) figures.firstTimeMs = openTimeMs[0] ?? null;
  figures.lastTimeMs = openTimeMs[count - 1] ?? null;
  figures.lastEquity = equity[count - 1] ?? figures.lastEquity;
  figures.bars += count;
}

function foldReturns(figures: EquityFigures, equity: Float64Array, periodStarts: Int32Array): void {
  for (let k = 0; k < periodStarts.length; k++) {
    const start = periodStarts[k] ?? 0;
    if (figures.bars === 0 && start === 0) continue;
    closePeriod(figures, start === 0 ? figures.lastEquity : (equity[start - 1] ?? Number.NaN));
  }
}

/** Ends a return period at this equity; the first one only sets the base of the next. */
export function closePeriod(figures: EquityFigures, equity: number): void {
  const base = figures.lastPeriodEquity;
  figures.lastPeriodEquity = equity;
  if (base === null) {
    figures.firstPeriodEquity = equity;
    return;
  }
  if (base <= 0 || equity <= 0) {
    figures.ruined = true;
    return;
  }
  const change = equity / base - 1;
  figures.periods += 1;
  const deviation = change - figures.returnMean;
  figures.returnMean += deviation / figures.periods;
  figures.returnDeviations += deviation * (change - figures.returnMean);
  if (change < 0) figures.downsideSquares += change * change;
  if (figures.bestPeriod === null || change > figures.bestPeriod) figures.bestPeriod = change;
  if (figures.worstPeriod === null || change < figures.worstPeriod) figures.worstPeriod = change;
}

function foldDrawdown(figures: EquityFigures, equity: Float64Array, openTimeMs: Float64Array): void {
  let peak = figures.peak;
  let trough = figures.troughSincePeak;
  let lowest = figures.lowestEquity;
  let sum = figures.sumEquity;
  if (figures.peakTimeMs === null) figures.peakTimeMs = openTimeMs[0] ?? null;
  // Where the peak and the trough lie in this chunk; -1: in an earlier one, where their times are known already.
  let peakAt = -1;
  let troughAt = -1;
  for (let i = 0; i < equity.length; i++) {
    const value = equity[i] as number;
    sum += value;
    if (value >= peak) {
      if (trough < peak) {
        if (peakAt >= 0) figures.peakTimeMs = openTimeMs[peakAt] ?? null;
        if (troughAt >= 0) figures.troughTimeMs = openTimeMs[troughAt] ?? null;
        figures.peak = peak;
        figures.troughSincePeak = trough;
        endSpell(figures, openTimeMs[i] ?? 0, true);
      }
      peak = value;
      trough = value;
      peakAt = i;
      troughAt = i;
    } else if (value < trough) {
      trough = value;
      troughAt = i;
      if (value < lowest) lowest = value;
    }
  }
  if (peakAt >= 0) figures.peakTimeMs = openTimeMs[peakAt] ?? null;
  if (troughAt >= 0) figures.troughTimeMs = openTimeMs[troughAt] ?? null;
  figures.peak = peak;
  figures.troughSincePeak = trough;
  figures.lowestEquity = lowest;
  if (peak > figures.highestEquity) figures.highestEquity = peak;
  figures.sumEquity = sum;
}

/** Books the spell from the running peak to `timeMs`, where it ended by recovery or because the data ended. */
export function endSpell(figures: EquityFigures, timeMs: number, recovered: boolean): void {
  const amount = figures.peak - figures.troughSincePeak;
  const depth = amount / figures.peak;
  const lengthMs = timeMs - (figures.peakTimeMs ?? timeMs);
  figures.spells += 1;
  figures.spellDepthSum += depth;
  figures.spellMsSum += lengthMs;
  if (lengthMs > figures.longestSpellMs) figures.longestSpellMs = lengthMs;
  if (amount > figures.maxDrawdownAmount) figures.maxDrawdownAmount = amount;
  if (depth > figures.maxDrawdown) {
    figures.maxDrawdown = depth;
    figures.maxDrawdownPeakTimeMs = figures.peakTimeMs;
    figures.maxDrawdownTroughTimeMs = figures.troughTimeMs;
    figures.maxDrawdownRecoveryTimeMs = recovered ? timeMs : null;
  }
}
