import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeStateMachineCommand, RedriveExecutionCommand, UpdateStateMachineCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { strategiesFolder } from "./end-to-end.suite.ts";
import { actionLike, problemLike } from "./end-to-end-place.ts";
import { openRedriveCloud, type RedriveCloud, segmentEnds } from "./redrive-cloud.ts";
import { whyNoServers } from "./servers.ts";

const why = whyNoServers();
if (why !== undefined) console.warn(`Skipped: ${why}`);

const dayMs = 86_400_000;

describe.skipIf(why !== undefined)("a run that failed for good in one of its segments", () => {
  let cloud: RedriveCloud;
  let passedMs = 0;

  beforeAll(async () => {
    cloud = await openRedriveCloud(() => Date.now() + passedMs);
  });
  afterAll(() => cloud?.stop());

  /** A run that failed in its fourth segment because its bars were gone; they are there again. */
  async function failedRun(): Promise<string> {
    const putBack = await cloud.removeChunk(3);
    const runId = await cloud.begin();
    expect(await cloud.ended(runId)).toMatchObject({ status: "failed" });
    await putBack();
    return runId;
  }

  /** One execution did every segment once, and the run has the laptop's digest. */
  async function expectNothingTwice(runId: string, attempt: number): Promise<void> {
    const executionArn = cloud.executionArn(runId, 1);
    expect(await cloud.record(runId)).toMatchObject({
      status: "completed",
      attempt,
      executionArn,
      resultDigest: cloud.laptopDigest,
    });
    expect(await cloud.segmentBars(executionArn)).toEqual(segmentEnds);
    expect((await cloud.stores.runs.listSegments(runId)).map(({ endBar }) => endBar)).toEqual(segmentEnds);
  }

  test("says why, by the rule for executions that end", async () => {
    const runId = await failedRun();
    const executionArn = cloud.executionArn(runId, 1);
    expect(await cloud.status(executionArn)).toBe("FAILED");
    expect(await cloud.record(runId)).toMatchObject({
      attempt: 1,
      headBar: 1_500,
      reason: { name: "SnapshotDamagedError", message: expect.stringContaining("chunk 3 (bars 1500 to 1999)") },
    });
    const events = await cloud.stores.runs.listEvents(runId);
    expect(events.map(({ kind }) => kind)).toEqual(["started", "failed"]);
    expect(await cloud.segmentBars(executionArn)).toEqual([500, 1_000, 1_500]);
  });

  test("is redriven by resume at exactly that segment", async () => {
    const runId = await failedRun();
    expect(await cloud.remote.runs.resume(runId, "auto")).toMatchObject({ how: "redrive", attempt: 2 });
    await cloud.ended(runId);
    await expectNothingTwice(runId, 2);
  });

  test("is redriven from the console at exactly that segment, which takes the next attempt itself", async () => {
    const runId = await failedRun();
    const executionArn = cloud.executionArn(runId, 1);
    await cloud.stack.sfn.send(new RedriveExecutionCommand({ executionArn }));
    await expect.poll(() => cloud.status(executionArn), { timeout: 60_000 }).toBe("SUCCEEDED");
    await expectNothingTwice(runId, 2);
  });

  test("fails again with its reason when the cause is still there, and goes on when it is not", async () => {
    const putBack = await cloud.removeChunk(3);
    const runId = await cloud.begin();
    await cloud.ended(runId);
    await cloud.remote.runs.resume(runId, "auto");
    expect(await cloud.ended(runId)).toMatchObject({ status: "failed", attempt: 2, headBar: 1_500 });
    await putBack();
    await cloud.remote.runs.resume(runId, "auto");
    await cloud.ended(runId);
    await expectNothingTwice(runId, 3);
  });

  test("resumed twice at once goes on once, and the other is told", async () => {
    const runId = await failedRun();
    const both = await Promise.all([1, 2].map(() => cloud.ask("POST", `/runs/${runId}/resume`, {})));
    expect(both.map(({ status }) => status).sort()).toEqual([202, 409]);
    await cloud.ended(runId);
    await expectNothingTwice(runId, 2);
  });

  test("goes on in a new execution from its head where that is asked for", async () => {
    const runId = await failedRun();
    expect(await cloud.remote.runs.resume(runId, "execution")).toMatchObject({ how: "execution", attempt: 2 });
    expect(await cloud.ended(runId)).toMatchObject({ status: "completed", resultDigest: cloud.laptopDigest });
    expect(await cloud.segmentBars(cloud.executionArn(runId, 1))).toEqual([500, 1_000, 1_500]);
    expect(await cloud.segmentBars(cloud.executionArn(runId, 2))).toEqual([2_000, 2_500, 3_000]);
  });

  test("keeps its old definition in a redrive; a definition that was mended needs a new execution", async () => {
    const { sfn, runStateMachineArn: stateMachineArn } = cloud.stack;
    const { definition = "" } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
    const deploy = (text: string) => sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: text }));
    onTestFinished(async () => {
      await deploy(definition);
    });
    await deploy(withoutStartOf("Segment", definition));
    const runId = await cloud.begin();
    const failed = await cloud.ended(runId);
    expect(failed).toMatchObject({ status: "failed", reason: { name: "StepCallError" } });
    await deploy(definition);

    expect(await cloud.remote.runs.resume(runId, "auto")).toMatchObject({
      how: "redrive",
      note: expect.stringContaining("keeps the definition"),
    });
    expect(await cloud.ended(runId)).toMatchObject({ status: "failed", reason: { name: "StepCallError" } });
    expect(await cloud.remote.runs.resume(runId, "execution")).toMatchObject({ how: "execution", attempt: 3 });
    expect(await cloud.ended(runId)).toMatchObject({ status: "completed", resultDigest: cloud.laptopDigest });
  });

  test("is refused with both digests after its strategy was mended, also in a redrive from the console; a fork goes on", async () => {
    const runId = await cloud.begin({ name: "faulty", params: { failAt: 1_700 } });
    expect(await cloud.ended(runId)).toMatchObject({ reason: { name: "StrategyError" }, headBar: 1_500 });
    await cloud.redeploy(await mendedStrategies());
    onTestFinished(() => cloud.redeploy(strategiesFolder));

    const refused = await cloud.ask("POST", `/runs/${runId}/resume`, {});
    expect([refused.status, problemLike.parse(refused.body).detail]).toEqual([
      409,
      expect.stringMatching(/spec digest ([0-9a-f]{64}), the strategy's code now gives (?!\1)[0-9a-f]{64}/),
    ]);
    await cloud.stack.sfn.send(new RedriveExecutionCommand({ executionArn: cloud.executionArn(runId, 1) }));
    await expect
      .poll(async () => (await cloud.record(runId)).reason?.name, { timeout: 60_000 })
      .toBe("StrategyChangedError");
    const fork = await cloud.ask("POST", `/runs/${runId}/fork`, {});
    expect(fork.status).toBe(201);
    expect(await cloud.ended(actionLike.parse(fork.body).runId)).toMatchObject({ status: "completed", headBar: 3_000 });
  });

  test("goes on in a new execution after 14 days, and the answer says so", async () => {
    const runId = await failedRun();
    passedMs = 15 * dayMs;
    onTestFinished(() => {
      passedMs = 0;
    });
    const resumed = await cloud.remote.runs.resume(runId, "auto");
    expect(resumed).toMatchObject({ how: "execution", note: expect.stringContaining("cannot be redriven") });
    expect(await cloud.ended(runId)).toMatchObject({ status: "completed", resultDigest: cloud.laptopDigest });
    expect(await cloud.segmentBars(cloud.executionArn(runId, 2))).toEqual([2_000, 2_500, 3_000]);
  });
});

/** The definition with a payload that lacks what every step needs. */
function withoutStartOf(state: string, definition: string): string {
  const machine = JSON.parse(definition);
  const { startedAt: _, ...payload } = machine.States[state].Arguments.Payload;
  machine.States[state].Arguments.Payload = payload;
  return JSON.stringify(machine);
}

/** The strategies with the mistake taken out of the faulty one. */
async function mendedStrategies(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "backstitch-strategies-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(strategiesFolder, folder, { recursive: true });
  const source = await readFile(join(strategiesFolder, "faulty.ts"), "utf8");
  const mended = source.replace(/^.*throw new Error.*\n/m, "");
  expect(mended).not.toBe(source);
  await writeFile(join(folder, "faulty.ts"), mended);
  return folder;
}
