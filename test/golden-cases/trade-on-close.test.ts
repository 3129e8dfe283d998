import { beforeAll, describe, test } from "vitest";
import { close, defineStrategy, sma, z } from "../../lib/backstitch.ts";
import { type Comparison, testFactsOf, testMetricsOfBacktestingPy } from "./expect-golden.ts";
import { expectRelative } from "./expect-relative.ts";
import { hasSharedCases } from "./golden-file.ts";
import { runGolden } from "./run-golden.ts";

const momentum = defineStrategy({
  name: "close-above-average",
  params: z.strictObject({ length: z.int() }),
  columns: ({ length }) => ({ average: sma(close, length) }),
  onBar(bar) {
    if (bar.position === 0 && bar.close > bar.columns.average.now) bar.buy();
    else if (bar.position > 0 && bar.close < bar.columns.average.now) bar.closePosition();
  },
});

describe.skipIf(!hasSharedCases)("B07: monthly close above SMA(6), filled at the close, 95 % of cash", () => {
  let comparison: Comparison;
  beforeAll(async () => {
    comparison = await runGolden("B07_btcusd_trade_on_close", "1M", {
      strategy: { use: momentum, params: { length: 6 } },
      data: { warmupBars: 6 },
      account: { cash: 1_000_000 },
      sizing: { kind: "fraction", fraction: 0.95 },
      execution: { fill: "close", commission: { kind: "percent", percent: 0.25 } },
    });
  });
  testFactsOf(() => comparison);
  testMetricsOfBacktestingPy(() => comparison, ["Avg. Drawdown [%]", "Avg. Drawdown Duration"]);

  test("its average drawdown leaves out the spell that begins with the last bar, ours counts it", () => {
    const depths = spellDepths(comparison.golden.equity);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expectRelative(-100 * mean(depths.slice(0, -1)), Number(comparison.golden.metrics["Avg. Drawdown [%]"]), "theirs");
    expectRelative(comparison.lane.metrics.averageDrawdown, mean(depths), "ours");
  });
});

/** The depth of every stretch of equity below its running peak, as a fraction of the peak. */
function spellDepths(equity: readonly number[]): number[] {
  const depths: number[] = [];
  let peak = 0;
  let isBelow = false;
  for (const value of equity) {
    if (value >= peak) {
      peak = value;
      isBelow = false;
      continue;
    }
    if (!isBelow) depths.push(0);
    isBelow = true;
    depths.push(Math.max(depths.pop() ?? 0, 1 - value / peak));
  }
  return depths;
}
