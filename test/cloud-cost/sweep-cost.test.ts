import { expect, test } from "vitest";
import { openSweepCost } from "../../lib/cloud/sweep-cost.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { createdSweep, walk, walkSpec } from "../cloud/cloud-sweeps.ts";
import { putSnapshot } from "../simulation/put-snapshot.ts";
import { counting } from "../stores/counting.ts";
import { newRun } from "../stores/run-records.builder.ts";

test("the runs of a sweep with its result are read once, those of others whenever its cost is asked for", async () => {
  const memory = await openMemoryStores();
  await putSnapshot(walk.bars, walk.options, memory);
  const running = await createdSweep(walkSpec([21]), memory);
  const { sweepId, createdAtMs } = running;
  const run = newRun({ sweepId, createdAtMs, spec: { data: { snapshot: "walk" }, strategy: { name: "sma-cross" } } });
  await memory.runs.createRun(run);
  const { store: runs, calls } = counting(memory.runs);
  const costOf = openSweepCost({ ...memory, runs });
  const completed = { ...running, status: "completed", resultHash: "f00d" } as const;
  const listed: (number | undefined)[] = [];
  for (const sweep of [running, running, completed, completed, { ...completed, createdAtMs: createdAtMs + 1 }]) {
    expect(await costOf(sweep)).toEqual({ dollars: 0 });
    listed.push(calls.get("listRuns"));
  }
  expect(listed).toEqual([1, 2, 3, 3, 4]);
});
