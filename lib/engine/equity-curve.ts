import type { Bars } from "./bars.ts";

/**
 * Running figures of an equity curve, so that a lane's state does not grow with the bars. Plain JSON: the field names are the state's.
 */
export type EquityFigures = {
  bars: number;
  exposedBars: number;
  firstTimeMs: number | null;
  lastTimeMs: number | null;
  lastEquity: number;
  /** The running peak, when it was last reached, and the lowest point since with its time. */
  peak: number;
  peakTimeMs: number | null;
  trough: number;
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
  /** Sums of the cubes and of the fourth powers of the period returns; only where they are asked for (`returnPowers`). */
  returnCubes?: number;
  returnFourths?: number;
  downsideSquares: number;
  bestPeriod: number | null;
  worstPeriod: number | null;
  /** Equity at the end of the first and of the last closed period (null before it), the sum over all, and how many. */
  firstPeriodEquity: number | null;
  lastPeriodEquity: number | null;
  equitySum: number;
  equityCount: number;
  /** The equity fell to zero or below: returns have no meaning from there on. */
  ruined: boolean;
};

/** Folds a lane's equity into its figures, stretch by stretch, while the lane marks its account. */
export class EquityCurve {
  readonly figures: EquityFigures;
  // Where in the current chunk the running peak and trough lie; -1 while they lie in an earlier one, whose times are known already.
  #peakAt = -1;
  #troughAt = -1;

  constructor(cash: number, saved?: Partial<EquityFigures>) {
    this.figures = { ...startFigures(cash), ...saved };
  }

  /** Makes what the account is worth at the start the base of the first return, for an account that may hold something by then. */
  startPeriods(): void {
    this.figures.firstPeriodEquity = this.figures.lastEquity;
    this.figures.lastPeriodEquity = this.figures.lastEquity;
  }

  /** The account holds no position over the positions [from, to). */
  flat(cash: number, bars: Bars, equity: Float64Array, from: number, to: number): void {
    // Most stretches are short: a loop is faster than `fill`, a call out of compiled code.
    for (let k = from; k < to; k++) equity[k] = cash;
    const figures = this.figures;
    if (cash >= figures.peak) {
      if (figures.trough < figures.peak) this.#recover(bars, from);
      figures.peak = cash;
      figures.trough = cash;
      this.#peakAt = to - 1;
      this.#troughAt = to - 1;
    } else if (cash < figures.trough) {
      figures.trough = cash;
      this.#troughAt = from;
    }
  }

  /** The account holds `units` over the positions [from, to): its equity is cash + units × close. */
  hold(cash: number, units: number, bars: Bars, equity: Float64Array, from: number, to: number): void {
    const figures = this.figures;
    const close = bars.close;
    let { peak, trough } = figures;
    for (let k = from; k < to; k++) {
      const value = cash + units * (close[k] as number);
      equity[k] = value;
      if (value >= peak) {
        if (trough < peak) {
          figures.peak = peak;
          figures.trough = trough;
          this.#recover(bars, k);
        }
        peak = value;
        trough = value;
        this.#peakAt = k;
        this.#troughAt = k;
      } else if (value < trough) {
        trough = value;
        this.#troughAt = k;
      }
    }
    figures.peak = peak;
    figures.trough = trough;
    figures.exposedBars += to - from;
  }

  #recover(bars: Bars, at: number): void {
    this.#resolveTimes(bars.openTimeMs);
    endSpell(this.figures, bars.openTimeMs[at] as number, true);
  }

  /** Ends the chunk: closes the return periods before each of `periodStarts` and keeps the times that the next chunk cannot look up. */
  endChunk(bars: Bars, equity: Float64Array, periodStarts: Int32Array): void {
    const figures = this.figures;
    const count = equity.length;
    if (figures.returnCubes !== undefined) this.#addPowers(equity, periodStarts);
    for (let k = 0; k < periodStarts.length; k++) {
      const start = periodStarts[k] as number;
      if (start > 0) closePeriod(figures, equity[start - 1] as number);
      else if (figures.bars > 0) closePeriod(figures, figures.lastEquity);
    }
    const times = bars.openTimeMs;
    if (figures.bars === 0) {
      figures.firstTimeMs = times[0] as number;
      figures.peakTimeMs = figures.firstTimeMs;
    }
    this.#resolveTimes(times);
    this.#peakAt = -1;
    this.#troughAt = -1;
    figures.bars += count;
    figures.lastTimeMs = times[count - 1] as number;
    figures.lastEquity = equity[count - 1] as number;
  }

  /** Adds the powers of the returns that end in this chunk: a loop of its own, over locals, takes half the time of adding to the figures at every period. */
  #addPowers(equity: Float64Array, periodStarts: Int32Array): void {
    const figures = this.figures;
    let base = figures.lastPeriodEquity ?? 0;
    let cubes = figures.returnCubes ?? 0;
    let fourths = figures.returnFourths ?? 0;
    for (let k = 0; k < periodStarts.length; k++) {
      const start = periodStarts[k] as number;
      if (start === 0 && figures.bars === 0) continue;
      const value = start > 0 ? (equity[start - 1] as number) : figures.lastEquity;
      if (base > 0 && value > 0) {
        const change = value / base - 1;
        const square = change * change;
        cubes += square * change;
        fourths += square * square;
      }
      base = value;
    }
    figures.returnCubes = cubes;
    figures.returnFourths = fourths;
  }

  #resolveTimes(openTimeMs: Float64Array): void {
    const figures = this.figures;
    if (figures.bars === 0 && this.#peakAt < 0) figures.peakTimeMs = openTimeMs[0] as number;
    if (this.#peakAt >= 0) figures.peakTimeMs = openTimeMs[this.#peakAt] as number;
    if (this.#troughAt >= 0) figures.troughTimeMs = openTimeMs[this.#troughAt] as number;
  }

  /** Ends the run at its last bar with this equity, which costs of a forced close may have lowered. */
  end(equity: number, timeMs: number): void {
    const figures = this.figures;
    figures.lastEquity = equity;
    if (equity < figures.trough) {
      figures.trough = equity;
      figures.troughTimeMs = timeMs;
    }
    if (figures.returnCubes !== undefined) this.#addPowers(Float64Array.of(equity), Int32Array.of(1));
    closePeriod(figures, equity);
    if (figures.trough < figures.peak) endSpell(figures, timeMs, false);
  }
}

/** Ends a return period at this equity; the first one only sets the base of the next. */
function closePeriod(figures: EquityFigures, equity: number): void {
  const base = figures.lastPeriodEquity;
  figures.lastPeriodEquity = equity;
  figures.equitySum += equity;
  figures.equityCount += 1;
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

/** Books the spell from the running peak to `timeMs`, where it ended by recovery or because the data ended. */
function endSpell(figures: EquityFigures, timeMs: number, recovered: boolean): void {
  const amount = figures.peak - figures.trough;
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

function startFigures(cash: number): EquityFigures {
  return {
    bars: 0,
    exposedBars: 0,
    firstTimeMs: null,
    lastTimeMs: null,
    lastEquity: cash,
    peak: cash,
    peakTimeMs: null,
    trough: cash,
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
    equitySum: 0,
    equityCount: 0,
    ruined: false,
  };
}
