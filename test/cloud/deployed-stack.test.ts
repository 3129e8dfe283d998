import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeTableCommand, DescribeTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import { HeadBucketCommand } from "@aws-sdk/client-s3";
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { describe, expect, onTestFinished, test } from "vitest";
import { functionNames } from "../../lib/cloud/bundle-functions.ts";
import { awsClients, closeClients } from "../../lib/stores/aws/clients.ts";
import { temporaryFolder } from "../stores/temporary-folder.ts";
import { type DeployedStack, deployStack } from "./deployed-stack.ts";
import { planStack } from "./deployed-stack-plan.ts";
import { type Synthesized, synthesizeStack } from "./deployed-stack-synthesis.ts";
import { startDynamo, startS3, whyNoServers } from "./servers.ts";

const why = whyNoServers();
if (why !== undefined) console.warn(`Skipped: ${why}`);

const account = "111122223333";
const region = "eu-west-1";

/** Steps that count to three: what the template says of them is what is tested, not what they compute. */
const counting = {
  plan: `exports.handler = async ({ runId, asked }) => ({ next: "segment", bar: 0, runId, asked });`,
  segment: `let bar = 0; exports.handler = async () => ({ next: ++bar < 3 ? "segment" : "finish", bar });`,
  finish: `exports.handler = async (event) => ({ status: "completed", event });`,
};

describe.skipIf(why !== undefined)("the synthesized stack on local servers", () => {
  test("the table has its indexes and its expiry, and the bucket is there", async () => {
    const { dynamodb, s3, stack } = await deployed({});
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: stack.tableName }));
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort()).toEqual([
      "byId",
      "byList",
      "byRunKey",
      "byStatus",
      "byStrategy",
    ]);
    const expiry = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: stack.tableName }));
    expect(expiry.TimeToLiveDescription).toMatchObject({ AttributeName: "expiresAt", TimeToLiveStatus: "ENABLED" });
    await s3.send(new HeadBucketCommand({ Bucket: stack.bucketName }));
  });

  test("the run machine calls plan, segments and finish, and a turn takes 7 events", async () => {
    const { stack } = await deployed(counting);
    const { executionArn, status, output } = await run(stack, { runId: "r1" });
    expect(status).toBe("SUCCEEDED");
    expect(JSON.parse(output ?? "")).toEqual({
      status: "completed",
      event: { runId: "r1", executionArn, startedAt: expect.stringMatching(/^\d{4}-.*Z$/) },
    });
    const { events = [] } = await stack.sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 100 }));
    // Start, Plan 5, Decide 2, two turns of 7, Segment 5, Decide 2, Finish 5, Done 2, end.
    const turns = events.filter(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === "Segment").length;
    expect(turns).toBe(3);
    expect(events).toHaveLength(1 + 5 + 2 + 3 * 7 + 5 + 2 + 1);
  });

  test("after its turns an execution hands over to another, which says which it continues", async () => {
    const { stack } = await deployed(counting, { turnsPerExecution: "2" });
    const { executionArn } = await run(stack, { runId: "r1" });
    const { executions = [] } = await stack.sfn.send(
      new ListExecutionsCommand({ stateMachineArn: stack.runStateMachineArn }),
    );
    expect(executions.map(({ name }) => name).sort()).toEqual(["r1-1", "r1-1-c1"]);
    const next = await ended(stack, executions.find(({ name }) => name === "r1-1-c1")?.executionArn ?? "");
    expect(next.status).toBe("SUCCEEDED");
    const plans = stack.lambdaHost.invocations.filter(({ functionName }) => functionName === stack.functionNames.plan);
    const asked = { toBar: 0, answers: [] };
    expect(plans.map(({ payload }) => payload)).toEqual([
      { runId: "r1", executionArn, startedAt: expect.any(String), asked },
      { runId: "r1", executionArn: next.executionArn, startedAt: expect.any(String), asked, continues: executionArn },
    ]);
  });

  test("models are asked ahead in 11 events and 7 for each stretch, and every segment is told the answers", async () => {
    const plan = `exports.handler = async ({ asked }) => ({ next: "ask", bar: 0, asked });`;
    const segment = `let bar = 0; exports.handler = async ({ step, startBar, endBar }) => {
      if (step === "measure") return { stretches: [0, 1, 2].map((i) => ({ startBar: i, endBar: i + 1 })), toBar: 3 };
      if (step === "answer") return { startBar, endBar, index: "of " + startBar };
      return { next: ++bar < 2 ? "segment" : "finish", bar };
    };`;
    const { stack } = await deployed({ ...counting, plan, segment }, { concurrency: "1" });
    const { executionArn, status } = await run(stack, { runId: "r1" });
    expect(status).toBe("SUCCEEDED");
    const answers = [0, 1, 2].map((i) => ({ startBar: i, endBar: i + 1, index: `of ${i}` }));
    const call = { runId: "r1", executionArn, startedAt: expect.any(String) };
    expect(callsOf(stack, "segment")).toEqual([
      { ...call, step: "measure", atOnce: 1 },
      ...answers.map(({ startBar, endBar }) => ({ ...call, step: "answer", startBar, endBar })),
      { ...call, asked: { toBar: 3, answers } },
      { ...call, asked: { toBar: 3, answers } },
    ]);
    const { events = [] } = await stack.sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 100 }));
    // Start, Plan 5, Decide 2, what is asked but for its Decide, two turns of 7, Finish 5, Done 2, end.
    expect(events).toHaveLength(1 + 5 + 2 + (9 + 3 * 7) + 2 * 7 + 5 + 2 + 1);
  });

  test("an execution whose successor has run already ends at once, without another try to start it", async () => {
    const segment = `exports.handler = async ({ executionArn }) => ({ next: executionArn.endsWith(":r1-1") ? "segment" : "finish" });`;
    const { stack } = await deployed({ ...counting, segment }, { turnsPerExecution: "2" });
    const { sfn, runStateMachineArn: stateMachineArn } = stack;
    const successor = { stateMachineArn, name: "r1-1-c1", input: '{"runId":"r1"}' };
    const taken = await sfn.send(new StartExecutionCommand(successor));
    await ended(stack, taken.executionArn ?? "");
    const { executionArn, status } = await run(stack, { runId: "r1" });
    expect(status).toBe("SUCCEEDED");
    const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 100 }));
    expect(events.filter(({ type }) => type === "TaskFailed")).toHaveLength(1);
  });

  test("a permanent error ends the execution at once and is told to the status function", async () => {
    const failing = `exports.handler = async () => { throw Object.assign(new Error("bars"), { name: "SnapshotDamagedError" }); };`;
    const { stack } = await deployed({ ...counting, segment: failing });
    const { executionArn, status, error } = await run(stack, { runId: "r1" });
    expect({ status, error }).toEqual({ status: "FAILED", error: "SnapshotDamagedError" });
    await until(() => callsOf(stack, "status").length > 0);
    expect(callsOf(stack, "segment")).toHaveLength(1);
    expect(callsOf(stack, "status")).toMatchObject([
      { detail: { executionArn, status: "FAILED", input: '{"runId":"r1"}' } },
    ]);
  });

  test("a passing error is retried, and the run's success is not told to the status function", async () => {
    const stumbling = `let calls = 0; exports.handler = async () => {
      if (++calls === 1) throw Object.assign(new Error("slow down"), { name: "SlowDown" });
      return { next: "finish", bar: 1 };
    };`;
    const { stack } = await deployed({ ...counting, segment: stumbling });
    expect((await run(stack, { runId: "r1" })).status).toBe("SUCCEEDED");
    expect(callsOf(stack, "segment")).toHaveLength(2);
    expect(callsOf(stack, "status")).toEqual([]);
  });
});

test("refuses a type of resource that it does not know, by name", async () => {
  const { template, assetsFolder } = await synthesized({});
  const Resources = { ...template.Resources, Cache: { Type: "AWS::ElastiCache::CacheCluster" } };
  const options = { assetsFolder, stackName: "t", place: { account, region, partition: "aws" }, environment: {} };
  expect(() => planStack({ template: { ...template, Resources }, ...options })).toThrow(
    /AWS::ElastiCache::CacheCluster/,
  );
});

test("refuses an intrinsic function that it does not know, by name", async () => {
  const { template, assetsFolder } = await synthesized({});
  const Outputs = { Other: { Value: { "Fn::ImportValue": "elsewhere" } } };
  const options = { assetsFolder, stackName: "t", place: { account, region, partition: "aws" }, environment: {} };
  expect(() => planStack({ template: { ...template, Outputs }, ...options })).toThrow(/Fn::ImportValue/);
});

async function synthesized(
  code: Readonly<Record<string, string>>,
  flags: Readonly<Record<string, string>> = {},
): Promise<Synthesized> {
  const { path: folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const bundles = join(folder, "bundles");
  for (const name of functionNames) {
    await mkdir(join(bundles, name), { recursive: true });
    await writeFile(join(bundles, name, "index.cjs"), code[name] ?? "exports.handler = async () => ({});");
  }
  return synthesizeStack({ outFolder: join(folder, "cdk.out"), bundles, flags });
}

async function deployed(code: Readonly<Record<string, string>>, flags: Readonly<Record<string, string>> = {}) {
  const [dynamo, s3Server] = await Promise.all([startDynamo(), startS3()]);
  onTestFinished(async () => {
    await Promise.all([dynamo.stop(), s3Server.stop()]);
  });
  const environment = {
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    AWS_ENDPOINT_URL_S3: s3Server.url,
  };
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" });
  const clients = awsClients({ region }, environment);
  onTestFinished(() => closeClients(clients));
  const { dynamodb, s3 } = clients;
  const stack = await deployStack({
    ...(await synthesized(code, flags)),
    dynamodb,
    s3,
    account,
    region,
    stackName: "test",
    environment,
    stepFunctions: { timeScale: 0.01 },
  });
  onTestFinished(() => stack.stop());
  return { dynamodb, s3, stack };
}

async function run({ sfn, runStateMachineArn, ...stack }: DeployedStack, input: { readonly runId: string }) {
  const name = `${input.runId}-1`;
  const start = new StartExecutionCommand({ stateMachineArn: runStateMachineArn, name, input: JSON.stringify(input) });
  const { executionArn = "" } = await sfn.send(start);
  return ended({ sfn, runStateMachineArn, ...stack }, executionArn);
}

async function ended({ sfn }: DeployedStack, executionArn: string) {
  for (let look = 0; look < 500; look++) {
    const { status, output, error } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== "RUNNING") return { executionArn, status, output, error };
    await sleep(20);
  }
  throw new Error(`${executionArn} has not ended after 10 seconds.`);
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let look = 0; look < 500 && !isTrue(); look++) await sleep(10);
}

function callsOf({ lambdaHost, functionNames: names }: DeployedStack, name: string): unknown[] {
  return lambdaHost.invocations
    .filter(({ functionName }) => functionName === names[name])
    .map(({ payload }) => payload);
}
