import { beforeAll, describe } from "vitest";
import { type Comparison, testFactsOf, testMetricsOfBacktestingPy } from "./expect-golden.ts";
import { hasSharedCases } from "./golden-file.ts";
import { runGolden } from "./run-golden.ts";

describe.skipIf(!hasSharedCases)("B01: SMA(10)/SMA(20), always long or short with all cash, 0.2 % commission", () => {
  let comparison: Comparison;
  beforeAll(async () => {
    comparison = await runGolden("B01_goog_sma_cross_reversal", "1d", {
      strategy: { name: "sma-cross", params: { fast: 10, slow: 20, side: "both" } },
      account: { cash: 10_000 },
      sizing: { kind: "fraction", fraction: 1 },
      execution: { commission: { kind: "percent", percent: 0.2 } },
    });
  });
  testFactsOf(() => comparison);
  testMetricsOfBacktestingPy(() => comparison);
});
