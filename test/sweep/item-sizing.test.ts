import { expect, test } from "vitest";
import { heartbeatEveryMs } from "../../lib/run/heartbeat.ts";
import { parseSpec } from "../../lib/run/parse-spec.ts";
import { createSweep } from "../../lib/sweep/create-sweep.ts";
import { expandSweep } from "../../lib/sweep/expand-sweep.ts";
import { itemsHere, itemsOnAws, measuredSizing } from "../../lib/sweep/item-sizing.ts";
import { openSweep } from "../../lib/sweep/open-sweep.ts";
import { parseSweepSpec } from "../../lib/sweep/parse-sweep-spec.ts";
import { sampleLanes } from "../../lib/sweep/sample-lanes.ts";
import { localHome } from "../simulation/local-home.ts";

const sample = { laneBarsPerSecond: 50_000_000, pointBytes: 24, columnBytes: 40_000, stateBytes: 2_500 };

test("items are cut by the measured speed, rounded so that a second measurement cuts them alike", () => {
  const cut = measuredSizing(sample, itemsHere);
  expect(cut).toMatchObject({ laneBarsPerSecond: 2 ** 26, targetSeconds: 10, checkpointSeconds: 5, mostLanes: 2_000 });
  expect(measuredSizing({ ...sample, laneBarsPerSecond: 60_000_000 }, itemsHere)).toEqual(cut);
  expect(measuredSizing(sample, itemsOnAws)).toMatchObject({ targetSeconds: 180, checkpointSeconds: 60 });
});

test("a run has no more lanes than its record, its columns and its state have room for", () => {
  expect(measuredSizing({ ...sample, pointBytes: 480 }, itemsOnAws).mostLanes).toBe(100);
  expect(measuredSizing({ ...sample, columnBytes: 2 ** 20 }, itemsOnAws).mostLanes).toBe(128);
  expect(measuredSizing({ ...sample, stateBytes: 2 ** 17 }, itemsOnAws).mostLanes).toBe(64);
  expect(measuredSizing({ ...sample, columnBytes: 2 ** 40 }, itemsOnAws).mostLanes).toBe(1);
});

test("large records are written less often to say that a worker lives", () => {
  expect([500, 8_192, 8_193, 50_000, 300_000].map(heartbeatEveryMs)).toEqual([1_000, 1_000, 2_000, 7_000, 10_000]);
});

const base = { data: { snapshot: "bars" }, strategy: { name: "sma-cross" } };

async function firstItem(changes: object) {
  const { stores } = await localHome(5_000);
  const spec = { base: { ...base, ...changes }, space: { fast: [5, 10], slow: [50, 60] }, objective: "sharpe" };
  const { sweep } = await createSweep(parseSweepSpec(spec, "The spec"), 1_000, stores);
  const opened = await openSweep(parseSweepSpec(sweep.spec, "The spec"), stores);
  const measured = await sampleLanes(opened, { ms: 20, share: 1 });
  const { items } = await expandSweep(sweep, opened, measuredSizing(measured, itemsOnAws), stores);
  const run = await stores.runs.getRun(items[0]?.runId ?? "");
  return { measured, items, checkpoint: parseSpec(run?.spec, "The item").checkpoint };
}

test("lanes of small data are one item, measured on a few of them, with checkpoints by time", async () => {
  const { measured, items, checkpoint } = await firstItem({});
  expect(items.map(({ lanes }) => lanes.length)).toEqual([4]);
  expect(measured.laneBarsPerSecond).toBeGreaterThan(1_000);
  expect(measured.pointBytes).toBeCloseTo('[{"fast":10,"slow":60}]'.length, -1);
  // Two fast and two slow averages, four crosses and the close, over 5,000 bars.
  expect(measured.columnBytes).toBe((9 * 5_000 * 8) / 4);
  expect(checkpoint).toEqual({ everyBars: 1_000_000_000, everySeconds: 60, keep: 1 });
});

test("checkpoints that the base asks for are made", async () => {
  const { checkpoint } = await firstItem({ checkpoint: { everyBars: 2_000, everySeconds: 7 } });
  expect(checkpoint).toEqual({ everyBars: 2_000, everySeconds: 7, keep: 1 });
});
