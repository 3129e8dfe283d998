import { expect, test } from "vitest";
import { runSweep } from "../../lib/local/run-sweep.ts";
import { LaneBarCount } from "../../lib/local/sweep-pace.ts";
import type { SweepProgress } from "../../lib/local/sweep-work.ts";
import { createSweep } from "../../lib/sweep/create-sweep.ts";
import { parseSweepSpec } from "../../lib/sweep/parse-sweep-spec.ts";
import { localHome } from "../simulation/local-home.ts";

test("a sweep tells how far it is while its first run is under way", async () => {
  const { home, stores } = await localHome(150_000);
  const spec = {
    base: { data: { snapshot: "bars" }, strategy: { name: "sma-cross" }, sizing: { kind: "units", units: 1 } },
    space: { fast: [5, 10], slow: [50, 60, 70] },
    objective: "totalReturn",
  };
  const { sweep } = await createSweep(parseSweepSpec(spec, "The spec"), 1_000, stores);
  const told: SweepProgress[] = [];
  const onProgress = (progress: SweepProgress) => void told.push(progress);
  await runSweep({ sweepId: sweep.sweepId, home, stores, workers: 1, onProgress, stop: new AbortController().signal });
  const shares = told.flatMap(({ pace }) => (pace === undefined ? [] : [pace.share]));
  const early = told.find(({ pace }) => pace !== undefined);
  expect(told[0]).toMatchObject({ lanesDone: 0, lanesTotal: 6, pace: undefined });
  expect(early?.lanesDone).toBe(0);
  expect(early?.pace?.share).toBeLessThan(0.5);
  expect(early?.pace?.secondsLeft).toBeGreaterThan(0);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(told.at(-1)).toMatchObject({ lanesDone: 6, pace: { share: 1, secondsLeft: 0 } });
});

const item = (runId: string, lanes: number, bars: number) => ({
  runId,
  lanes: Array.from({ length: lanes }, (_, lane) => lane),
  window: 0,
  range: 0,
  family: "f",
  startBar: 1_000,
  endBar: 1_000 + bars,
});

test("the pace is that of the lane-bars of this attempt, and what it found done is done", () => {
  const count = new LaneBarCount();
  count.plan([item("a", 4, 100), item("b", 4, 100)]);
  count.find("a", 50);
  expect(count.pace(1, 8, 0)).toBeUndefined();
  count.see("a", 100);
  // 200 of 800 lane-bars in 2 seconds; 400 are done, so that 400 are left.
  expect(count.pace(2, 8, 0)).toEqual({ lanesPerSecond: 1, secondsLeft: 4, share: 0.5 });
});

test("a run whose worker was lost goes back to its checkpoint", () => {
  const count = new LaneBarCount();
  count.plan([item("a", 2, 100)]);
  count.see("a", 80);
  count.see("a", 40);
  expect(count.pace(1, 2, 0)).toEqual({ lanesPerSecond: 0.8, secondsLeft: 1.5, share: 0.4 });
});

test("lanes that are known count as done, and those that are not planned yet as left", () => {
  const count = new LaneBarCount();
  count.plan([item("a", 2, 100)]);
  count.see("a", 100);
  // Of ten lanes two were computed in a second, four were known, and four come in later rounds.
  expect(count.pace(1, 10, 4)).toEqual({ lanesPerSecond: 2, secondsLeft: 2, share: 0.6 });
});
