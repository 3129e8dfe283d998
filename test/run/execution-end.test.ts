import { expect, test } from "vitest";
import { type ExecutionEnd, recordExecutionEnd } from "../../lib/run/execution-end.ts";
import type { RunStores } from "../../lib/run/opened-run.ts";
import { marketStores, plannedRun } from "../simulation/planned-run.ts";
import { storedRun } from "../simulation/run-lives.ts";
import { takeFor } from "./stepping.ts";

const spec = { data: { snapshot: "bars" }, strategy: { name: "buy-and-hold" } };

test("a failed execution fails its run with the function's error and message", async () => {
  const { stores, runId } = await taken();
  const cause = JSON.stringify({ errorType: "StrategyError", errorMessage: "divided by the spread", trace: [] });
  const end = { ...ended("FAILED"), error: "StrategyError", cause };
  expect(await recordExecutionEnd(runId, end, stores)).toMatchObject({
    status: "failed",
    reason: { name: "StrategyError", message: "divided by the spread" },
    updatedAtMs: 5_000,
  });
  expect((await stores.runs.listEvents(runId)).at(-1)).toMatchObject({
    kind: "failed",
    message: "StrategyError: divided by the spread",
  });
});

test("a cause that is no JSON is the message as it stands", async () => {
  const { stores, runId } = await taken();
  const end = { ...ended("FAILED"), error: "States.Timeout", cause: "the task took {too long" };
  expect(await recordExecutionEnd(runId, end, stores)).toMatchObject({
    reason: { name: "States.Timeout", message: "the task took {too long" },
  });
});

test("an execution that timed out fails its run and says so", async () => {
  const { stores, runId } = await taken();
  expect(await recordExecutionEnd(runId, ended("TIMED_OUT"), stores)).toMatchObject({
    status: "failed",
    reason: { name: "ExecutionTimedOut", message: expect.stringContaining("timed out") },
  });
});

test("an aborted execution cancels its run", async () => {
  const { stores, runId } = await taken();
  expect(await recordExecutionEnd(runId, ended("ABORTED"), stores)).toMatchObject({
    status: "cancelled",
    reason: { name: "Aborted" },
  });
});

test("the end of an execution that the run does not name changes nothing", async () => {
  const { stores, runId } = await taken();
  const before = await storedRun(runId, stores);
  expect(await recordExecutionEnd(runId, { ...ended("FAILED"), executionArn: "e0" }, stores)).toBeUndefined();
  expect(await storedRun(runId, stores)).toEqual(before);
});

test("an end that is told twice is recorded once", async () => {
  const { stores, runId } = await taken();
  await recordExecutionEnd(runId, ended("FAILED"), stores);
  expect(await recordExecutionEnd(runId, ended("FAILED"), stores)).toBeUndefined();
  expect((await stores.runs.listEvents(runId)).filter(({ kind }) => kind === "failed")).toHaveLength(1);
});

test("an end that is told after the execution was redriven changes nothing", async () => {
  const { stores, runId } = await taken();
  await takeFor("e1", runId, stores, 6_000);
  expect(await recordExecutionEnd(runId, ended("FAILED"), stores)).toBeUndefined();
  expect(await storedRun(runId, stores)).toMatchObject({ status: "resuming", attempt: 2 });
});

test("the end of an execution of a run that is gone changes nothing", async () => {
  const { stores } = await taken();
  expect(await recordExecutionEnd("gone", ended("FAILED"), stores)).toBeUndefined();
});

async function taken(): Promise<{ stores: RunStores; runId: string }> {
  const stores = await marketStores({ count: 20, seed: 1, timeframe: "1m", chunkBars: 20 });
  const { runId } = await plannedRun(spec, { everyBars: 100 }, stores);
  await takeFor("e1", runId, stores);
  return { stores, runId };
}

function ended(status: ExecutionEnd["status"]): ExecutionEnd {
  return { executionArn: "e1", status, stoppedAtMs: 5_000 };
}
