export type Regime = "volatile" | "bull" | "bear" | "sideways";

/** Thresholds on the annualised mean and sample deviation of the last `lookback` returns. Fractions. */
export type RegimeThresholds = {
  readonly lookback: number;
  readonly bull: number;
  readonly bear: number;
  readonly volatility: number;
};

export type RegimeRules = RegimeThresholds & { readonly periodsPerYear: number };

/** The market at one bar, by the returns up to its close; null for the first `lookback` bars. */
export type BarRegime = { readonly regime: Regime; readonly annualReturn: number; readonly volatility: number } | null;

/**
 * The regime of every bar by threshold rules, the first that fits: volatile above `volatility`, bull above `bull`, bear below `bear`, else sideways. A value at a
 * threshold is not above it. A regime describes; it looks at no later bar.
 */
export function classifyRegimes(close: ArrayLike<number>, rules: RegimeRules): BarRegime[] {
  const { lookback, periodsPerYear } = rules;
  return Array.from({ length: close.length }, (_, bar) => {
    if (bar < lookback || lookback < 2) return null;
    let mean = 0;
    for (let k = bar - lookback + 1; k <= bar; k++) mean += changeAt(close, k) / lookback;
    let squares = 0;
    for (let k = bar - lookback + 1; k <= bar; k++)
      squares += (changeAt(close, k) - mean) * (changeAt(close, k) - mean);
    const annualReturn = mean * periodsPerYear;
    const volatility = Math.sqrt(squares / (lookback - 1)) * Math.sqrt(periodsPerYear);
    return { regime: regimeOf(annualReturn, volatility, rules), annualReturn, volatility };
  });
}

function changeAt(values: ArrayLike<number>, at: number): number {
  return (values[at] as number) / (values[at - 1] as number) - 1;
}

/** The regime of one bar by its two figures. */
export function regimeOf(annualReturn: number, volatility: number, thresholds: RegimeThresholds): Regime {
  if (volatility > thresholds.volatility) return "volatile";
  if (annualReturn > thresholds.bull) return "bull";
  return annualReturn < thresholds.bear ? "bear" : "sideways";
}

/** A stretch of bars [startBar, endBar) in one regime, with the means of the rolling figures over it. One bar is a stretch too. */
export type RegimePeriod = {
  readonly regime: Regime;
  readonly startBar: number;
  readonly endBar: number;
  readonly annualReturn: number;
  readonly volatility: number;
};

/** The stretches of equal regime, in order; bars count from 0. */
export function regimePeriods(bars: readonly BarRegime[]): RegimePeriod[] {
  const periods: RegimePeriod[] = [];
  for (let startBar = 0; startBar < bars.length; ) {
    const first = bars[startBar];
    let endBar = startBar + 1;
    while (endBar < bars.length && bars[endBar]?.regime === first?.regime) endBar += 1;
    const stretch = bars.slice(startBar, endBar).filter((bar) => bar !== null);
    if (first) {
      const meanOf = (read: (bar: NonNullable<BarRegime>) => number) =>
        stretch.reduce((sum, bar) => sum + read(bar), 0) / stretch.length;
      periods.push({
        regime: first.regime,
        startBar,
        endBar,
        annualReturn: meanOf((bar) => bar.annualReturn),
        volatility: meanOf((bar) => bar.volatility),
      });
    }
    startBar = endBar;
  }
  return periods;
}

/** What a strategy did in one regime: the bars, its compounded return over them, and the annualised Sharpe ratio of its returns (null when they do not move). */
export type RegimeMetrics = {
  readonly bars: number;
  readonly totalReturn: number;
  readonly sharpe: number | null;
  readonly volatility: number | null;
};

/** A strategy's equity at the end of one period, the market then, and how many bars the period has. */
export type RegimePoint = { readonly equity: number; readonly regime: BarRegime; readonly bars: number };

/** A record's metrics per regime from its equity period by period: the change into a period counts to that period's regime. Of nothing left there is no change. */
export function regimeMetrics(
  points: readonly RegimePoint[],
  periodsPerYear: number,
): { readonly [regime in Regime]: RegimeMetrics } {
  const spent: { readonly [regime in Regime]: Spent } = {
    volatile: { bars: 0, returns: [] },
    bull: { bars: 0, returns: [] },
    bear: { bars: 0, returns: [] },
    sideways: { bars: 0, returns: [] },
  };
  points.forEach(({ equity, regime, bars }, k) => {
    const before = points[k - 1];
    if (regime === null || before === undefined) return;
    const own = spent[regime.regime];
    own.bars += bars;
    if (before.equity > 0) own.returns.push(equity / before.equity - 1);
  });
  return {
    volatile: summarise(spent.volatile, periodsPerYear),
    bull: summarise(spent.bull, periodsPerYear),
    bear: summarise(spent.bear, periodsPerYear),
    sideways: summarise(spent.sideways, periodsPerYear),
  };
}

type Spent = { bars: number; readonly returns: number[] };

function summarise({ bars, returns }: Spent, periodsPerYear: number): RegimeMetrics {
  const count = returns.length;
  const mean = returns.reduce((sum, value) => sum + value, 0) / count;
  const squares = returns.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const deviation = count > 1 ? Math.sqrt(squares / (count - 1)) : 0;
  const root = Math.sqrt(periodsPerYear);
  return {
    bars,
    totalReturn: returns.reduce((product, value) => product * (1 + value), 1) - 1,
    sharpe: deviation > 0 ? (mean / deviation) * root : null,
    volatility: count > 1 ? deviation * root : null,
  };
}
