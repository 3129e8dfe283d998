import type { EquityFigures } from "./equity-curve.ts";
import { exponential, power } from "./exponential.ts";
import type { Lane } from "./lane.ts";
import { add, toNumber } from "./money.ts";
import type { ReturnPeriods } from "./return-periods.ts";
import { type Timeframe, timeframeMs } from "./timeframe.ts";
import type { TradeFigures } from "./trade-statistics.ts";

/**
 * The metrics of one lane. Fractions, not percent; null where a metric is undefined (an empty denominator, too few trades or periods).
 *
 * r: simple returns from one period's last equity to the next (periods: UTC days for bars shorter than a day, else bars; the first period's end is the
 * first base). A: periods in a year (`periodsPerYear`). E: equity. Trades: closed trades only.
 */
export type Metrics = {
  /** Equity at the end, after a forced close where the spec asks for it. */
  finalEquity: number;
  /** E_end / cash at the start - 1. */
  totalReturn: number;
  /** (1 + g)^A - 1 with g the geometric mean of r. */
  annualReturn: number | null;
  /** (E_end / E_start)^(1 / years) - 1, years of 365.25 days from the first to the last bar's open time. */
  cagr: number | null;
  /** Sample standard deviation of r × √A. */
  volatility: number | null;
  /** mean(r) / sample standard deviation(r) × √A, risk-free rate 0 (Sharpe, "The Sharpe Ratio", 1994). */
  sharpe: number | null;
  /** mean(r) / √mean(min(r, 0)²) × √A (Sortino and Price, 1994; target 0, over all periods). */
  sortino: number | null;
  /** annualReturn / maxDrawdown (Young, 1991, over the whole run). */
  calmar: number | null;
  /** √((s² + (1 + g)²)^A - (1 + g)^(2A)), s² the sample variance of r: volatility of the compounded return, as backtesting.py. */
  volatilityGeometric: number | null;
  /** annualReturn / volatilityGeometric, as backtesting.py. */
  sharpeGeometric: number | null;
  /** max(1 - E / running peak): a positive fraction. */
  maxDrawdown: number;
  /** max(running peak - E), in account currency. */
  maxDrawdownAmount: number;
  maxDrawdownPeakTimeMs: number | null;
  maxDrawdownTroughTimeMs: number | null;
  /** When the equity was back at the peak; null while it is not. */
  maxDrawdownRecoveryTimeMs: number | null;
  /** Length of the maximum drawdown, from its peak to the recovery, or to the end, in milliseconds. */
  maxDrawdownMs: number | null;
  /** Longest and mean time below a peak, from the peak to the recovery or the end, in milliseconds. */
  longestDrawdownMs: number;
  averageDrawdownMs: number | null;
  averageDrawdown: number | null;
  /** (E_end - cash at the start) / maxDrawdownAmount. */
  recoveryFactor: number | null;
  bestPeriodReturn: number | null;
  worstPeriodReturn: number | null;
  /** Share of bars at whose close a position was open. */
  exposure: number | null;
  closedTrades: number;
  openTrades: number;
  longTrades: number;
  shortTrades: number;
  winningTrades: number;
  losingTrades: number;
  /** Share of closed trades with a net profit above zero. */
  winRate: number | null;
  netProfit: number;
  /** Sum of winning trades' net profits / |sum of losing trades'|. */
  profitFactor: number | null;
  /** The same ratio of the trades' return fractions, as backtesting.py. */
  profitFactorOfReturns: number | null;
  /** Mean return fraction, and mean net profit, of a trade. */
  expectancy: number | null;
  averageProfit: number | null;
  /** Geometric mean of the trades' return fractions. */
  averageTradeReturn: number | null;
  averageWin: number | null;
  averageLoss: number | null;
  bestTrade: number | null;
  worstTrade: number | null;
  bestTradeReturn: number | null;
  worstTradeReturn: number | null;
  /** √n × mean / sample standard deviation of the trades' net profits (Tharp, System Quality Number). */
  sqn: number | null;
  /** W - (1 - W) / (average win / |average loss|) (Kelly, 1956), W the win rate. */
  kelly: number | null;
  averageHoldingMs: number | null;
  averageWinHoldingMs: number | null;
  averageLossHoldingMs: number | null;
  longestHoldingMs: number;
  averageHoldingBars: number | null;
  /** Mean and worst adverse, mean and best favourable excursion of a trade, in account currency (Sweeney, 1996). */
  averageAdverseExcursion: number | null;
  worstAdverseExcursion: number;
  averageFavorableExcursion: number | null;
  bestFavorableExcursion: number;
  totalFees: number;
  fills: number;
  /** Sum of the values of all fills, and that sum / mean equity at the ends of the periods. */
  turnoverAmount: number;
  turnover: number | null;
  rejectedOrders: number;
  /** Bars in which a closing stop and a closing limit both lay, so that the worse was assumed. */
  ambiguousBars: number;
  periods: number;
  periodsPerYear: number;
  bars: number;
};

/** The metrics of a lane after `Simulation.end`. `periodsPerYear` overrides what follows from the bars. */
export function laneMetrics(
  lane: Lane,
  periods: ReturnPeriods,
  timeframe: Timeframe,
  periodsPerYear: number | null,
): Metrics {
  return metricsOf({
    cash: toNumber(lane.program.settings.cash),
    equity: lane.curve.figures,
    trades: lane.broker.account.figures,
    openTrades: lane.broker.account.openTrades.length,
    totalFees: toNumber(lane.broker.account.feesPaid),
    rejectedOrders: lane.broker.rejections,
    ambiguousBars: lane.broker.ambiguousBars,
    periodsPerYear: periodsPerYear ?? annualPeriods(timeframe, periods),
  });
}

/** What metrics are computed from: of a lane, or of stretches that were joined to one record. */
export type MetricSource = Pick<
  Metrics,
  "openTrades" | "totalFees" | "rejectedOrders" | "ambiguousBars" | "periodsPerYear"
> & { readonly cash: number; readonly equity: EquityFigures; readonly trades: TradeFigures };

/** The metrics of a record that has ended. */
export function metricsOf({ cash, equity, trades, ...counted }: MetricSource): Metrics {
  return { ...equityMetrics(equity, cash, counted.periodsPerYear), ...tradeMetrics(trades, equity), ...counted };
}

/**
 * Periods in a year by the bars' own calendar: 12 months, 52 weeks, else days: 365 when bars on Saturdays and Sundays are more than 60 % of the share that an
 * unbroken week would have (2/7), else 252; for bars of several days, that number divided by the days.
 */
export function annualPeriods(timeframe: Timeframe, periods: ReturnPeriods): number {
  const count = Number.parseInt(timeframe, 10);
  if (timeframe.endsWith("M")) return 12 / count;
  if (timeframe.endsWith("w")) return 52 / count;
  const daysPerYear = periods.bars > 0 && periods.weekendBars / periods.bars > (2 / 7) * 0.6 ? 365 : 252;
  return daysPerYear / Math.max(1, (timeframeMs(timeframe) ?? 86_400_000) / 86_400_000);
}

function equityMetrics(figures: EquityFigures, cash: number, perYear: number) {
  const { periods, returnMean } = figures;
  const variance = periods > 1 ? figures.returnDeviations / (periods - 1) : null;
  const deviation = variance === null ? null : Math.sqrt(variance);
  const downside = periods > 0 ? Math.sqrt(figures.downsideSquares / periods) : null;
  const growth = geometricGrowth(figures);
  const annualReturn = growth === null ? null : power(1 + growth, perYear) - 1;
  const volatilityGeometric =
    growth === null || variance === null
      ? null
      : Math.sqrt(Math.max(0, power(variance + (1 + growth) * (1 + growth), perYear) - power(1 + growth, 2 * perYear)));
  const root = Math.sqrt(perYear);
  return {
    finalEquity: figures.lastEquity,
    totalReturn: figures.lastEquity / cash - 1,
    annualReturn,
    cagr: compoundGrowth(figures, cash),
    volatility: figures.ruined || deviation === null ? null : deviation * root,
    sharpe: figures.ruined ? null : ratio(returnMean * root, deviation),
    sortino: figures.ruined ? null : ratio(returnMean * root, downside),
    calmar: annualReturn === null ? null : ratio(annualReturn, figures.maxDrawdown),
    volatilityGeometric,
    sharpeGeometric: annualReturn === null ? null : ratio(annualReturn, volatilityGeometric),
    maxDrawdown: figures.maxDrawdown,
    maxDrawdownAmount: figures.maxDrawdownAmount,
    maxDrawdownPeakTimeMs: figures.maxDrawdownPeakTimeMs,
    maxDrawdownTroughTimeMs: figures.maxDrawdownTroughTimeMs,
    maxDrawdownRecoveryTimeMs: figures.maxDrawdownRecoveryTimeMs,
    maxDrawdownMs: drawdownLength(figures),
    longestDrawdownMs: figures.longestSpellMs,
    averageDrawdownMs: ratio(figures.spellMsSum, figures.spells),
    averageDrawdown: ratio(figures.spellDepthSum, figures.spells),
    recoveryFactor: ratio(figures.lastEquity - cash, figures.maxDrawdownAmount),
    bestPeriodReturn: figures.bestPeriod,
    worstPeriodReturn: figures.worstPeriod,
    exposure: ratio(figures.exposedBars, figures.bars),
    periods,
    bars: figures.bars,
  };
}

function tradeMetrics(figures: TradeFigures, equity: EquityFigures) {
  const { closed, wins, losses } = figures;
  const averageWin = ratio(toNumber(figures.winSum), wins);
  const averageLoss = ratio(toNumber(figures.lossSum), losses);
  const winRate = ratio(wins, closed);
  const deviation = closed > 1 ? Math.sqrt(figures.profitDeviations / (closed - 1)) : null;
  return {
    closedTrades: closed,
    longTrades: figures.longs,
    shortTrades: closed - figures.longs,
    winningTrades: wins,
    losingTrades: losses,
    winRate,
    netProfit: toNumber(add(figures.winSum, figures.lossSum)),
    profitFactor: ratio(toNumber(figures.winSum), 0 - toNumber(figures.lossSum)),
    profitFactorOfReturns: ratio(figures.winReturnSum, -figures.lossReturnSum),
    expectancy: ratio(figures.returnSum, closed),
    averageProfit: ratio(toNumber(add(figures.winSum, figures.lossSum)), closed),
    averageTradeReturn: geometricTrade(figures),
    averageWin,
    averageLoss,
    bestTrade: figures.bestProfit,
    worstTrade: figures.worstProfit,
    bestTradeReturn: figures.bestReturn,
    worstTradeReturn: figures.worstReturn,
    sqn: ratio(Math.sqrt(closed) * figures.profitMean, deviation),
    kelly: kelly(winRate, averageWin, averageLoss),
    averageHoldingMs: ratio(figures.holdingMsSum, closed),
    averageWinHoldingMs: ratio(figures.winHoldingMsSum, wins),
    averageLossHoldingMs: ratio(figures.lossHoldingMsSum, losses),
    longestHoldingMs: figures.longestHoldingMs,
    averageHoldingBars: ratio(figures.barsSum, closed),
    averageAdverseExcursion: ratio(figures.adverseSum, closed),
    worstAdverseExcursion: figures.worstAdverse,
    averageFavorableExcursion: ratio(figures.favorableSum, closed),
    bestFavorableExcursion: figures.bestFavorable,
    fills: figures.fills,
    turnoverAmount: toNumber(figures.turnover),
    turnover: equity.equitySum > 0 ? ratio(toNumber(figures.turnover) * equity.equityCount, equity.equitySum) : null,
  };
}

/** The geometric mean of the period returns, from the first and the last period's equity; null when it has no meaning. */
function geometricGrowth(figures: EquityFigures): number | null {
  const { periods, firstPeriodEquity, lastPeriodEquity, ruined } = figures;
  if (ruined || periods === 0 || firstPeriodEquity === null || lastPeriodEquity === null) return null;
  return power(lastPeriodEquity / firstPeriodEquity, 1 / periods) - 1;
}

function drawdownLength(figures: EquityFigures): number | null {
  const { maxDrawdownPeakTimeMs, maxDrawdownRecoveryTimeMs, lastTimeMs } = figures;
  if (maxDrawdownPeakTimeMs === null || lastTimeMs === null) return null;
  return (maxDrawdownRecoveryTimeMs ?? lastTimeMs) - maxDrawdownPeakTimeMs;
}

const yearMs = 365.25 * 86_400_000;

function compoundGrowth(figures: EquityFigures, cash: number): number | null {
  const years = ((figures.lastTimeMs ?? 0) - (figures.firstTimeMs ?? 0)) / yearMs;
  if (years <= 0 || figures.lastEquity <= 0) return null;
  const result = power(figures.lastEquity / cash, 1 / years) - 1;
  return Number.isFinite(result) ? result : null;
}

function geometricTrade(figures: TradeFigures): number | null {
  if (figures.closed === 0) return null;
  return figures.totalLosses > 0 ? -1 : exponential(figures.logReturnSum / figures.closed) - 1;
}

function kelly(winRate: number | null, averageWin: number | null, averageLoss: number | null): number | null {
  if (winRate === null || averageWin === null || averageLoss === null) return null;
  return winRate - (1 - winRate) / (averageWin / -averageLoss);
}

/** numerator / denominator, or null when the denominator is empty or the result is not a finite number. */
function ratio(numerator: number, denominator: number | null): number | null {
  if (denominator === null || denominator === 0) return null;
  const result = numerator / denominator;
  return Number.isFinite(result) ? result + 0 : null;
}
