import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type BacktestLane, type BacktestSpec, runBacktest } from "../../lib/backstitch.ts";
import { expectRelative } from "./expect-relative.ts";
import { goldenBarsFile, hasSharedCases, readJson } from "./golden-file.ts";

const grid = z.object({
  data: z.object({ file: z.string() }),
  results: z.array(
    z.object({
      fast: z.number(),
      slow: z.number(),
      final_equity: z.number(),
      n_trades: z.number(),
      sharpe: z.number(),
      max_drawdown_pct: z.number(),
      win_rate_pct: z.number(),
      sqn: z.number(),
    }),
  ),
  best_by_final_equity: z.object({ fast: z.number(), slow: z.number() }),
});

describe.skipIf(!hasSharedCases)("B13: B01 over 33 pairs of averages, as the lanes of one run", () => {
  let golden: z.output<typeof grid>;
  let lanes: readonly BacktestLane[];
  const spec = (strategy: BacktestSpec["strategy"]): BacktestSpec => ({
    strategy,
    account: { cash: 10_000 },
    sizing: { kind: "fraction", fraction: 1 },
    execution: { commission: { kind: "percent", percent: 0.2 } },
  });
  const data = () => ({ file: goldenBarsFile(golden.data.file), timeframe: "1d" });

  beforeAll(async () => {
    golden = grid.parse(readJson("cases/golden/B13_goog_sma_grid.json"));
    const pairs = golden.results.map(({ fast, slow }) => ({ fast, slow }));
    lanes = (await runBacktest(spec({ name: "sma-cross", params: { side: "both" }, lanes: pairs }), data())).lanes;
  });

  test("every lane ends where backtesting.py ends", () => {
    expect(lanes.length).toBe(33);
    golden.results.forEach((result, i) => {
      const { metrics } = lanes[i] as BacktestLane;
      const where = `SMA(${result.fast})/SMA(${result.slow})`;
      expect(metrics.closedTrades, where).toBe(result.n_trades);
      expectRelative(metrics.finalEquity, result.final_equity, `${where} final equity`);
      expectRelative(metrics.sharpeGeometric, result.sharpe, `${where} Sharpe`);
      expectRelative(-metrics.maxDrawdown * 100, result.max_drawdown_pct, `${where} maximum drawdown`);
      expectRelative((metrics.winRate ?? 0) * 100, result.win_rate_pct, `${where} win rate`);
      expectRelative(metrics.sqn, result.sqn, `${where} SQN`);
    });
  });

  test("the best lane by final equity is 10/20", () => {
    const best = lanes.reduce((a, b) => (b.metrics.finalEquity > a.metrics.finalEquity ? b : a));
    expect(best.params).toMatchObject(golden.best_by_final_equity);
  });

  test("each lane alone gives what it gives among the 33, bit for bit", async () => {
    for (const lane of lanes) {
      const params = lane.params as Record<string, string | number>;
      const alone = await runBacktest(spec({ name: "sma-cross", params }), data());
      expect(alone.lanes).toEqual([lane]);
    }
  });
});
