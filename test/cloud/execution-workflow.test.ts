import { RedriveExecutionCommand, SFNClient, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { openExecutionWorkflow } from "../../lib/cloud/execution-workflow.ts";
import { parseStepCall } from "../../lib/run/execution-call.ts";
import { finishAnswer, finishStep, planStep, segmentStep } from "../../lib/run/execution-steps.ts";
import type { RunRecord } from "../../lib/run/run-store.ts";
import { marketStores, plannedRun } from "../simulation/planned-run.ts";
import { storedRun } from "../simulation/run-lives.ts";
import { namedError } from "./step-functions/function-endpoint.ts";
import type { Json } from "./step-functions/json.ts";
import { startTestAccount } from "./step-functions/test-account.ts";

const clock = { nowMs: Date.now, remainingMs: () => 60_000 };
const spec = { data: { snapshot: "bars" }, strategy: { name: "sma-cross", params: { fast: 3, slow: 7 } } };

test("a queued run is started in an execution named after run and attempt, and completes", async () => {
  await using cloud = await openCloud();
  const outcome = await cloud.workflow.start(cloud.run, "auto");
  const executionArn = cloud.arnOf(1);
  expect(outcome).toMatchObject({ kind: "started", how: "execution", run: { attempt: 1, executionArn } });
  expect(await cloud.ended(executionArn)).toMatchObject({ status: "SUCCEEDED" });
  expect(await cloud.now()).toMatchObject({ status: "completed", attempt: 1, headSequence: 3 });
  expect(await cloud.workflow.start(await cloud.now(), "auto")).toMatchObject({ kind: "completed" });
});

test("of two starts of one run at once, one is busy", async () => {
  await using cloud = await openCloud();
  const both = await Promise.all([1, 2].map(() => cloud.workflow.start(cloud.run, "auto")));
  expect(both.map(({ kind }) => kind).sort()).toEqual(["busy", "started"]);
});

test("a failed run is redriven at the segment that failed, under the next attempt", async () => {
  await using cloud = await openCloud();
  cloud.breakAt(2);
  await cloud.workflow.start(cloud.run, "auto");
  await cloud.ended(cloud.arnOf(1));
  const failed = await cloud.workflow.reconcile(await cloud.now());
  expect(failed).toMatchObject({
    status: "failed",
    reason: { name: "StrategyError", message: "divided by the spread" },
  });
  cloud.breakAt(undefined);
  const outcome = await cloud.workflow.start(failed, "auto");
  expect(outcome).toMatchObject({ kind: "started", how: "redrive", run: { attempt: 2, executionArn: cloud.arnOf(1) } });
  await cloud.ended(cloud.arnOf(1));
  expect(await cloud.now()).toMatchObject({ status: "completed", attempt: 2 });
  expect(cloud.calls).toEqual(["plan", "segment", "segment", "segment", "segment", "finish"]);
});

test("a failed run is resumed in a new execution where that is asked for", async () => {
  await using cloud = await openCloud();
  const failed = await failedIn(cloud);
  const outcome = await cloud.workflow.start(failed, "execution");
  expect(outcome).toMatchObject({ kind: "started", how: "execution", run: { executionArn: cloud.arnOf(2) } });
  await cloud.ended(cloud.arnOf(2));
  expect(await cloud.now()).toMatchObject({ status: "completed", attempt: 2 });
});

test("of two resumes of a failed run at once, one is busy", async () => {
  await using cloud = await openCloud();
  const failed = await failedIn(cloud);
  const both = await Promise.all([1, 2].map(() => cloud.workflow.start(failed, "auto")));
  expect(both.map(({ kind }) => kind).sort()).toEqual(["busy", "started"]);
  await cloud.ended(cloud.arnOf(1));
  expect(await cloud.now()).toMatchObject({ status: "completed", attempt: 2 });
});

test("after 14 days a failed run goes on in a new execution, and the answer says so", async () => {
  await using cloud = await openCloud();
  const failed = await failedIn(cloud);
  cloud.passDays(15);
  const outcome = await cloud.workflow.start(failed, "auto");
  expect(outcome).toMatchObject({
    kind: "started",
    how: "execution",
    note: expect.stringContaining("cannot be redriven"),
  });
  await cloud.ended(cloud.arnOf(2));
  expect(await cloud.now()).toMatchObject({ status: "completed" });
});

test("where redrive is not known, a failed run goes on in a new execution, and the answer says so", async () => {
  await using cloud = await openCloud();
  const failed = await failedIn(cloud);
  const outcome = await cloud.withoutRedrive().start(failed, "auto");
  expect(outcome).toMatchObject({ kind: "started", how: "execution", note: expect.stringContaining("refused") });
  await cloud.ended(cloud.arnOf(3));
  expect(await cloud.now()).toMatchObject({ status: "completed", attempt: 3 });
});

test("a redrive from the console goes on without the API", async () => {
  await using cloud = await openCloud();
  await failedIn(cloud);
  await cloud.client.send(new RedriveExecutionCommand({ executionArn: cloud.arnOf(1) }));
  await cloud.ended(cloud.arnOf(1));
  expect(await cloud.now()).toMatchObject({ status: "completed", attempt: 2 });
});

test("an attempt whose execution was never started is started under its name later, by whoever asks", async () => {
  await using cloud = await openCloud();
  await cloud.take(1, Date.now() - 60_000);
  const outcome = await cloud.workflow.start(await cloud.now(), "auto");
  expect(outcome).toMatchObject({ kind: "started", how: "execution", run: { attempt: 1 } });
  await cloud.ended(cloud.arnOf(1));
  expect(await cloud.now()).toMatchObject({ status: "completed", attempt: 1 });
});

test("a redrive that was not carried out after its attempt was taken is carried out later, by whoever asks", async () => {
  await using cloud = await openCloud();
  const failed = await failedIn(cloud);
  await cloud.take(2, failed.updatedAtMs + 1, cloud.arnOf(1));
  cloud.passDays(1);
  const outcome = await cloud.workflow.start(await cloud.now(), "auto");
  expect(outcome).toMatchObject({ kind: "started", how: "redrive", run: { attempt: 2 } });
  await cloud.ended(cloud.arnOf(1));
  expect(await cloud.now()).toMatchObject({ status: "completed", attempt: 2 });
});

test("a run whose redrive was not carried out fails when it is looked at a while later, and goes on by a resume", async () => {
  await using cloud = await openCloud();
  const failed = await failedIn(cloud);
  await cloud.take(2, failed.updatedAtMs + 1, cloud.arnOf(1));
  expect(await cloud.workflow.reconcile(await cloud.now())).toMatchObject({ status: "resuming" });
  cloud.passDays(1);
  const gone = await cloud.workflow.reconcile(await cloud.now());
  expect(gone).toMatchObject({
    status: "failed",
    reason: { name: "ExecutionGone", message: expect.stringContaining("ended before this attempt began") },
  });
  expect(await cloud.workflow.start(gone, "auto")).toMatchObject({ kind: "started", how: "redrive" });
  await cloud.ended(cloud.arnOf(1));
  expect(await cloud.now()).toMatchObject({ status: "completed", attempt: 3 });
});

test("an attempt that was taken a moment ago is somebody else's", async () => {
  await using cloud = await openCloud();
  await cloud.take(1, Date.now());
  expect(await cloud.workflow.start(await cloud.now(), "auto")).toMatchObject({ kind: "busy" });
});

test("a cancelled run stops at its next segment and is resumed in a new execution from its head", async () => {
  await using cloud = await openCloud();
  cloud.holdAt(2);
  await cloud.workflow.start(cloud.run, "auto");
  await cloud.held();
  expect((await cloud.workflow.cancel(await cloud.now(), { force: false })).status).toBe("cancelling");
  cloud.holdAt(undefined);
  expect(await cloud.ended(cloud.arnOf(1))).toMatchObject({ status: "SUCCEEDED" });
  const cancelled = await cloud.now();
  expect(cancelled).toMatchObject({ status: "cancelled", headBar: 100 });
  expect(await cloud.workflow.start(cancelled, "auto")).toMatchObject({ kind: "started", how: "execution" });
  await cloud.ended(cloud.arnOf(2));
  expect(await cloud.now()).toMatchObject({ status: "completed", attempt: 2 });
});

test("a forced cancel aborts the execution and does not wait", async () => {
  await using cloud = await openCloud();
  cloud.holdAt(2);
  await cloud.workflow.start(cloud.run, "auto");
  await cloud.held();
  expect((await cloud.workflow.cancel(await cloud.now(), { force: true })).status).toBe("cancelled");
  expect(await cloud.ended(cloud.arnOf(1))).toMatchObject({ status: "ABORTED", error: "Cancelled" });
  cloud.holdAt(undefined);
});

test("a queued run is cancelled at once", async () => {
  await using cloud = await openCloud();
  expect(await cloud.workflow.cancel(cloud.run, { force: false })).toMatchObject({ status: "cancelled", attempt: 0 });
});

test("a run whose execution was aborted from the console is cancelled when it is next looked at", async () => {
  await using cloud = await openCloud();
  cloud.holdAt(1);
  await cloud.workflow.start(cloud.run, "auto");
  await cloud.held();
  await cloud.client.send(new StopExecutionCommand({ executionArn: cloud.arnOf(1) }));
  cloud.holdAt(undefined);
  expect(await cloud.workflow.reconcile(await cloud.now())).toMatchObject({ status: "cancelled" });
});

test("a run whose execution is gone fails when it is next looked at, and says what to do", async () => {
  await using cloud = await openCloud();
  await cloud.take(1, Date.now() - 60_000);
  const gone = await cloud.workflow.reconcile(await cloud.now());
  expect(gone).toMatchObject({ status: "failed", reason: { name: "ExecutionGone" } });
});

/** A run of 300 bars in segments of 100, and a state machine whose functions are the steps, over one memory store. */
async function openCloud() {
  const stores = await marketStores({ count: 300, seed: 3, timeframe: "1m", chunkBars: 40 });
  const run = await plannedRun(spec, { everyBars: 100 }, stores);
  const calls: string[] = [];
  let passedMs = 0;
  let broken: number | undefined;
  let holding: number | undefined;
  let isHeld = false;
  const segmentsDone = async (): Promise<number> => (await storedRun(run.runId, stores)).headSequence;
  const account = await startTestAccount(
    {
      async plan(payload) {
        calls.push("plan");
        return { ...(await planStep(parseStepCall(payload), clock, stores)).answer };
      },
      async segment(payload) {
        calls.push("segment");
        const sequence = (await segmentsDone()) + 1;
        while (holding === sequence) {
          isHeld = true;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        if (broken === sequence) throw namedError("StrategyError", "divided by the spread");
        return { ...(await segmentStep(parseStepCall(payload), clock, stores)).answer };
      },
      async finish(payload) {
        calls.push("finish");
        return { ...finishAnswer((await finishStep(parseStepCall(payload), clock, stores)).run) };
      },
    },
    { now: () => Date.now() + passedMs },
  );
  const stateMachineArn = await account.create(machine);
  const nowMs = () => Date.now() + passedMs;
  const workflow = openExecutionWorkflow({ sfn: account.client, stateMachineArn, stores, nowMs });
  const arnOf = (attempt: number): string =>
    `${stateMachineArn.replace("stateMachine", "execution")}:${run.runId}-${attempt}`;
  return {
    run,
    calls,
    workflow,
    client: account.client,
    ended: account.ended,
    arnOf,
    now: (): Promise<RunRecord> => storedRun(run.runId, stores),
    breakAt: (sequence: number | undefined) => {
      broken = sequence;
    },
    holdAt: (sequence: number | undefined) => {
      holding = sequence;
    },
    held: () => expect.poll(() => isHeld, { timeout: 10_000 }).toBe(true),
    passDays: (days: number) => {
      passedMs += days * 86_400_000;
    },
    /** Takes an attempt for its execution without starting it. */
    take: (attempt: number, atMs: number, executionArn = arnOf(attempt)) =>
      stores.runs.beginAttempt(run.runId, attempt - 1, {
        host: "aws",
        pid: 0,
        heartbeatAtMs: atMs,
        executionArn,
      }),
    /** The workflow before an emulator that does not know RedriveExecution. */
    withoutRedrive: () =>
      openExecutionWorkflow({ sfn: clientWithoutRedrive(account.url), stateMachineArn, stores, nowMs }),
    [Symbol.asyncDispose]: () => account[Symbol.asyncDispose](),
  };
}

type Cloud = Awaited<ReturnType<typeof openCloud>>;

/** The run, failed in its second segment, with the cause removed. */
async function failedIn(cloud: Cloud): Promise<RunRecord> {
  cloud.breakAt(2);
  await cloud.workflow.start(cloud.run, "auto");
  await cloud.ended(cloud.arnOf(1));
  cloud.breakAt(undefined);
  return cloud.workflow.reconcile(await cloud.now());
}

/** The real client; the action's name is one that no server knows. */
function clientWithoutRedrive(endpoint: string): SFNClient {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new SFNClient({ region: "eu-central-1", endpoint, credentials, maxAttempts: 1 });
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: { [name: string]: string } };
      if (headers["x-amz-target"]?.endsWith("RedriveExecution") === true)
        headers["x-amz-target"] = "AWSStepFunctions.NoSuchAction";
      return next(args);
    },
    { step: "build", name: "withoutRedrive" },
  );
  return client;
}

const payload: Json = {
  runId: "{% $states.context.Execution.Input.runId %}",
  executionArn: "{% $states.context.Execution.Id %}",
  startedAt:
    "{% $exists($states.context.Execution.RedriveTime) ? $states.context.Execution.RedriveTime : $states.context.Execution.StartTime %}",
};
const task = (FunctionName: string, Next: string): object => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Arguments: { FunctionName, Payload: payload },
  Output: "{% $states.result.Payload %}",
  Next,
});
const machine = {
  StartAt: "Plan",
  States: {
    Plan: task("plan", "Choose"),
    Segment: task("segment", "Choose"),
    Choose: {
      Type: "Choice",
      Choices: [
        { Condition: '{% $states.input.next = "segment" %}', Next: "Segment" },
        { Condition: '{% $states.input.next = "finish" %}', Next: "Finish" },
      ],
      Default: "Done",
    },
    Finish: task("finish", "Done"),
    Done: { Type: "Succeed" },
  },
};
