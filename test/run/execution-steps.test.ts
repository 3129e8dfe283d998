import { expect, onTestFinished, test } from "vitest";
import { cancelAtOnce } from "../../lib/run/cancel-run.ts";
import { executionOwner } from "../../lib/run/execution-hold.ts";
import { finishStep, planStep, segmentStep } from "../../lib/run/execution-steps.ts";
import type { StepClock } from "../../lib/run/near-deadline.ts";
import type { RunStores } from "../../lib/run/opened-run.ts";
import type { RunRecord, RunStore } from "../../lib/run/run-store.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import { generatedBars } from "../simulation/generated-bars.ts";
import { marketStores, plannedRun } from "../simulation/planned-run.ts";
import { putSnapshot } from "../simulation/put-snapshot.ts";
import { live, storedRun } from "../simulation/run-lives.ts";
import { readOutcome } from "../simulation/run-outcome.ts";
import { temporaryFolder } from "../stores/temporary-folder.ts";
import { callOf, clockAt, execute, standing, takeFor } from "./stepping.ts";

const spec = { data: { snapshot: "bars" }, strategy: { name: "sma-cross", params: { fast: 3, slow: 7 } } };
const small = { count: 300, seed: 3, timeframe: "1m", chunkBars: 40 };

test.each([
  [1_000, 20],
  [7_777, 3],
  [20_000, 1],
])("segments of %i bars give the result of a worker that was never interrupted", async (everyBars, segments) => {
  const stores = await marketStores({ ...small, count: 20_000, chunkBars: 65_536 });
  const whole = await plannedRun(spec, { everyBars: 1_000_000 }, stores);
  await live(whole.runId, stores);
  const { runId } = await plannedRun(spec, { everyBars }, stores);
  await takeFor("e1", runId, stores);
  expect(await execute(callOf(runId, "e1"), stores)).toEqual([...Array(segments).fill("segment"), "finish"]);
  expect(await readOutcome(runId, stores)).toEqual(await readOutcome(whole.runId, stores));
});

test("the steps give the same result over SQLite and files", async () => {
  const folder = await temporaryFolder();
  const stores = await openLocalStores(folder.path);
  onTestFinished(async () => {
    await stores.close();
    await folder.remove();
  });
  await putSnapshot(generatedBars(300, 3, 60_000), { name: "bars", timeframe: "1m", chunkBars: 40 }, stores);
  const whole = await plannedRun(spec, { everyBars: 1_000_000 }, stores);
  await live(whole.runId, stores);
  const { runId } = await plannedRun(spec, { everyBars: 100 }, stores);
  await takeFor("e1", runId, stores);
  await execute(callOf(runId, "e1"), stores);
  expect(await readOutcome(runId, stores)).toEqual(await readOutcome(whole.runId, stores));
});

test("every step taken twice in a row has the effect of one", async () => {
  const { stores, run } = await taken("e1");
  const call = callOf(run.runId, "e1");
  await planStep(call, standing, stores);
  const plan = await planStep(call, standing, stores);
  expect(plan.answer).toEqual({ next: "segment", bar: 0 });
  for (const bar of [100, 200, 300]) expect((await segmentStep(call, standing, stores)).answer.bar).toBe(bar);
  const repeated = await segmentStep(call, standing, stores);
  expect(repeated).toMatchObject({ kind: "repeated", answer: { next: "finish", bar: 300 } });
  await finishStep(call, standing, stores);
  const { resultDigest } = await storedRun(run.runId, stores);
  expect(await finishStep(call, standing, stores)).toMatchObject({ kind: "repeated", run: { resultDigest } });
  expect(await stores.runs.listSegments(run.runId)).toHaveLength(3);
});

test("a segment that is delivered twice at once commits once, and both answer where to go on", async () => {
  const { stores, run } = await taken("e1");
  const call = callOf(run.runId, "e1");
  const both = await Promise.all([segmentStep(call, standing, stores), segmentStep(call, standing, stores)]);
  expect(both.map(({ kind }) => kind).sort()).toEqual(["done", "repeated"]);
  expect(both.map(({ answer }) => answer)).toEqual(Array(2).fill({ next: "segment", bar: 100 }));
});

test("the one of two deliveries whose commit came too late says that it was overtaken", async () => {
  const { stores, run } = await taken("e1");
  const call = callOf(run.runId, "e1");
  const both = await Promise.all([segmentStep(call, standing, stores), segmentStep(call, standing, stores)]);
  expect(both.map(({ kind, isOvertaken = false }) => `${kind} ${isOvertaken}`).sort()).toEqual([
    "done false",
    "repeated true",
  ]);
});

test("a finish that is delivered twice at once completes once", async () => {
  const { stores, run } = await taken("e1");
  const call = callOf(run.runId, "e1");
  for (let i = 0; i < 3; i++) await segmentStep(call, standing, stores);
  const both = await Promise.all([finishStep(call, standing, stores), finishStep(call, standing, stores)]);
  expect(both.map(({ kind }) => kind).sort()).toEqual(["done", "repeated"]);
  expect((await stores.runs.listEvents(run.runId)).filter(({ kind }) => kind === "completed")).toHaveLength(1);
});

test("a segment near its deadline commits what it has and asks for another", async () => {
  const stores = await marketStores({ ...small, count: 20_000, chunkBars: 65_536 });
  const { runId } = await plannedRun(spec, { everyBars: 20_000 }, stores);
  await takeFor("e1", runId, stores);
  let looks = 0;
  const short: StepClock = { nowMs: () => 1_000, remainingMs: () => (looks++ === 0 ? 900_000 : 19_999) };
  expect((await segmentStep(callOf(runId, "e1"), short, stores)).answer).toEqual({ next: "segment", bar: 8_192 });
});

test("an execution that the record does not name is superseded and changes nothing", async () => {
  const { stores, run } = await taken("e2");
  const before = await storedRun(run.runId, stores);
  for (const step of [planStep, segmentStep, finishStep]) {
    const { kind, answer } = await step(callOf(run.runId, "e1", 5_000), standing, stores);
    expect({ kind, answer }).toEqual({ kind: "superseded", answer: { next: "stop", bar: 0 } });
  }
  expect(await storedRun(run.runId, stores)).toEqual(before);
});

test("a zombie whose run another execution took over is told so, and its successor goes on", async () => {
  const { stores, run } = await taken("e1");
  const committing = { ...stores, runs: beforeCommit(stores.runs, () => takeFor("e2", run.runId, stores)) };
  const { kind, answer } = await segmentStep(callOf(run.runId, "e1"), standing, committing);
  expect({ kind, answer }).toEqual({ kind: "superseded", answer: { next: "stop", bar: 0 } });
  expect(await execute(callOf(run.runId, "e2"), stores)).toHaveLength(4);
  expect(await storedRun(run.runId, stores)).toMatchObject({ status: "completed", attempt: 2 });
});

test("a segment whose own execution took the next attempt meanwhile lets it go on", async () => {
  const { stores, run } = await taken("e1");
  const committing = { ...stores, runs: beforeCommit(stores.runs, () => takeFor("e1", run.runId, stores)) };
  const { kind, answer } = await segmentStep(callOf(run.runId, "e1"), standing, committing);
  expect({ kind, answer }).toEqual({ kind: "repeated", answer: { next: "segment", bar: 0 } });
  expect(await execute(callOf(run.runId, "e1"), stores)).toHaveLength(4);
  expect(await storedRun(run.runId, stores)).toMatchObject({ status: "completed", attempt: 2 });
});

test("of two executions of a queued run that are started at once, one computes it", async () => {
  const stores = await marketStores(small);
  const { runId } = await plannedRun(spec, { everyBars: 100 }, stores);
  const both = await Promise.all(["e1", "e2"].map((arn) => execute(callOf(runId, arn), stores)));
  expect(both.map((steps) => steps.length).sort()).toEqual([1, 4]);
  expect(await storedRun(runId, stores)).toMatchObject({ status: "completed", attempt: 1 });
});

test("a run that is cancelled between segments stops at its checkpoint", async () => {
  const { stores, run } = await taken("e1");
  const call = callOf(run.runId, "e1");
  await segmentStep(call, standing, stores);
  await askToCancel(run, stores);
  expect((await segmentStep(call, standing, stores)).answer).toEqual({ next: "stop", bar: 100 });
  const stopped = await storedRun(run.runId, stores);
  expect(stopped).toMatchObject({ status: "cancelled", headBar: 100, reason: { name: "Cancelled" } });
  expect(stopped.owner).toBeUndefined();
});

test("a run that is cancelled in a segment stops with a new checkpoint", async () => {
  const stores = await marketStores({ ...small, count: 30_000, chunkBars: 65_536 });
  const { runId } = await plannedRun(spec, { everyBars: 30_000 }, stores);
  const run = await takeFor("e1", runId, stores);
  let nowMs = 1_000;
  const running: StepClock = {
    nowMs: () => {
      nowMs += 600;
      return nowMs;
    },
    remainingMs: () => 900_000,
  };
  let looks = 0;
  const getRun: RunStore["getRun"] = async (...asked) => {
    if (++looks === 2) await askToCancel(run, stores);
    return stores.runs.getRun(...asked);
  };
  const asked = { ...stores, runs: { ...stores.runs, getRun } };
  const { kind, answer, committed } = await segmentStep(callOf(runId, "e1"), running, asked);
  expect({ kind, answer }).toEqual({ kind: "cancelled", answer: { next: "stop", bar: 8_192 } });
  expect(committed?.bars).toBe(8_192);
  expect(await storedRun(runId, stores)).toMatchObject({ status: "cancelled", headBar: 8_192 });
});

test("a segment looks whether to stop without a write", async () => {
  const stores = await marketStores({ ...small, count: 30_000, chunkBars: 65_536 });
  const { runId } = await plannedRun(spec, { everyBars: 30_000 }, stores);
  await takeFor("e1", runId, stores);
  let nowMs = 1_000;
  const running: StepClock = { nowMs: () => (nowMs += 600), remainingMs: () => 900_000 };
  const heartbeat: RunStore["heartbeat"] = () => Promise.reject(new Error("A heartbeat was written."));
  const { answer } = await segmentStep(callOf(runId, "e1"), running, {
    ...stores,
    runs: { ...stores.runs, heartbeat },
  });
  expect(answer).toEqual({ next: "finish", bar: 30_000 });
});

test("a run that is cancelled before its finish is not completed", async () => {
  const { stores, run } = await taken("e1");
  const call = callOf(run.runId, "e1");
  for (let i = 0; i < 3; i++) await segmentStep(call, standing, stores);
  await askToCancel(run, stores);
  expect((await finishStep(call, standing, stores)).kind).toBe("cancelled");
  expect(await storedRun(run.runId, stores)).toMatchObject({ status: "cancelled" });
});

test("a retry of the segment that saw the cancellation does not set the run going again", async () => {
  const { stores, run } = await taken("e1");
  const call = callOf(run.runId, "e1");
  await askToCancel(run, stores);
  await segmentStep(call, standing, stores);
  expect((await segmentStep(call, standing, stores)).answer.next).toBe("stop");
  expect(await storedRun(run.runId, stores)).toMatchObject({ status: "cancelled", attempt: 1 });
});

test("a segment of a redriven execution takes the next attempt of its failed run and goes on at that segment", async () => {
  const { stores, run } = await taken("e1");
  await segmentStep(callOf(run.runId, "e1"), standing, stores);
  await fail(run, 2_000, stores);
  const redriven = callOf(run.runId, "e1", 3_000);
  const first = await segmentStep(redriven, clockAt(3_500), stores);
  expect(first).toMatchObject({ isResume: true, answer: { next: "segment", bar: 200 }, committed: { sequence: 2 } });
  expect((await segmentStep(redriven, clockAt(3_500), stores)).isResume).toBe(false);
  await finishStep(redriven, clockAt(3_500), stores);
  expect(await storedRun(run.runId, stores)).toMatchObject({ status: "completed", attempt: 2 });
});

test("a delivery from before a run failed does not set it going again", async () => {
  const { stores, run } = await taken("e1");
  await fail(run, 2_000, stores);
  for (const step of [planStep, segmentStep]) {
    expect((await step(callOf(run.runId, "e1", 500), clockAt(2_500), stores)).answer.next).toBe("stop");
  }
  expect(await storedRun(run.runId, stores)).toMatchObject({ status: "failed", attempt: 1 });
});

test("an execution that was started by hand takes up a failed run from its head", async () => {
  const { stores, run } = await taken("e1");
  await segmentStep(callOf(run.runId, "e1"), standing, stores);
  await fail(run, 2_000, stores);
  expect(await execute(callOf(run.runId, "e2", 3_000), stores, clockAt(3_000))).toHaveLength(3);
  expect(await storedRun(run.runId, stores)).toMatchObject({ status: "completed", executionArn: "e2" });
});

test("a segment of another execution takes up neither a queued nor a failed run", async () => {
  const { stores, run } = await taken("e1");
  await fail(run, 2_000, stores);
  const queued = await plannedRun(spec, { everyBars: 100 }, stores);
  for (const { runId } of [run, queued]) {
    expect((await segmentStep(callOf(runId, "e2", 3_000), clockAt(3_000), stores)).kind).toBe("superseded");
  }
  expect(await storedRun(run.runId, stores)).toMatchObject({ status: "failed", attempt: 1 });
  expect(await storedRun(queued.runId, stores)).toMatchObject({ status: "queued", attempt: 0 });
});

test("as many checkpoints are kept as the spec says", async () => {
  const stores = await marketStores(small);
  const { runId } = await plannedRun(spec, { everyBars: 50, keep: 2 }, stores);
  await takeFor("e1", runId, stores);
  await execute(callOf(runId, "e1"), stores);
  expect((await stores.runs.listCheckpoints(runId)).map(({ sequence }) => sequence)).toEqual([5, 6]);
});

test("an execution that continues another takes its run over under the next attempt", async () => {
  const { stores, run } = await taken("e1");
  await segmentStep(callOf(run.runId, "e1"), standing, stores);
  const call = { ...callOf(run.runId, "e1-c"), continues: "e1" };
  expect(await execute(call, stores)).toEqual(["segment", "segment", "finish"]);
  expect(await storedRun(run.runId, stores)).toMatchObject({ status: "completed", attempt: 2, executionArn: "e1-c" });
});

test("a continuation that comes after somebody else took the run stops", async () => {
  const { stores, run } = await taken("e2");
  const { answer } = await planStep({ ...callOf(run.runId, "e1-c"), continues: "e1" }, standing, stores);
  expect(answer.next).toBe("stop");
  expect(await storedRun(run.runId, stores)).toMatchObject({ attempt: 1, executionArn: "e2" });
});

test("a continuation of a run that is to be cancelled cancels it", async () => {
  const { stores, run } = await taken("e1");
  await askToCancel(run, stores);
  const { kind } = await planStep({ ...callOf(run.runId, "e1-c"), continues: "e1" }, standing, stores);
  expect(kind).toBe("cancelled");
});

test("a cancellation that comes while a continuation takes its attempt cancels it", async () => {
  const { stores, run } = await taken("e1");
  const call = { ...callOf(run.runId, "e1-c"), continues: "e1" };
  const runs = beforeAttempt(stores.runs, () => askToCancel(run, stores));
  const { kind } = await planStep(call, standing, { ...stores, runs });
  expect(kind).toBe("cancelled");
  expect(await storedRun(run.runId, stores)).toMatchObject({ status: "cancelled", reason: { name: "Cancelled" } });
});

test("a cancellation that comes while the first step takes a queued run leaves it cancelled", async () => {
  const stores = await marketStores(small);
  const run = await plannedRun(spec, { everyBars: 100 }, stores);
  const runs = beforeAttempt(stores.runs, () => cancelAtOnce(run, stores.runs, 1_500));
  const { answer } = await planStep(callOf(run.runId, "e1"), standing, { ...stores, runs });
  expect(answer.next).toBe("stop");
  expect(await storedRun(run.runId, stores)).toMatchObject({ status: "cancelled", attempt: 0 });
});

test("a step of a run that does not exist throws MissingRunError", async () => {
  const stores = await marketStores(small);
  await expect(planStep(callOf("none", "e1"), standing, stores)).rejects.toMatchObject({ name: "MissingRunError" });
});

test("a step of a run whose strategy's code changed throws StrategyChangedError and leaves the run as it was", async () => {
  const { stores, run } = await taken("e1");
  const changed: RunStore["getRun"] = async (runId) => {
    const stored = await stores.runs.getRun(runId);
    return stored === undefined ? undefined : { ...stored, specDigest: "0".repeat(64) };
  };
  const withOther = { ...stores, runs: { ...stores.runs, getRun: changed } };
  for (const step of [planStep, segmentStep]) {
    await expect(step(callOf(run.runId, "e1"), standing, withOther)).rejects.toMatchObject({
      name: "StrategyChangedError",
    });
  }
  expect(await storedRun(run.runId, stores)).toMatchObject({ status: "running", attempt: 1 });
});

/** A run of 300 bars in segments of 100, its first attempt taken for this execution. */
async function taken(executionArn: string): Promise<{ stores: RunStores; run: RunRecord }> {
  const stores = await marketStores(small);
  const { runId } = await plannedRun(spec, { everyBars: 100 }, stores);
  await stores.runs.beginAttempt(runId, 0, executionOwner(executionArn, 1_000));
  return { stores, run: await storedRun(runId, stores) };
}

async function askToCancel({ runId, attempt }: RunRecord, { runs }: RunStores): Promise<void> {
  await runs.setStatus({ runId, attempt, from: ["running", "resuming"], to: "cancelling", atMs: 1_500 });
}

async function fail({ runId, attempt }: RunRecord, atMs: number, { runs }: RunStores): Promise<void> {
  await runs.setStatus({ runId, attempt, from: ["running", "resuming"], to: "failed", atMs });
}

function beforeAttempt(runs: RunStore, act: () => Promise<unknown>): RunStore {
  return {
    ...runs,
    beginAttempt: async (...attempt) => {
      await act();
      return runs.beginAttempt(...attempt);
    },
  };
}

function beforeCommit(runs: RunStore, act: () => Promise<unknown>): RunStore {
  return {
    ...runs,
    commit: async (checkpoint, segment) => {
      await act();
      return runs.commit(checkpoint, segment);
    },
  };
}
