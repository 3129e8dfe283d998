import { describe, expect, test } from "vitest";
import { z } from "zod";
import { runBacktest } from "../../lib/backstitch.ts";
import { parseObjective } from "../../lib/sweep/objective.ts";
import { selectBest } from "../../lib/sweep/selection.ts";
import { sweepPoints } from "../../lib/sweep/sweep-points.ts";
import { goldenBarsFile, hasSharedCases, readJson } from "../golden-cases/golden-file.ts";

const grid = z.object({
  data: z.object({ file: z.string() }),
  results: z.array(z.object({ fast: z.number(), slow: z.number() })),
  best_by_final_equity: z.object({ fast: z.number(), slow: z.number(), final_equity: z.number() }),
});

describe.skipIf(!hasSharedCases)("B13: fast 5 to 30, slow 10 to 70, fast below slow", () => {
  const golden = () => grid.parse(readJson("cases/golden/B13_goog_sma_grid.json"));
  const points = () =>
    sweepPoints({
      space: { fast: { from: 5, to: 30, step: 5 }, slow: { from: 10, to: 70, step: 10 } },
      where: ["fast < slow"],
      method: { kind: "grid" },
      maxLanes: 1000,
    });

  test("the space is the 33 pairs of the case, in its order", () => {
    const { count, pointAt } = points();
    expect(Array.from({ length: count }, (_, lane) => pointAt(lane))).toEqual(
      golden().results.map(({ fast, slow }) => ({ fast, slow })),
    );
  });

  test("the winner is the case's", async () => {
    const { best_by_final_equity: best, data } = golden();
    const { count, pointAt } = points();
    const lanes = Array.from({ length: count }, (_, lane) => ({ ...pointAt(lane) }));
    const result = await runBacktest(
      {
        strategy: { name: "sma-cross", params: { side: "both" }, lanes },
        account: { cash: 10_000 },
        sizing: { kind: "fraction", fraction: 1 },
        execution: { commission: { kind: "percent", percent: 0.2 } },
      },
      { file: goldenBarsFile(data.file), timeframe: "1d" },
    );
    const scores = result.lanes.map(({ metrics }, lane) => ({ lane, metrics }));
    const [winner] = selectBest(scores, parseObjective("finalEquity"), [], 1).winners;
    expect(pointAt(winner?.lane ?? -1)).toEqual({ fast: best.fast, slow: best.slow });
    expect((winner?.value ?? 0) / best.final_equity).toBeCloseTo(1, 9);
  });
});
