import { beforeAll, describe } from "vitest";
import { close, defineStrategy, high, highest, sma, z } from "../../lib/backstitch.ts";
import { type Comparison, testFactsOf, testMetricsOfBacktestingPy } from "./expect-golden.ts";
import { hasSharedCases } from "./golden-file.ts";
import { runGolden } from "./run-golden.ts";

const breakoutLots = defineStrategy({
  name: "breakout-lots",
  params: z.strictObject({ channel: z.int(), average: z.int(), lots: z.int() }),
  columns: ({ channel, average }) => ({ top: highest(high, channel), average: sma(close, average) }),
  onBar(bar) {
    const { top, average } = bar.columns;
    if (bar.close > top.previous && bar.trades.length < bar.params.lots) bar.buy();
    else if (bar.close < average.now) {
      for (const { tradeId, quantity } of bar.trades) {
        bar.closePosition({ trade: tradeId, quantity: Math.max(1, halfToEven(quantity)) });
      }
    }
  },
});

/** Half of a whole number, halves to the even neighbour. */
function halfToEven(quantity: number): number {
  const down = Math.floor(quantity / 2);
  if (quantity % 2 === 0) return down;
  return down % 2 === 0 ? down : down + 1;
}

describe.skipIf(!hasSharedCases)("B12: up to four lots of 11, each halved every bar below SMA(50)", () => {
  let comparison: Comparison;
  beforeAll(async () => {
    comparison = await runGolden("B12_goog_pyramiding_partial_close", "1d", {
      strategy: { use: breakoutLots, params: { channel: 20, average: 50, lots: 4 } },
      data: { warmupBars: 50 },
      account: { cash: 200_000 },
      sizing: { kind: "units", units: 11 },
      execution: { pyramiding: 4, commission: { kind: "percent", percent: 0.1 } },
    });
  });
  testFactsOf(() => comparison);
  testMetricsOfBacktestingPy(() => comparison);
});
