import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  RedriveExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openRedriveCloud, type RedriveCloud, segmentEnds } from "./redrive-cloud.ts";
import { whyNoServers } from "./servers.ts";

const why = whyNoServers();
if (why !== undefined) console.warn(`Skipped: ${why}`);

describe.skipIf(why !== undefined)("what comes late, twice, or from the console", () => {
  let cloud: RedriveCloud;

  beforeAll(async () => {
    cloud = await openRedriveCloud();
  });
  afterEach(() => {
    cloud.setFaults({});
    cloud.stack.lambdaHost.planFaults(undefined);
  });
  afterAll(() => cloud?.stop());

  test("a cancelled run is resumed in a new execution, and no segment runs in both", async () => {
    const held = cloud.holdSegment(3);
    const runId = await cloud.begin();
    await held.reached;
    expect(await cloud.remote.runs.cancel(runId, false)).toMatchObject({ status: "cancelling" });
    held.release();
    const cancelled = await cloud.ended(runId);
    expect(cancelled.status).toBe("cancelled");
    expect(await cloud.remote.runs.resume(runId, "auto")).toMatchObject({ how: "execution", attempt: 2 });
    expect(await cloud.ended(runId)).toMatchObject({ status: "completed", resultDigest: cloud.laptopDigest });
    expect(await cloud.segmentBars(cloud.executionArn(runId, 2))).toEqual(
      segmentEnds.filter((bar) => bar > cancelled.headBar),
    );
    expect((await cloud.stores.runs.listSegments(runId)).map(({ endBar }) => endBar)).toEqual(segmentEnds);
  });

  test("a zombie that commits after its successor is fenced: an event says so, and nothing else changes", async () => {
    const held = cloud.holdSegment(3);
    const runId = await cloud.begin();
    await held.reached;
    expect(await cloud.remote.runs.cancel(runId, true)).toMatchObject({ status: "cancelled" });
    await cloud.remote.runs.resume(runId, "auto");
    const completed = await cloud.ended(runId);
    expect(completed).toMatchObject({ status: "completed", attempt: 2, resultDigest: cloud.laptopDigest });
    const segments = await cloud.stores.runs.listSegments(runId);

    held.release();
    await cloud.stack.lambdaHost.settled(60_000);
    expect(await cloud.record(runId)).toEqual(completed);
    expect(await cloud.stores.runs.listSegments(runId)).toEqual(segments);
    const fenced = (await cloud.stores.runs.listEvents(runId)).filter(({ kind }) => kind === "fenced");
    expect(fenced).toMatchObject([{ attempt: 1 }]);
  });

  test("a zombie beside the retry of its own attempt changes nothing", async () => {
    const { lambdaHost } = cloud.stack;
    const held = cloud.holdSegment(3, { kind: "abandon", afterMs: 300 });
    const runId = await cloud.begin();
    const completed = await cloud.ended(runId);
    expect(completed).toMatchObject({ status: "completed", attempt: 1, resultDigest: cloud.laptopDigest });
    held.release();
    await lambdaHost.settled(60_000);
    expect(await cloud.record(runId)).toEqual(completed);
  });

  test("an execution that was stopped from the console cancels its run, which resumes", async () => {
    const held = cloud.holdSegment(3);
    const runId = await cloud.begin();
    await held.reached;
    const executionArn = cloud.executionArn(runId, 1);
    await cloud.stack.sfn.send(new StopExecutionCommand({ executionArn, error: "Operator", cause: "not today" }));
    expect(await cloud.ended(runId)).toMatchObject({
      status: "cancelled",
      reason: { name: "Operator", message: "not today" },
    });
    held.release();
    await cloud.remote.runs.resume(runId, "auto");
    expect(await cloud.ended(runId)).toMatchObject({ status: "completed", resultDigest: cloud.laptopDigest });
  });

  test("an execution that times out fails its run with a reason that says so", async () => {
    const { sfn, runStateMachineArn: stateMachineArn } = cloud.stack;
    const { definition = "" } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
    const deploy = (text: string) => sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: text }));
    onTestFinished(async () => {
      await deploy(definition);
    });
    await deploy(JSON.stringify({ ...JSON.parse(definition), TimeoutSeconds: 2 }));
    const held = cloud.holdSegment(3);
    const runId = await cloud.begin();
    await held.reached;
    const failed = await cloud.ended(runId);
    expect(failed).toMatchObject({ status: "failed", reason: { message: expect.stringContaining("timed out") } });
    expect(await cloud.status(cloud.executionArn(runId, 1))).toBe("TIMED_OUT");
    held.release();
    await deploy(definition);
    await cloud.remote.runs.resume(runId, "execution");
    expect(await cloud.ended(runId)).toMatchObject({ status: "completed", resultDigest: cloud.laptopDigest });
  });

  /** A run that failed in its fourth segment; its bars are there again. */
  async function failedRun(): Promise<string> {
    const putBack = await cloud.removeChunk(3);
    const runId = await cloud.begin();
    await expect.poll(() => cloud.status(cloud.executionArn(runId, 1)), { timeout: 60_000 }).toBe("FAILED");
    await putBack();
    return runId;
  }

  /** Delivers the event of the execution's end as it was at that time, and waits for the function's answer. */
  async function deliverEnd(event: object): Promise<void> {
    const { lambdaHost, functionNames } = cloud.stack;
    const url = `${lambdaHost.url}/2015-03-31/functions/${functionNames.status}/invocations`;
    const answer = await fetch(url, { method: "POST", body: JSON.stringify(event) });
    expect([answer.status, await answer.text()]).toEqual([200, "null"]);
  }

  async function endOf(runId: string): Promise<object> {
    const executionArn = cloud.executionArn(runId, 1);
    const { status, stopDate, input, error, cause } = await cloud.stack.sfn.send(
      new DescribeExecutionCommand({ executionArn }),
    );
    return { detail: { executionArn, status, stopDate: stopDate?.getTime(), input, error, cause } };
  }

  test("the event of an end that arrives twice is recorded once", async () => {
    const runId = await failedRun();
    const failed = await cloud.ended(runId);
    await deliverEnd(await endOf(runId));
    expect(await cloud.record(runId)).toEqual(failed);
    expect((await cloud.stores.runs.listEvents(runId)).filter(({ kind }) => kind === "failed")).toHaveLength(1);
  });

  test("the event of an end that arrives again after the resume changes nothing", async () => {
    const runId = await failedRun();
    await cloud.ended(runId);
    const end = await endOf(runId);
    const held = cloud.holdSegment(1);
    await cloud.remote.runs.resume(runId, "auto");
    await held.reached;
    const resuming = await cloud.record(runId);
    await deliverEnd(end);
    expect(await cloud.record(runId)).toEqual(resuming);
    held.release();
    expect(await cloud.ended(runId)).toMatchObject({ status: "completed", attempt: 2 });
    await deliverEnd(end);
    expect(await cloud.record(runId)).toMatchObject({ status: "completed", resultDigest: cloud.laptopDigest });
  });

  test("a run whose execution's end nobody told is corrected by the function that looks at runs under way", async () => {
    const { lambdaHost, functionNames } = cloud.stack;
    const runId = await failedRun();
    const { attempt, executionArn = "" } = await cloud.ended(runId);
    // As if its last change were an hour ago, and the event of the end had been lost.
    const owner = { host: "aws", pid: 0, heartbeatAtMs: Date.now() - 3_600_000, executionArn };
    await cloud.stores.runs.beginAttempt(runId, attempt, owner);
    expect((await cloud.record(runId)).status).toBe("resuming");
    const path = `/2015-03-31/functions/${functionNames.watch}/invocations`;
    await fetch(new URL(path, lambdaHost.url), { method: "POST", body: "{}" });
    expect(await cloud.record(runId)).toMatchObject({ status: "failed", reason: { name: "SnapshotDamagedError" } });
  });

  test("a run redriven from the console before its event came completes, whenever that comes", async () => {
    const { lambdaHost, functionNames, sfn } = cloud.stack;
    lambdaHost.planFaults(({ functionName }) =>
      functionName === functionNames.status ? { kind: "kill", afterMs: 0 } : undefined,
    );
    const runId = await failedRun();
    const end = await endOf(runId);
    await lambdaHost.settled(60_000);
    expect((await cloud.record(runId)).status).toBe("running");
    lambdaHost.planFaults(undefined);
    const held = cloud.holdSegment(2);
    await sfn.send(new RedriveExecutionCommand({ executionArn: cloud.executionArn(runId, 1) }));
    await held.reached;
    await deliverEnd(end);
    held.release();
    await expect.poll(() => cloud.status(cloud.executionArn(runId, 1)), { timeout: 60_000 }).toBe("SUCCEEDED");
    expect(await cloud.record(runId)).toMatchObject({ status: "completed", resultDigest: cloud.laptopDigest });
    expect((await cloud.stores.runs.listSegments(runId)).map(({ endBar }) => endBar)).toEqual(segmentEnds);
  });
});
