import { expect, test } from "vitest";
import { type ListedTrade, largestTrades } from "../../lib/report/collect-trades.ts";

test("of too many trades the largest profits and losses are listed, in their order", () => {
  const trades = [5, -100, 1, 80, -2].map((netProfit, i) => trade(i + 1, netProfit));
  expect(largestTrades(trades, 3).map(({ number }) => number)).toEqual([1, 2, 4]);
});

function trade(number: number, netProfit: number): ListedTrade {
  const nothing = {
    side: "long",
    quantity: 1,
    entryBar: 0,
    entryTimeMs: 0,
    entryPrice: 1,
    exitBar: 1,
    exitTimeMs: 1,
    exitPrice: 1,
    fees: 0,
    returnFraction: 0,
  };
  return { ...nothing, number, netProfit, entryTag: null, exitTag: null, exitReason: "order" };
}
