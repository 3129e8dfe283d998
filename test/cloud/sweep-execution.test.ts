import { expect, test } from "vitest";
import { parseSweepCall } from "../../lib/cloud/sweep-execution-call.ts";
import { endSweep, recordSweepEnd } from "../../lib/cloud/sweep-execution-end.ts";
import { holdSweep } from "../../lib/cloud/sweep-execution-hold.ts";
import { assertItemsDone, indexLanes, listItems } from "../../lib/cloud/sweep-execution-items.ts";
import { executionOwner } from "../../lib/run/execution-hold.ts";
import type { NewRun, RunRecord } from "../../lib/run/run-store.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import type { SweepRecord } from "../../lib/sweep/sweep-store.ts";

const mine = "arn:aws:states:eu-west-1:111122223333:execution:sweep:s-1";
const others = "arn:aws:states:eu-west-1:111122223333:execution:sweep:s-2";
const childOfOthers = "arn:aws:states:eu-west-1:111122223333:execution:sweep/InSample:c0ffee";

const pending: SweepRecord = {
  format: 1,
  sweepId: "s",
  name: "s",
  strategy: "sma-cross",
  tags: [],
  spec: {},
  specDigest: "d",
  engineVersion: 1,
  snapshotId: "p",
  seed: 1,
  status: "pending",
  counts: { total: 0, cached: 0, completed: 0, failed: 0 },
  attempt: 0,
  revision: 1,
  createdAtMs: 0,
  updatedAtMs: 1_000,
  durationMs: 0,
};

async function storesWith(changes: Partial<SweepRecord>): Promise<Stores> {
  const stores = await openMemoryStores();
  await stores.sweeps.createSweep({ ...pending, ...changes });
  return stores;
}

/** A call on behalf of `mine`, which was started or redriven so long after the epoch. */
const callAt = (startedAtMs: number) => ({
  sweepId: "s",
  executionArn: mine,
  startedAt: new Date(startedAtMs).toISOString(),
});

const runningBy = (executionArn: string): Partial<SweepRecord> => ({
  status: "running",
  attempt: 1,
  executionArn,
  owner: executionOwner(executionArn, 1_000),
});

test.each([
  ["a pending sweep is taken by the first step", { status: "pending" }, "first", 500, "held", 1],
  ["a pending sweep is no later step's", { status: "pending" }, "later", 2_000, "passed", 0],
  ["a running sweep is its own execution's", runningBy(mine), "later", 500, "held", 1],
  ["a running sweep of another execution is left alone", runningBy(others), "first", 2_000, "passed", 1],
  [
    "a failed sweep is taken by its redriven execution",
    { ...runningBy(mine), status: "failed" },
    "later",
    2_000,
    "held",
    2,
  ],
  [
    "a failed sweep is not taken by a late delivery",
    { ...runningBy(mine), status: "failed" },
    "later",
    500,
    "passed",
    1,
  ],
  [
    "a cancelled sweep is taken by a new execution",
    { ...runningBy(others), status: "cancelled" },
    "first",
    2_000,
    "held",
    2,
  ],
  [
    "a sweep with an answer is nobody's",
    { ...runningBy(mine), status: "partial", resultHash: "h" },
    "first",
    2_000,
    "passed",
    1,
  ],
] as const)("%s", async (_, changes, step, startedAtMs, kind, attempt) => {
  const { sweeps } = await storesWith(changes);
  const hold = await holdSweep(callAt(startedAtMs), step, 3_000, sweeps);
  expect([hold.kind, hold.sweep.attempt, (await sweeps.getSweep("s"))?.attempt]).toEqual([kind, attempt, attempt]);
});

async function createRun(runId: string, { runs }: Stores): Promise<RunRecord> {
  const key = { engineVersion: 1, specDigest: "d", snapshotId: "p" };
  const run: NewRun = {
    ...key,
    runId,
    name: "s",
    strategy: "sma-cross",
    spec: {},
    startBar: 0,
    endBar: 10,
    createdAtMs: 0,
    sweepId: "s",
  };
  await runs.createRun(run);
  return (await runs.beginAttempt(runId, 0, executionOwner(childOfOthers, 0))).run;
}

/** A run that its record says is computed by a child of another execution, and one that is completed. */
async function oneOfTwoDone(): Promise<Stores> {
  const stores = await storesWith(runningBy(mine));
  await createRun("s-i0", stores);
  await createRun("s-i1", stores);
  const answer = { resultHash: "r", resultDigest: "r" };
  await stores.runs.complete({ runId: "s-i1", attempt: 1, headSequence: 0, ...answer, atMs: 5 });
  return stores;
}

const wanted = [
  { runId: "s-i0", family: "f" },
  { runId: "s-i1", family: "f" },
];

test("a list has the runs that are not done, and whom a child takes each over from", async () => {
  const stores = await oneOfTwoDone();
  const hash = (await listItems(wanted, stores)) ?? "";
  expect(JSON.parse(Buffer.from(await stores.objects.get("sweeps", hash)).toString())).toEqual([
    { runId: "s-i0", family: "f", continues: childOfOthers },
  ]);
});

test("there is no list when all runs are done", async () => {
  expect(await listItems(wanted.slice(1), await oneOfTwoDone())).toBeUndefined();
});

test("a list of more runs than a map can answer for is refused", async () => {
  const many = Array.from({ length: 80_001 }, (_, i) => ({ runId: `s-i${i}` }));
  await expect(listItems(many, await storesWith({}))).rejects.toThrow(
    /asks for 80001 runs at once, expected at most 80000/,
  );
});

test("a map's runs that are not done are counted and named", async () => {
  const stores = await oneOfTwoDone();
  const hash = await stores.objects.put("sweeps", Buffer.from(JSON.stringify(wanted)));
  await expect(assertItemsDone(hash, stores)).rejects.toThrow(
    '1 of 2 runs of a map that ended are not completed: run "s-i0" is running. Remove the cause and resume the sweep',
  );
});

test("the lanes of a completed run are remembered under the family that its event names, and no others", async () => {
  const stores = await oneOfTwoDone();
  for (const runId of ["s-i0", "s-i1", "s-i1"]) {
    const run = await stores.runs.getRun(runId);
    if (run !== undefined) await indexLanes({ runId, family: "f" }, run, stores);
    if (run !== undefined) await indexLanes({ runId, family: null }, run, stores);
  }
  expect(await stores.sweeps.lanesOf("f")).toEqual(["r"]);
});

test("the end of an execution is its sweep's, with the reason of the run that failed", async () => {
  const stores = await oneOfTwoDone();
  const failed = async (run: RunRecord): Promise<RunRecord> => {
    const reason = { name: "StrategyError", message: "divided by the spread" };
    await stores.runs.setStatus({ runId: run.runId, attempt: 1, from: ["running"], to: "failed", reason, atMs: 2_000 });
    return (await stores.runs.getRun(run.runId)) ?? run;
  };
  const error = "States.ExceedToleratedFailureThreshold";
  const end = { executionArn: mine, status: "FAILED", error, stoppedAtMs: 4_000 } as const;
  expect(await recordSweepEnd("s", end, stores, failed)).toMatchObject({
    status: "failed",
    reason: { name: "StrategyError", message: 'Run "s-i0" failed: divided by the spread' },
    durationMs: 3_000,
  });
});

test.each([
  ["another execution", runningBy(others)],
  ["an attempt that was begun after it, by a redrive", { ...runningBy(mine), owner: executionOwner(mine, 4_001) }],
  ["a sweep that has its answer", { ...runningBy(mine), status: "completed", resultHash: "h" }],
] as const)("the end of an execution changes nothing of %s", async (_, changes) => {
  const stores = await storesWith(changes);
  const end = { executionArn: mine, status: "ABORTED", stoppedAtMs: 4_000 } as const;
  expect(await recordSweepEnd("s", end, stores, async (run) => run)).toBeUndefined();
  expect((await stores.sweeps.getSweep("s"))?.revision).toBe(1);
});

test("an attempt that another took over does not end it", async () => {
  const stores = await storesWith({ ...runningBy(mine), attempt: 2 });
  const older = { ...pending, ...runningBy(mine) };
  expect(await endSweep(older, { status: "cancelled", atMs: 5_000 }, stores.sweeps)).toBeUndefined();
});

test("a call that is not the workflow's is refused with its field", () => {
  expect(() => parseSweepCall({ sweepId: "s", startedAt: "now" })).toThrow(/executionArn: .*startedAt: /);
});
