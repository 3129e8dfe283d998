import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { endSweep } from "../../lib/cloud/sweep-execution-end.ts";
import { onlyInstrument } from "../../lib/market/open-snapshot.ts";
import type { SweepRecord } from "../../lib/sweep/sweep-store.ts";
import { putSnapshot } from "../simulation/put-snapshot.ts";
import {
  answerOf,
  endedSweep,
  laptopAnswer,
  runsCalled,
  startSweep,
  statesOf,
  walk,
  walkSpec,
} from "./cloud-sweeps.ts";
import { type LocalCloud, openLocalCloud } from "./local-cloud.ts";
import { whyNoServers } from "./servers.ts";

const why = whyNoServers();
if (why !== undefined) console.warn(`Skipped: ${why}`);

describe.skipIf(why !== undefined)("a sweep that did not get through", () => {
  let cloud: LocalCloud;
  /** Only the last window reads it in-sample, last of all. */
  let lastChunk: string;

  beforeAll(async () => {
    // Two runs at a time: when the last one fails, four others are done at least.
    cloud = await openLocalCloud({ flags: { sweepConcurrency: "2" } });
    const manifest = await putSnapshot(walk.bars, walk.options, cloud.stores);
    lastChunk = onlyInstrument(manifest).chunks[8]?.hash ?? "";
  });
  afterAll(() => cloud?.stop());

  /** Processes of the segment function that remember no bars; its name. */
  function freshSegments(): string {
    const segment = cloud.stack.functionNames.segment ?? "";
    cloud.stack.lambdaHost.updateCode(segment);
    return segment;
  }

  /** The bars of the last window's end are gone as soon as a segment is under way. */
  function loseBars(): void {
    const segment = freshSegments();
    const calls = cloud.stack.lambdaHost.invocations.length;
    cloud.setFaults({
      s3({ method, path }) {
        if (method !== "GET" || !path.includes(lastChunk)) return undefined;
        const isBegun = cloud.stack.lambdaHost.invocations
          .slice(calls)
          .some(({ functionName }) => functionName === segment);
        const body = "<Error><Code>NoSuchKey</Code></Error>";
        return isBegun ? { kind: "answer", status: 404, contentType: "application/xml", body } : undefined;
      },
    });
  }

  /** A sweep one of whose runs failed for good; its bars are there again. */
  async function failedSweep(slow: readonly number[]): Promise<SweepRecord> {
    loseBars();
    const sweep = await endedSweep((await startSweep(walkSpec(slow), cloud)).sweepId, cloud);
    cloud.setFaults({});
    expect(sweep.status).toBe("failed");
    return sweep;
  }

  async function statusOfRuns(sweep: SweepRecord): Promise<ReadonlyMap<string, string>> {
    const { items } = await cloud.stores.runs.listRuns({}, 1_000);
    return new Map(items.filter(({ sweepId }) => sweepId === sweep.sweepId).map((run) => [run.runId, run.status]));
  }

  /** The runs of the children that succeeded in the sweep's map. */
  async function succeededRuns({ sweepId, executionArn }: SweepRecord): Promise<readonly string[]> {
    const { sfn } = cloud.stack;
    const { mapRuns = [] } = await sfn.send(new ListMapRunsCommand({ executionArn }));
    const listed = new ListExecutionsCommand({ mapRunArn: mapRuns[0]?.mapRunArn, statusFilter: "SUCCEEDED" });
    const children = new Set((await sfn.send(listed)).executions?.map((child) => child.executionArn));
    const { items } = await cloud.stores.runs.listRuns({}, 1_000);
    return items.filter((run) => run.sweepId === sweepId && children.has(run.executionArn)).map(({ runId }) => runId);
  }

  async function expectLaptopAnswer(sweep: SweepRecord, slow: readonly number[]): Promise<void> {
    const { resultDigest } = await laptopAnswer(walkSpec(slow), walk);
    expect((await answerOf(sweep, cloud.stores)).resultDigest).toBe(resultDigest);
  }

  test("says which run failed and why, and leaves none under way", async () => {
    const sweep = await failedSweep([21, 31]);
    const runs = await statusOfRuns(sweep);
    const failed = [...runs].filter(([, status]) => status === "failed").map(([runId]) => runId);
    expect(failed).toHaveLength(1);
    expect(sweep.reason).toEqual({
      name: "SnapshotDamagedError",
      message: expect.stringMatching(new RegExp(`Run "${failed[0]}" failed: .*chunk 8`)),
    });
    expect([...runs.values()].filter((status) => status === "running" || status === "resuming")).toEqual([]);
  });

  test("unnoticed is corrected by the function that looks at what is under way", async () => {
    const failed = await failedSweep([20, 30]);
    const { lambdaHost, functionNames } = cloud.stack;
    const { reason: _reason, owner, ...rest } = failed;
    // As if its last change were an hour ago, and the event of the end had been lost.
    const longAgoMs = Date.now() - 3_600_000;
    const still: SweepRecord = {
      ...rest,
      ...(owner && { owner: { ...owner, heartbeatAtMs: longAgoMs } }),
      status: "running",
      revision: failed.revision + 1,
      updatedAtMs: longAgoMs,
    };
    expect(await cloud.stores.sweeps.replaceSweep(still)).toBe(true);
    const path = `/2015-03-31/functions/${functionNames.watch}/invocations`;
    await fetch(new URL(path, lambdaHost.url), { method: "POST", body: "{}" });
    expect(await cloud.stores.sweeps.getSweep(failed.sweepId)).toMatchObject({
      status: "failed",
      reason: { name: "States.ExceedToleratedFailureThreshold" },
    });
  });

  test("is redriven: only runs that were not done go on, each from its last checkpoint", async () => {
    const slow = [22, 32];
    const failed = await failedSweep(slow);
    const before = await statusOfRuns(failed);
    const done = await succeededRuns(failed);
    const sinceMs = Date.now();
    expect(await cloud.sweepWorkflow.start(failed, "auto")).toMatchObject({ kind: "started", how: "redrive" });
    const sweep = await endedSweep(failed.sweepId, cloud);
    expect(sweep).toMatchObject({ status: "completed", attempt: 2, executionArn: failed.executionArn });
    await expectLaptopAnswer(sweep, slow);

    const calledAgain = new Set(["plan", "segment", "finish"].flatMap((name) => runsCalled(name, cloud, sinceMs)));
    expect(done.length).toBeGreaterThanOrEqual(4);
    expect(done.filter((runId) => calledAgain.has(runId))).toEqual([]);
    const [lost = ""] = [...before].filter(([, status]) => status === "failed").map(([runId]) => runId);
    const segments = await cloud.stores.runs.listSegments(lost);
    expect(segments.map(({ endBar, attempt }) => [endBar, attempt])).toEqual([
      [750, 1],
      [875, 1],
      [1_000, 1],
      [1_125, 2],
    ]);
    expect(
      (await statesOf(sweep.executionArn, cloud)).filter((state) => state === "Expand" || state === "InSample"),
    ).toEqual(["Expand", "InSample"]);
  });

  test("goes on after a redrive from the console, whose steps take the next attempt themselves", async () => {
    const slow = [23, 33];
    const failed = await failedSweep(slow);
    await cloud.stack.sfn.send(new RedriveExecutionCommand({ executionArn: failed.executionArn }));
    await expect
      .poll(async () => (await cloud.stores.sweeps.getSweep(failed.sweepId))?.status, { timeout: 60_000 })
      .toBe("completed");
    const sweep = await endedSweep(failed.sweepId, cloud);
    expect(sweep).toMatchObject({ attempt: 2, executionArn: failed.executionArn });
    await expectLaptopAnswer(sweep, slow);
  });

  test("goes on in a new execution, which does nothing twice, where that is asked for", async () => {
    const slow = [24, 34];
    const failed = await failedSweep(slow);
    const before = await statusOfRuns(failed);
    const sinceMs = Date.now();
    expect(await cloud.sweepWorkflow.start(failed, "execution")).toMatchObject({ kind: "started", how: "execution" });
    const sweep = await endedSweep(failed.sweepId, cloud);
    expect(sweep).toMatchObject({ status: "completed", attempt: 2 });
    expect(sweep.executionArn).not.toBe(failed.executionArn);
    const done = [...before].filter(([, status]) => status === "completed").map(([runId]) => runId);
    expect(runsCalled("segment", cloud, sinceMs).filter((runId) => done.includes(runId))).toEqual([]);
    await expectLaptopAnswer(sweep, slow);
  });

  test("by a cancel goes on where its runs were, also when a segment came back late", async () => {
    const slow = [25, 35];
    const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const segment = freshSegments();
    const calls = cloud.stack.lambdaHost.invocations.length;
    cloud.setFaults({
      s3({ method, path }) {
        const isBegun = cloud.stack.lambdaHost.invocations
          .slice(calls)
          .some(({ functionName }) => functionName === segment);
        if (method !== "GET" || !path.includes(lastChunk) || !isBegun) return undefined;
        reached.resolve();
        return { kind: "hold", until: released.promise };
      },
    });
    const started = await startSweep(walkSpec(slow), cloud);
    await reached.promise;
    // Six windows of six lanes, a run each; the last one's waits, and one is beside it.
    const sweepNow = (await cloud.stores.sweeps.getSweep(started.sweepId)) ?? started;
    const progress = await cloud.sweepWorkflow.progressOf?.(sweepNow);
    expect(progress).toMatchObject({ totalLanes: 36, best: null });
    expect([24, 30]).toContain(progress?.doneLanes);
    expect(await cloud.sweepWorkflow.cancel(started, { force: false })).toMatchObject({
      status: "cancelled",
      reason: { name: "Cancelled" },
    });
    const cancelled = await endedSweep(started.sweepId, cloud);
    // What was counted a moment ago is no progress of a sweep that nobody computes.
    expect(await cloud.sweepWorkflow.progressOf?.(cancelled)).toBeUndefined();
    const resumed = await cloud.sweepWorkflow.start(cancelled, "execution");
    cloud.setFaults({});
    released.resolve();
    expect(resumed).toMatchObject({ kind: "started", how: "execution" });
    const sweep = await endedSweep(started.sweepId, cloud);
    expect(sweep).toMatchObject({ status: "completed", attempt: 2 });
    await expectLaptopAnswer(sweep, slow);
  });

  test("resumed twice at once goes on once, and the other is told", async () => {
    const failed = await failedSweep([26, 36]);
    const both = await Promise.all([1, 2].map(() => cloud.sweepWorkflow.start(failed, "auto")));
    expect(both.map(({ kind }) => kind).sort()).toEqual(["busy", "started"]);
    expect(await endedSweep(failed.sweepId, cloud)).toMatchObject({ status: "completed", attempt: 2 });
  });

  test("fails by its own count where a map is called successful whose runs failed, and goes on in a new execution", async () => {
    const { sfn, sweepStateMachineArn: stateMachineArn } = cloud.stack;
    const { definition = "" } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
    const deploy = (text: string) => sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: text }));
    onTestFinished(async () => void (await deploy(definition)));
    const lenient = JSON.parse(definition);
    lenient.States.InSample.ToleratedFailurePercentage = 100;
    await deploy(JSON.stringify(lenient));
    const slow = [27, 37];
    const failed = await failedSweep(slow);
    expect(failed.reason).toMatchObject({
      name: "SweepItemsError",
      message: expect.stringContaining("1 of 6 runs of a map that ended are not completed"),
    });
    const outcome = await cloud.sweepWorkflow.start(failed, "auto");
    expect(outcome).toMatchObject({ how: "execution", note: expect.stringContaining("cannot be redriven") });
    await expectLaptopAnswer(await endedSweep(failed.sweepId, cloud), slow);
  });

  test("and that another attempt took over leaves it to that one: its execution ends without an error", async () => {
    const slow = [29, 39];
    const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const stitch = cloud.stack.functionNames.stitch ?? "";
    const stitches = () =>
      cloud.stack.lambdaHost.invocations.filter(({ functionName }) => functionName === stitch).length;
    const before = stitches();
    // The first of what the last step writes waits until the other attempt is done.
    cloud.setFaults({
      s3({ method }) {
        if (method !== "PUT" || stitches() !== before + 1) return undefined;
        reached.resolve();
        return { kind: "hold", until: released.promise };
      },
    });
    const older = await startSweep(walkSpec(slow), cloud);
    await reached.promise;
    const given = await endSweep(older, { status: "failed", atMs: Date.now() }, cloud.stores.sweeps);
    expect(await cloud.sweepWorkflow.start(given ?? older, "execution")).toMatchObject({ kind: "started" });
    const sweep = await endedSweep(older.sweepId, cloud);
    cloud.setFaults({});
    released.resolve();
    const describeOlder = new DescribeExecutionCommand({ executionArn: older.executionArn });
    await expect.poll(async () => (await cloud.stack.sfn.send(describeOlder)).status).toBe("SUCCEEDED");
    const { status, executionArn, resultHash } = sweep;
    expect([status, executionArn === older.executionArn]).toEqual(["completed", false]);
    expect(await cloud.stores.sweeps.getSweep(sweep.sweepId)).toMatchObject({
      status,
      attempt: 2,
      executionArn,
      resultHash,
    });
    await expectLaptopAnswer(sweep, slow);
  });

  test("is told apart from one that is done: starting that again changes nothing", async () => {
    const { sweepId } = await startSweep(walkSpec([28]), cloud);
    const sweep = await endedSweep(sweepId, cloud);
    expect(await cloud.sweepWorkflow.start(sweep, "auto")).toEqual({ kind: "ended", sweep });
  });
});
