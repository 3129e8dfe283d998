import { expect, test } from "vitest";
import { crashing, crashPoint, SimulatedCrash } from "../stores/crashing.ts";
import { marketStores, plannedRun } from "./planned-run.ts";
import { live, watching } from "./run-lives.ts";

const spec = { data: { snapshot: "bars" }, strategy: { name: "buy-and-hold" } };
const market = { count: 100, seed: 1, timeframe: "1m", chunkBars: 10 };

test("a run that is stopped has its newest `keep` checkpoints and no others", async () => {
  const stores = await marketStores(market);
  const { runId } = await plannedRun(spec, { everyBars: 10, keep: 2 }, stores);
  await live(runId, stores, watching({ stopAfterChunks: 4 }));
  expect((await stores.runs.listCheckpoints(runId)).map(({ sequence }) => sequence)).toEqual([4, 5]);
});

test("a checkpoint left over by a crash between commit and removal is removed by the next attempt", async () => {
  const stores = await marketStores(market);
  const { runId } = await plannedRun(spec, { everyBars: 10, keep: 2 }, stores);
  // Attempt, event, fills and equity and commit of the first segment, then equity and commit of each: the ninth write is the third commit.
  const point = crashPoint({ write: 9, when: "after", how: "throw" });
  const doomed = { ...stores, objects: crashing(stores.objects, point), runs: crashing(stores.runs, point) };
  await expect(live(runId, doomed)).rejects.toThrow(SimulatedCrash);
  expect((await stores.runs.listCheckpoints(runId)).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  await live(runId, stores);
  expect((await stores.runs.listCheckpoints(runId)).map(({ sequence }) => sequence)).toEqual([9, 10]);
});

test("a run that is cancelled before its first periodic checkpoint leaves one", async () => {
  const stores = await marketStores(market);
  const { runId } = await plannedRun(spec, { everyBars: 1_000 }, stores);
  await live(runId, stores, watching({ stopAfterChunks: 0, stopBy: "cancel" }));
  expect(await stores.runs.listCheckpoints(runId)).toMatchObject([{ sequence: 1, barIndex: 10 }]);
});
