import { beforeAll, describe } from "vitest";
import { type Comparison, testFactsOf, testMetricsOfBacktestingPy } from "./expect-golden.ts";
import { hasSharedCases } from "./golden-file.ts";
import { runGolden } from "./run-golden.ts";

describe.skipIf(!hasSharedCases)("B02: SMA(20)/SMA(50), long only, 20 units, 1.0 + 0.05 % a fill", () => {
  let comparison: Comparison;
  beforeAll(async () => {
    comparison = await runGolden("B02_goog_sma_long_only_fixed_fees", "1d", {
      strategy: { name: "sma-cross", params: { fast: 20, slow: 50 } },
      account: { cash: 100_000 },
      sizing: { kind: "units", units: 20 },
      execution: { commission: { kind: "percent", percent: 0.05, fixed: 1 } },
    });
  });
  testFactsOf(() => comparison);
  testMetricsOfBacktestingPy(() => comparison);
});
