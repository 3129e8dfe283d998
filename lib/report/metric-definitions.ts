import type { Metrics } from "../engine/metrics.ts";

export type MetricUnit = "money" | "fraction" | "ratio" | "count" | "time" | "duration";
export type MetricGroup =
  | "Return"
  | "Risk"
  | "Drawdown"
  | "Trades"
  | "Profit of trades"
  | "Holding and excursions"
  | "Costs and orders"
  | "Basis";

/** What a metric is called, how it is written, and what it is. */
export type MetricDefinition = {
  readonly label: string;
  readonly unit: MetricUnit;
  readonly group: MetricGroup;
  readonly definition: string;
};

/** Every metric of the engine, in the order in which a report shows them. */
export const metricDefinitions: { readonly [name in keyof Metrics]: MetricDefinition } = {
  finalEquity: define(
    "Return",
    "Final equity",
    "money",
    "Equity at the end, after a forced close where the spec asks for it.",
  ),
  totalReturn: define("Return", "Total return", "fraction", "E_end / cash at the start − 1."),
  annualReturn: define("Return", "Annual return", "fraction", "(1 + g)^A − 1 with g the geometric mean of r."),
  cagr: define(
    "Return",
    "CAGR",
    "fraction",
    "(E_end / E_start)^(1 / years) − 1, years of 365.25 days from the first to the last bar’s open time.",
  ),
  bestPeriodReturn: define("Return", "Best period", "fraction", "Largest r."),
  worstPeriodReturn: define("Return", "Worst period", "fraction", "Smallest r."),
  exposure: define("Return", "Exposure", "fraction", "Share of bars at whose close a position was open."),

  volatility: define("Risk", "Volatility", "fraction", "Sample standard deviation of r × √A."),
  sharpe: define(
    "Risk",
    "Sharpe ratio",
    "ratio",
    "mean(r) / sample standard deviation(r) × √A, risk-free rate 0 (Sharpe, “The Sharpe Ratio”, 1994).",
  ),
  sortino: define(
    "Risk",
    "Sortino ratio",
    "ratio",
    "mean(r) / √mean(min(r, 0)²) × √A (Sortino and Price, 1994; target 0, over all periods).",
  ),
  calmar: define(
    "Risk",
    "Calmar ratio",
    "ratio",
    "Annual return / maximum drawdown (Young, 1991, over the whole run).",
  ),
  volatilityGeometric: define(
    "Risk",
    "Geometric volatility",
    "fraction",
    "√((s² + (1 + g)²)^A − (1 + g)^(2A)), s² the sample variance of r: volatility of the compounded return, as backtesting.py.",
  ),
  sharpeGeometric: define(
    "Risk",
    "Geometric Sharpe ratio",
    "ratio",
    "Annual return / geometric volatility, as backtesting.py.",
  ),

  maxDrawdown: define("Drawdown", "Maximum drawdown", "fraction", "max(1 − E / running peak): a positive fraction."),
  maxDrawdownAmount: define(
    "Drawdown",
    "Maximum drawdown amount",
    "money",
    "max(running peak − E), in account currency.",
  ),
  maxDrawdownPeakTimeMs: define(
    "Drawdown",
    "Peak before it",
    "time",
    "When the equity stood at the peak before the maximum drawdown.",
  ),
  maxDrawdownTroughTimeMs: define("Drawdown", "Trough", "time", "When the maximum drawdown was reached."),
  maxDrawdownRecoveryTimeMs: define(
    "Drawdown",
    "Recovery",
    "time",
    "When the equity was back at the peak; none while it is not.",
  ),
  maxDrawdownMs: define(
    "Drawdown",
    "Its length",
    "duration",
    "Length of the maximum drawdown, from its peak to the recovery or the end.",
  ),
  longestDrawdownMs: define(
    "Drawdown",
    "Longest drawdown",
    "duration",
    "Longest time below a peak, from the peak to the recovery or the end.",
  ),
  averageDrawdownMs: define(
    "Drawdown",
    "Average length",
    "duration",
    "Mean time below a peak, from the peak to the recovery or the end.",
  ),
  averageDrawdown: define("Drawdown", "Average drawdown", "fraction", "Mean depth of the times below a peak."),
  recoveryFactor: define(
    "Drawdown",
    "Recovery factor",
    "ratio",
    "(E_end − cash at the start) / maximum drawdown amount.",
  ),

  closedTrades: define(
    "Trades",
    "Closed trades",
    "count",
    "Closed trades; a part of a trade that was closed on its own counts as one.",
  ),
  openTrades: define("Trades", "Open trades", "count", "Trades open at the end, marked at the last close."),
  longTrades: define("Trades", "Long trades", "count", "Closed trades that bought first."),
  shortTrades: define("Trades", "Short trades", "count", "Closed trades that sold first."),
  winningTrades: define("Trades", "Winning trades", "count", "Closed trades with a net profit above zero."),
  losingTrades: define("Trades", "Losing trades", "count", "Closed trades with a net profit below zero."),
  winRate: define("Trades", "Win rate", "fraction", "Share of closed trades with a net profit above zero."),

  netProfit: define(
    "Profit of trades",
    "Net profit",
    "money",
    "Sum of the closed trades’ net profits, fees taken off.",
  ),
  profitFactor: define(
    "Profit of trades",
    "Profit factor",
    "ratio",
    "Sum of winning trades’ net profits / |sum of losing trades’|.",
  ),
  profitFactorOfReturns: define(
    "Profit of trades",
    "Profit factor of returns",
    "ratio",
    "The same ratio of the trades’ return fractions, as backtesting.py.",
  ),
  expectancy: define("Profit of trades", "Expectancy", "fraction", "Mean return fraction of a trade."),
  averageProfit: define("Profit of trades", "Average profit", "money", "Mean net profit of a trade."),
  averageTradeReturn: define(
    "Profit of trades",
    "Geometric trade return",
    "fraction",
    "Geometric mean of the trades’ return fractions.",
  ),
  averageWin: define("Profit of trades", "Average win", "money", "Mean net profit of a winning trade."),
  averageLoss: define("Profit of trades", "Average loss", "money", "Mean net profit of a losing trade."),
  bestTrade: define("Profit of trades", "Best trade", "money", "Largest net profit of a trade."),
  worstTrade: define("Profit of trades", "Worst trade", "money", "Smallest net profit of a trade."),
  bestTradeReturn: define("Profit of trades", "Best trade return", "fraction", "Largest net profit / entry value."),
  worstTradeReturn: define("Profit of trades", "Worst trade return", "fraction", "Smallest net profit / entry value."),
  sqn: define(
    "Profit of trades",
    "SQN",
    "ratio",
    "√n × mean / sample standard deviation of the trades’ net profits (Tharp, System Quality Number).",
  ),
  kelly: define(
    "Profit of trades",
    "Kelly fraction",
    "fraction",
    "W − (1 − W) / (average win / |average loss|) (Kelly, 1956), W the win rate.",
  ),

  averageHoldingMs: define("Holding and excursions", "Average holding", "duration", "Mean time from entry to exit."),
  averageWinHoldingMs: define(
    "Holding and excursions",
    "Average holding of wins",
    "duration",
    "Mean time from entry to exit of winning trades.",
  ),
  averageLossHoldingMs: define(
    "Holding and excursions",
    "Average holding of losses",
    "duration",
    "Mean time from entry to exit of losing trades.",
  ),
  longestHoldingMs: define("Holding and excursions", "Longest holding", "duration", "Longest time from entry to exit."),
  averageHoldingBars: define(
    "Holding and excursions",
    "Average holding in bars",
    "ratio",
    "Mean number of bars from entry to exit.",
  ),
  averageAdverseExcursion: define(
    "Holding and excursions",
    "Average adverse excursion",
    "money",
    "Mean of the trades’ worst profits before fees while open (MAE; Sweeney, 1996).",
  ),
  worstAdverseExcursion: define("Holding and excursions", "Worst adverse excursion", "money", "The worst of them."),
  averageFavorableExcursion: define(
    "Holding and excursions",
    "Average favourable excursion",
    "money",
    "Mean of the trades’ best profits before fees while open (MFE; Sweeney, 1996).",
  ),
  bestFavorableExcursion: define("Holding and excursions", "Best favourable excursion", "money", "The best of them."),

  totalFees: define("Costs and orders", "Fees", "money", "Commissions of all fills."),
  fills: define("Costs and orders", "Fills", "count", "Executions of orders."),
  turnoverAmount: define("Costs and orders", "Turnover amount", "money", "Sum of the values of all fills."),
  turnover: define("Costs and orders", "Turnover", "ratio", "That sum / mean equity at the ends of the periods."),
  rejectedOrders: define(
    "Costs and orders",
    "Rejected orders",
    "count",
    "Orders refused at their submission or at their fill.",
  ),
  ambiguousBars: define(
    "Costs and orders",
    "Ambiguous bars",
    "count",
    "Bars in which a closing stop and a closing limit both lay, so that the worse was assumed.",
  ),

  bars: define("Basis", "Bars", "count", "Bars of the run."),
  periods: define(
    "Basis",
    "Periods",
    "count",
    "Number of r: simple returns from one period’s last equity to the next (UTC days for bars shorter than a day, else bars).",
  ),
  periodsPerYear: define("Basis", "Periods per year (A)", "ratio", "By the bars’ own calendar, or as the spec states."),
};

function define(group: MetricGroup, label: string, unit: MetricUnit, definition: string): MetricDefinition {
  return { label, unit, group, definition };
}
