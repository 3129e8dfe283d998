import { normalProbability, normalQuantile } from "./normal-distribution.ts";

/** A track record: the Sharpe ratio per period (not annualised), its periods, and skewness and kurtosis (3 for a normal) of the returns. */
export type TrackRecord = {
  readonly sharpe: number;
  readonly periods: number;
  readonly skewness: number;
  readonly kurtosis: number;
};

const eulerMascheroni = 0.5772156649015329;

/**
 * The probability that the true Sharpe ratio (per period) is above `benchmark`: Φ((ŜR - SR*) √(n - 1) / √(1 - γ₃ ŜR + (γ₄ - 1)/4 ŜR²)).
 * D. H. Bailey and M. López de Prado, "The Sharpe Ratio Efficient Frontier", Journal of Risk 15(2), 2012, equation 11. (Numbers of equations, here and below, are
 * those of the authors' working papers as others quote them, who compared them with the pages; the papers themselves were not at hand.) Null below two
 * periods or when the moments contradict each other.
 */
export function probabilisticSharpe(record: TrackRecord, benchmark: number): number | null {
  const spread = estimateSpread(record);
  if (spread === null || record.periods < 2) return null;
  return normalProbability(((record.sharpe - benchmark) * Math.sqrt(record.periods - 1)) / spread);
}

/**
 * Periods after which a Sharpe ratio like this one (per period) is above `benchmark` with this confidence: 1 + (1 - γ₃ ŜR + (γ₄ - 1)/4 ŜR²) (Z / (ŜR - SR*))².
 * Bailey and López de Prado 2012, equation 13. Null when it is not above the benchmark at all.
 */
export function minimumTrackRecord(
  record: Omit<TrackRecord, "periods">,
  benchmark: number,
  confidence: number,
): number | null {
  const spread = estimateSpread(record);
  if (spread === null || record.sharpe <= benchmark) return null;
  const ratio = (normalQuantile(confidence) * spread) / (record.sharpe - benchmark);
  return 1 + ratio * ratio;
}

/** √(1 - γ₃ ŜR + (γ₄ - 1)/4 ŜR²); null when what is under the root is not above 0. */
function estimateSpread({ sharpe, skewness, kurtosis }: Omit<TrackRecord, "periods">): number | null {
  const variance = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
  return variance > 0 ? Math.sqrt(variance) : null;
}

/**
 * The expected maximum of `trials` independent standard normals: (1 - γ) Φ⁻¹(1 - 1/N) + γ Φ⁻¹(1 - 1/(N e)), γ the constant of Euler and Mascheroni.
 * Bailey, Borwein, López de Prado and Zhu, "Pseudo-Mathematics and Financial Charlatanism", Notices of the AMS 61(5), 2014, proposition 2.1. 0 for one trial.
 */
export function expectedMaximum(trials: number): number {
  if (trials <= 1) return 0;
  return (
    (1 - eulerMascheroni) * normalQuantile(1 - 1 / trials) + eulerMascheroni * normalQuantile(1 - 1 / (trials * Math.E))
  );
}

/** The trials that a record was chosen from: how many independent ones, and the variance of their Sharpe ratios (per period). */
export type Trials = { readonly count: number; readonly variance: number };

/**
 * The Sharpe ratio (per period) that the best of so many trials without skill is expected to show: √V × the expected maximum. Bailey and López de Prado,
 * "The Deflated Sharpe Ratio", Journal of Portfolio Management 40(5), 2014, equation 1 with a mean of 0.
 */
export function expectedMaximumSharpe({ count, variance }: Trials): number {
  return Math.sqrt(Math.max(0, variance)) * expectedMaximum(count);
}

/** The deflated Sharpe ratio: the probability that the true Sharpe ratio is above what the best of the trials shows by luck (same paper, equation 2). */
export function deflatedSharpe(record: TrackRecord, trials: Trials): number | null {
  return probabilisticSharpe(record, expectedMaximumSharpe(trials));
}

/**
 * Years of backtest below which the best of so many trials without skill is expected to show this annualised Sharpe ratio: (expected maximum / SR)².
 * "Pseudo-Mathematics and Financial Charlatanism", theorem 3.1, equation 3.2. Null for a Sharpe ratio that is not above 0.
 */
export function minimumBacktestYears(trials: number, annualSharpe: number): number | null {
  if (annualSharpe <= 0) return null;
  const ratio = expectedMaximum(trials) / annualSharpe;
  return ratio * ratio;
}
