import type { Metrics } from "../engine/metrics.ts";

export type MetricName = keyof Metrics;
export type Direction = "maximise" | "minimise";

/** Which way each metric of the engine is better; null where neither is, so that an objective has to say it. */
export const metricDirections: { readonly [name in MetricName]: Direction | null } = {
  finalEquity: "maximise",
  totalReturn: "maximise",
  annualReturn: "maximise",
  cagr: "maximise",
  volatility: "minimise",
  sharpe: "maximise",
  sortino: "maximise",
  calmar: "maximise",
  volatilityGeometric: "minimise",
  sharpeGeometric: "maximise",
  maxDrawdown: "minimise",
  maxDrawdownAmount: "minimise",
  maxDrawdownPeakTimeMs: null,
  maxDrawdownTroughTimeMs: null,
  maxDrawdownRecoveryTimeMs: null,
  maxDrawdownMs: "minimise",
  longestDrawdownMs: "minimise",
  averageDrawdownMs: "minimise",
  averageDrawdown: "minimise",
  recoveryFactor: "maximise",
  bestPeriodReturn: "maximise",
  worstPeriodReturn: "maximise",
  exposure: null,
  closedTrades: null,
  openTrades: null,
  longTrades: null,
  shortTrades: null,
  winningTrades: "maximise",
  losingTrades: "minimise",
  winRate: "maximise",
  netProfit: "maximise",
  profitFactor: "maximise",
  profitFactorOfReturns: "maximise",
  expectancy: "maximise",
  averageProfit: "maximise",
  averageTradeReturn: "maximise",
  averageWin: "maximise",
  averageLoss: "maximise",
  bestTrade: "maximise",
  worstTrade: "maximise",
  bestTradeReturn: "maximise",
  worstTradeReturn: "maximise",
  sqn: "maximise",
  kelly: "maximise",
  averageHoldingMs: null,
  averageWinHoldingMs: null,
  averageLossHoldingMs: null,
  longestHoldingMs: null,
  averageHoldingBars: null,
  averageAdverseExcursion: "maximise",
  worstAdverseExcursion: "maximise",
  averageFavorableExcursion: "maximise",
  bestFavorableExcursion: "maximise",
  totalFees: "minimise",
  fills: null,
  turnoverAmount: null,
  turnover: null,
  rejectedOrders: "minimise",
  ambiguousBars: "minimise",
  periods: null,
  periodsPerYear: null,
  bars: null,
};

export const metricNames: readonly string[] = Object.keys(metricDirections);

/** Whether the engine has a metric of this name. */
export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(metricDirections, name);
}
