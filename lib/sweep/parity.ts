/** How far two results of the same backtest may differ. Relative limits are fractions of the first result. */
export type ParityLimits = {
  readonly finalEquityRelative: number;
  readonly cagrAbsolute: number;
  readonly maxDrawdownAbsolute: number;
  readonly sharpeAbsolute: number;
  readonly closedTradesAbsolute: number;
  /** A point of the equity curve passes within `pointRelative`; `passFraction` of the points must pass, and none may be further off than `maxRelative`. */
  readonly series: { readonly pointRelative: number; readonly passFraction: number; readonly maxRelative: number };
};

const series = { pointRelative: 0.0025, passFraction: 0.99, maxRelative: 0.01 };

/** `engines`: between two engines. `handoff`: between two versions of one, with exact trades. `exact`: nothing may differ. */
export const parityPresets = {
  engines: {
    finalEquityRelative: 0.001,
    cagrAbsolute: 0.0015,
    maxDrawdownAbsolute: 0.002,
    sharpeAbsolute: 0.05,
    closedTradesAbsolute: 1,
    series,
  },
  handoff: {
    finalEquityRelative: 0.001,
    cagrAbsolute: 0.0005,
    maxDrawdownAbsolute: 0.005,
    sharpeAbsolute: 0.02,
    closedTradesAbsolute: 0,
    series,
  },
  exact: {
    finalEquityRelative: 0,
    cagrAbsolute: 0,
    maxDrawdownAbsolute: 0,
    sharpeAbsolute: 0,
    closedTradesAbsolute: 0,
    series: { pointRelative: 0, passFraction: 1, maxRelative: 0 },
  },
} as const satisfies { readonly [name: string]: ParityLimits };

export type ParityMetrics = {
  readonly finalEquity: number;
  readonly cagr: number | null;
  readonly maxDrawdown: number;
  readonly sharpe: number | null;
  readonly closedTrades: number;
};

/** One comparison; `difference` is null where one side is undefined and the other is not. */
export type ParityCheck = {
  readonly what: string;
  readonly difference: number | null;
  readonly limit: number;
  readonly passed: boolean;
};

/** Compares the metrics of two results, limit by limit. A difference that exceeds its limit only by rounding (10⁻⁹ of it) passes. */
export function metricParity(a: ParityMetrics, b: ParityMetrics, limits: ParityLimits): ParityCheck[] {
  const scale = Math.abs(a.finalEquity);
  return [
    check("finalEquity", a.finalEquity / scale, b.finalEquity / scale, limits.finalEquityRelative),
    check("cagr", a.cagr, b.cagr, limits.cagrAbsolute),
    check("maxDrawdown", a.maxDrawdown, b.maxDrawdown, limits.maxDrawdownAbsolute),
    check("sharpe", a.sharpe, b.sharpe, limits.sharpeAbsolute),
    check("closedTrades", a.closedTrades, b.closedTrades, limits.closedTradesAbsolute),
  ];
}

function check(what: string, a: number | null, b: number | null, limit: number): ParityCheck {
  if (a === null || b === null) return { what, difference: a === b ? 0 : null, limit, passed: a === b };
  const difference = Math.abs(a - b);
  return { what, difference, limit, passed: isWithin(difference, limit) };
}

function isWithin(difference: number, limit: number): boolean {
  return difference <= limit + limit * 1e-9;
}

export type TimedSeries = { readonly timeMs: ArrayLike<number>; readonly value: ArrayLike<number> };

/** Compares two curves point by point: the same number of points at the same times, and the limits of `series`. */
export function seriesParity(a: TimedSeries, b: TimedSeries, limits: ParityLimits["series"]): ParityCheck[] {
  const count = a.value.length;
  const rows = check("points", count, b.value.length, 0);
  let [shifted, outside, furthest] = [0, 0, 0];
  for (let i = 0; i < Math.min(count, b.value.length); i++) {
    if (a.timeMs[i] !== b.timeMs[i]) shifted += 1;
    const difference = Math.abs((b.value[i] as number) - (a.value[i] as number)) / Math.abs(a.value[i] as number);
    if (!isWithin(difference, limits.pointRelative)) outside += 1;
    furthest = Math.max(furthest, difference);
  }
  return [
    rows,
    check("times", shifted, 0, 0),
    check("points outside the limit", count === 0 ? 0 : outside / count, 0, 1 - limits.passFraction),
    check("furthest point", furthest, 0, limits.maxRelative),
  ];
}
