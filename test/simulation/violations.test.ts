import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openRun } from "../../lib/run/opened-run.ts";
import { DeterminismViolationError } from "../../lib/run/save-segment.ts";
import { runSegment } from "../../lib/run/segment.ts";
import { workOnRun } from "../../lib/run/work-on-run.ts";
import { marketStores, plannedRun } from "./planned-run.ts";
import { begin, hold, holdAsRead, storedRun, watching } from "./run-lives.ts";
import { randomOrders } from "./specs.ts";

const countingBars = fileURLToPath(new URL("counting-bars.ts", import.meta.url));
const spec = { data: { snapshot: "bars" }, strategy: { file: countingBars } };
const market = { count: 100, seed: 3, timeframe: "1m", chunkBars: 100 };

test("a repeated segment that arrives at another state stops its run visibly", async () => {
  const { stores, runId, delivered } = await repeatedDelivery();
  await expect(workOnRun(delivered, watching(), stores)).rejects.toThrow(DeterminismViolationError);
  expect(await storedRun(runId, stores)).toMatchObject({
    status: "failed",
    reason: { name: "DeterminismViolationError" },
  });
  const events = await stores.runs.listEvents(runId);
  expect(events.map(({ kind }) => kind).slice(-2)).toEqual(["violation", "failed"]);
});

test("both states of a violation are kept, and the message names them", async () => {
  const { stores, runId, delivered } = await repeatedDelivery();
  const error: unknown = await workOnRun(delivered, watching(), stores).catch((thrown: unknown) => thrown);
  const stored = await stores.runs.getCheckpoint(runId, 1);
  const [, storedId, otherId, kept] =
    /checkpoint ([0-9a-f]{64}) is stored, this computation gave ([0-9a-f]{64}) \(kept as states\/([0-9a-f]{64})\)/.exec(
      String(error),
    ) ?? [];
  expect(storedId).toBe(stored?.checkpointId);
  expect(otherId).toBe(kept);
  const state: unknown = JSON.parse(Buffer.from(await stores.objects.get("states", kept ?? "")).toString());
  expect(state).toMatchObject({ barIndex: 40, lanes: [{ strategy: { barsSeen: expect.any(Number) } }] });
});

test("both states of a violation are kept when they are too large for a record", async () => {
  const stores = await marketStores(market);
  const large = { ...spec, strategy: { file: randomOrders, params: { notes: 30_000 } } };
  const { runId } = await plannedRun(large, { everyBars: 40 }, stores);
  const { attempt } = await begin(runId, stores);
  const repeated = await hold(runId, attempt, stores);
  await runSegment(await hold(runId, attempt, stores), watching(), stores);
  // A bit flipped in the memory of the machine that repeats it.
  Object.assign(repeated.simulation.lanes[0]?.curve.figures ?? {}, { peak: 1e9 });
  await expect(runSegment(repeated, watching(), stores)).rejects.toThrow(DeterminismViolationError);
  const states: number[] = [];
  for await (const { sizeBytes } of stores.objects.list("states")) states.push(sizeBytes);
  expect(states).toHaveLength(2);
  expect(Math.min(...states)).toBeGreaterThan(300_000);
});

test("a repeat that stops at another bar is a lost race and no violation", async () => {
  const stores = await marketStores({ ...market, chunkBars: 10 });
  const { runId } = await plannedRun(spec, { everyBars: 40 }, stores);
  const run = await begin(runId, stores);
  const opened = await openRun(run, stores);
  await runSegment(await holdAsRead(opened, 1, stores), watching(), stores);
  const late = await holdAsRead(opened, 1, stores);
  expect(await runSegment(late, watching({ stopAfterChunks: 1 }), stores)).toEqual({ kind: "superseded" });
});

test("a run of a deterministic strategy that is delivered twice at once completes once", async () => {
  const stores = await marketStores(market);
  const { runId } = await plannedRun({ ...spec, strategy: { file: randomOrders } }, { everyBars: 7 }, stores);
  const run = await begin(runId, stores);
  const ends = await Promise.all([workOnRun(run, watching(), stores), workOnRun(run, watching(), stores)]);
  expect(ends.map(({ kind }) => kind).sort()).toEqual(["completed", "superseded"]);
});

/** A run whose first segment was done, and is delivered again as it was before. */
async function repeatedDelivery() {
  const stores = await marketStores(market);
  const { runId } = await plannedRun(spec, { everyBars: 40 }, stores);
  const delivered = await begin(runId, stores);
  await runSegment(await hold(runId, 1, stores), watching(), stores);
  return { stores, runId, delivered };
}
