import { beforeAll, describe, expect, test } from "vitest";
import { close, defineStrategy, sma, z } from "../../lib/backstitch.ts";
import { type Comparison, testFactsOf } from "./expect-golden.ts";
import { expectRelative } from "./expect-relative.ts";
import { hasSharedCases, readJson } from "./golden-file.ts";
import { runGolden } from "./run-golden.ts";

const aboveAverage = defineStrategy({
  name: "above-average",
  params: z.strictObject({ length: z.int() }),
  columns: ({ length }) => ({ average: sma(close, length) }),
  onBar(bar) {
    if (bar.orders.length > 0) return;
    if (bar.position === 0 && bar.close > bar.columns.average.now) bar.buy();
    else if (bar.position > 0 && bar.close < bar.columns.average.now) bar.sell({ quantity: 10 });
  },
});

const goldenFills = z.object({
  fills: z.array(
    z.object({
      bar: z.number(),
      side: z.enum(["buy", "sell"]),
      size: z.number(),
      price: z.number(),
      commission: z.number(),
    }),
  ),
});

describe.skipIf(!hasSharedCases)("T01: close above SMA(15), long only, 10 units, 0.1 % commission (backtrader)", () => {
  let comparison: Comparison;
  beforeAll(async () => {
    comparison = await runGolden("T01_sx5e_price_sma15", "1d", {
      strategy: { use: aboveAverage, params: { length: 15 } },
      account: { cash: 100_000 },
      sizing: { kind: "units", units: 10 },
      execution: { commission: { kind: "percent", percent: 0.1 } },
    });
  });
  testFactsOf(() => comparison);

  test("its maximum drawdown is the same", () => {
    expectRelative(
      comparison.lane.metrics.maxDrawdown * 100,
      Number(comparison.golden.metrics.max_drawdown_pct),
      "drawdown",
    );
  });

  test("its SQN is ours times √(n / (n - 1)): backtrader divides by the population deviation", () => {
    const { closedTrades, sqn } = comparison.lane.metrics;
    const ours = (sqn ?? Number.NaN) * Math.sqrt(closedTrades / (closedTrades - 1));
    expectRelative(ours, Number(comparison.golden.metrics.sqn), "SQN");
  });

  test("every fill is the same", () => {
    const { fills } = goldenFills.parse(readJson("cases/golden/T01_sx5e_price_sma15.json"));
    const ours = comparison.lane.fills.map(({ bar, side, quantity, price }) => ({ bar, side, size: quantity, price }));
    expect(ours).toEqual(fills.map(({ commission: _, ...fill }) => fill));
    fills.forEach(({ commission }, i) => {
      expectRelative(comparison.lane.fills[i]?.fee, commission, `fee of fill ${i}`);
    });
  });
});
