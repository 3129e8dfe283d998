import { beforeAll, describe, expect, test } from "vitest";
import { defineStrategy, z } from "../../lib/backstitch.ts";
import { type Comparison, testFactsOf, testMetricsOfBacktestingPy } from "./expect-golden.ts";
import { hasSharedCases } from "./golden-file.ts";
import { runGolden } from "./run-golden.ts";

const buyTheDip = defineStrategy({
  name: "buy-the-dip",
  params: z.strictObject({ below: z.number(), hold: z.int() }),
  onBar(bar) {
    const [trade] = bar.trades;
    if (trade === undefined) {
      bar.cancelAll();
      bar.buy({ limit: bar.close * bar.params.below });
    } else if (bar.index - trade.entryBar >= bar.params.hold) bar.closePosition();
  },
});

describe.skipIf(!hasSharedCases)(
  "B16: a limit 2 % below the close, quoted anew every bar, with too little cash later on",
  () => {
    let comparison: Comparison;
    beforeAll(async () => {
      comparison = await runGolden("B16_goog_limit_insufficient_cash", "1d", {
        strategy: { use: buyTheDip, params: { below: 0.98, hold: 5 } },
        data: { warmupBars: 1 },
        account: { cash: 100_000 },
        sizing: { kind: "units", units: 100 },
        execution: { commission: { kind: "percent", percent: 0.05 } },
      });
    });
    testFactsOf(() => comparison);
    testMetricsOfBacktestingPy(() => comparison);

    test("every rejection is for want of cash", () => {
      const rejected = comparison.lane.orders.filter((order) => order.event === "rejected");
      expect(rejected.length).toBeGreaterThan(0);
      expect(rejected.filter((order) => order.reason !== "insufficient_funds")).toEqual([]);
    });
  },
);
