import type { Fill, Trade } from "./facts.ts";
import { add, type Fixed, formatFixed, parseFixed, toNumber } from "./money.ts";

/** Running figures of closed trades and fills. Profits are exact sums; returns are fractions of the entry value. */
export type TradeFigures = {
  fills: number;
  turnover: Fixed;
  closed: number;
  longs: number;
  wins: number;
  losses: number;
  winSum: Fixed;
  lossSum: Fixed;
  bestProfit: number | null;
  worstProfit: number | null;
  /** Welford's mean and sum of squared deviations of the net profits. */
  profitMean: number;
  profitDeviations: number;
  returnSum: number;
  winReturnSum: number;
  lossReturnSum: number;
  /** Sum of ln(1 + return) over the trades that did not lose everything, and how many did. */
  logReturnSum: number;
  totalLosses: number;
  bestReturn: number | null;
  worstReturn: number | null;
  adverseSum: number;
  favorableSum: number;
  worstAdverse: number;
  bestFavorable: number;
  barsSum: number;
  holdingMsSum: number;
  winHoldingMsSum: number;
  lossHoldingMsSum: number;
  longestHoldingMs: number;
};

export function startTradeFigures(): TradeFigures {
  return {
    fills: 0,
    turnover: 0,
    closed: 0,
    longs: 0,
    wins: 0,
    losses: 0,
    winSum: 0,
    lossSum: 0,
    bestProfit: null,
    worstProfit: null,
    profitMean: 0,
    profitDeviations: 0,
    returnSum: 0,
    winReturnSum: 0,
    lossReturnSum: 0,
    logReturnSum: 0,
    totalLosses: 0,
    bestReturn: null,
    worstReturn: null,
    adverseSum: 0,
    favorableSum: 0,
    worstAdverse: 0,
    bestFavorable: 0,
    barsSum: 0,
    holdingMsSum: 0,
    winHoldingMsSum: 0,
    lossHoldingMsSum: 0,
    longestHoldingMs: 0,
  };
}

export function foldFill(figures: TradeFigures, fill: Fill): void {
  figures.fills += 1;
  figures.turnover = add(figures.turnover, fill.value);
}

export function foldTrade(figures: TradeFigures, trade: Trade): void {
  const profit = toNumber(trade.netProfit);
  const holdingMs = trade.exitTimeMs - trade.entryTimeMs;
  figures.closed += 1;
  if (trade.side === "long") figures.longs += 1;
  if (profit > 0) {
    figures.wins += 1;
    figures.winSum = add(figures.winSum, trade.netProfit);
    figures.winHoldingMsSum += holdingMs;
  } else if (profit < 0) {
    figures.losses += 1;
    figures.lossSum = add(figures.lossSum, trade.netProfit);
    figures.lossHoldingMsSum += holdingMs;
  }
  if (figures.bestProfit === null || profit > figures.bestProfit) figures.bestProfit = profit;
  if (figures.worstProfit === null || profit < figures.worstProfit) figures.worstProfit = profit;

  const deviation = profit - figures.profitMean;
  figures.profitMean += deviation / figures.closed;
  figures.profitDeviations += deviation * (profit - figures.profitMean);

  const change = trade.returnFraction;
  figures.returnSum += change;
  if (change > 0) figures.winReturnSum += change;
  else figures.lossReturnSum += change;
  if (change > -1) figures.logReturnSum += Math.log(1 + change);
  else figures.totalLosses += 1;
  if (figures.bestReturn === null || change > figures.bestReturn) figures.bestReturn = change;
  if (figures.worstReturn === null || change < figures.worstReturn) figures.worstReturn = change;

  figures.adverseSum += trade.maxAdverse;
  figures.favorableSum += trade.maxFavorable;
  if (trade.maxAdverse < figures.worstAdverse) figures.worstAdverse = trade.maxAdverse;
  if (trade.maxFavorable > figures.bestFavorable) figures.bestFavorable = trade.maxFavorable;
  figures.barsSum += trade.exitBar - trade.entryBar;
  figures.holdingMsSum += holdingMs;
  if (holdingMs > figures.longestHoldingMs) figures.longestHoldingMs = holdingMs;
}

const money = ["turnover", "winSum", "lossSum"] as const;

/** The figures as JSON: amounts are decimal text. */
export type SavedTradeFigures = { readonly [name in keyof TradeFigures]: number | string | null };

export function saveTradeFigures(figures: TradeFigures): SavedTradeFigures {
  const amounts = money.map((name) => {
    return [name, formatFixed(figures[name])];
  });
  return { ...figures, ...Object.fromEntries(amounts) };
}

export function restoreTradeFigures(saved: SavedTradeFigures): TradeFigures {
  const amounts = money.map((name) => {
    return [name, parseFixed(String(saved[name]))];
  });
  // Begun with the fresh figures, so that the compiled code meets one kind of object, restored or not.
  return { ...startTradeFigures(), ...saved, ...Object.fromEntries(amounts) };
}
