import assert from "node:assert/strict";
import type { Bench } from "./bench.ts";
import { benchmarkBars } from "./benchmark-bars.ts";
import { benchmarkLane, simulate } from "./benchmark-case.ts";
import { rawLoop } from "./raw-loop.ts";
import { besideRawLoop, sideBySide } from "./side-by-side.ts";

const barTotal = 100_000;
const runs = 9;
const pairs = [5, 10, 15, 20, 25, 30, 35, 40, 45, 50].flatMap((fast) =>
  [60, 70, 80, 90, 100, 110, 120, 130, 140, 150].map((slow) => ({ fast, slow })),
);

export const lanesBench: Bench = {
  name: "lanes",
  measures: "100 lanes in one run on one thread, metrics only, beside the hand-written loop once for each pair",
  run() {
    const bars = benchmarkBars(barTotal);
    const lanes = pairs.map(({ fast, slow }) => benchmarkLane(fast, slow, "summary"));
    const engine = () => simulate(lanes, bars).metrics.map((metrics) => metrics.finalEquity);
    const raw = () => pairs.map(({ fast, slow }) => rawLoop(bars.open, bars.close, fast, slow).equity[barTotal - 1]);
    check(engine());
    check(raw());
    const comparison = sideBySide(engine, raw, runs);
    return [{ lanes: pairs.length, bars: barTotal, ...besideRawLoop(barTotal * pairs.length, comparison) }];
  },
};

function check(finalEquities: readonly number[]): void {
  const best = Math.max(...finalEquities);
  const sum = finalEquities.reduce((total, equity) => total + equity, 0);
  assert.deepEqual(pairs[finalEquities.indexOf(best)], { fast: 50, slow: 150 });
  assert.ok(Math.abs(best - 999119.3989166) < 1e-3, `best ${best}`);
  assert.ok(Math.abs(sum - 99855149.94525) < 1e-2, `sum ${sum}`);
}
