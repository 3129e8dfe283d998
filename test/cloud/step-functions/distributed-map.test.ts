import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  StopExecutionCommand,
  UpdateMapRunCommand,
} from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, type RunningServer, startS3, whyNoServers } from "../servers.ts";
import { namedError, type PlainFunction } from "./function-endpoint.ts";
import { type Json, parseJson } from "./json.ts";
import { invoking, startTestAccount } from "./test-account.ts";

type TestAccount = Awaited<ReturnType<typeof startTestAccount>>;

/** A Distributed Map over the input whose children call `item`. */
const mapOf = (fields: object = {}, item: object = invoking("item")) => ({
  StartAt: "Each",
  States: {
    Each: {
      Type: "Map",
      Label: "Each",
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "Item",
        States: { Item: item },
      },
      End: true,
      ...fields,
    },
  },
});

async function mapRunsOf({ client }: TestAccount, executionArn: string | undefined) {
  const { mapRuns = [] } = await client.send(new ListMapRunsCommand({ executionArn }));
  return Promise.all(mapRuns.map(({ mapRunArn }) => client.send(new DescribeMapRunCommand({ mapRunArn }))));
}

async function childrenOf({ client }: TestAccount, mapRunArn: string | undefined) {
  const { executions = [] } = await client.send(new ListExecutionsCommand({ mapRunArn }));
  return executions;
}

/** A function that records its payloads and fails for the numbers in `bad`. */
function picky(bad: Set<number>) {
  const seen: number[] = [];
  const item: PlainFunction = (payload) => {
    seen.push(Number(payload));
    if (bad.has(Number(payload))) throw namedError("BadItem", String(payload));
    return Number(payload) * 10;
  };
  return { seen, functions: { item } };
}

describe("a Distributed Map", () => {
  test("starts a child execution for each item and gives the outputs in order", async () => {
    await using account = await startTestAccount(picky(new Set()).functions);
    const ended = await account.run(mapOf(), [1, 2, 3]);
    expect(ended.output).toBe("[10,20,30]");
    const [mapRun] = await mapRunsOf(account, ended.executionArn);
    expect(mapRun).toMatchObject({
      status: "SUCCEEDED",
      itemCounts: { total: 3, succeeded: 3, failed: 0, pending: 0 },
    });
    const [child] = await childrenOf(account, mapRun?.mapRunArn);
    expect(child?.stateMachineArn).toBe("arn:aws:states:eu-central-1:123456789012:stateMachine:machine/Each");
    expect(child?.executionArn).toMatch(/:execution:machine\/Each:[0-9a-f-]{36}$/);
    expect((await account.history(ended.executionArn)).map(({ type }) => type)).toEqual([
      "ExecutionStarted",
      "MapStateEntered",
      "MapStateStarted",
      "MapRunStarted",
      "MapRunSucceeded",
      "MapStateSucceeded",
      "MapStateExited",
      "ExecutionSucceeded",
    ]);
  });

  test("gives a child the selected input, and its own ARN in the context, but no outer variables", async () => {
    await using account = await startTestAccount();
    const output = {
      input: "{% $states.input %}",
      id: "{% $states.context.Execution.Id %}",
      outer: "{% $exists($n) %}",
    };
    const selected = mapOf(
      {
        ItemSelector: {
          index: "{% $states.context.Map.Item.Index %}",
          value: "{% $states.context.Map.Item.Value %}",
          n: "{% $n %}",
        },
      },
      { Type: "Pass", Output: output, End: true },
    );
    const ended = await account.run(
      { StartAt: "A", States: { A: { Type: "Pass", Assign: { n: 5 }, Next: "Each" }, ...selected.States } },
      ["a"],
    );
    expect(parseJson(ended.output ?? "")).toEqual([
      { input: { index: 0, value: "a", n: 5 }, id: expect.stringContaining(":execution:machine/Each:"), outer: false },
    ]);
  });

  test("succeeds over no items", async () => {
    await using account = await startTestAccount();
    expect(await account.run(mapOf(), [])).toMatchObject({ status: "SUCCEEDED", output: "[]" });
  });

  test("runs no more children at a time than MaxConcurrency", async () => {
    let [running, most] = [0, 0];
    const item = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      return null;
    };
    await using account = await startTestAccount({ item });
    await account.run(mapOf({ MaxConcurrency: 2 }), [1, 2, 3, 4, 5, 6]);
    expect(most).toBe(2);
  });

  test("fails at the first failure that it does not tolerate", async () => {
    await using account = await startTestAccount(picky(new Set([1])).functions);
    const ended = await account.run(mapOf({ MaxConcurrency: 1 }), [1, 2, 3]);
    expect(ended).toMatchObject({ status: "FAILED", error: "States.ExceedToleratedFailureThreshold" });
    const [mapRun] = await mapRunsOf(account, ended.executionArn);
    expect(mapRun).toMatchObject({ status: "FAILED", itemCounts: { failed: 1, pending: 2, total: 3 } });
    const types = (await account.history(ended.executionArn)).map(({ type }) => type);
    expect(types.slice(-3)).toEqual(["MapRunFailed", "MapStateFailed", "ExecutionFailed"]);
  });

  test("tolerates a count and a share of failures", async () => {
    await using account = await startTestAccount(picky(new Set([1])).functions);
    const count = await account.run(mapOf({ ToleratedFailureCount: 1 }), [1, 2, 3]);
    expect(count.status).toBe("SUCCEEDED");
    const share = await account.create(mapOf({ ToleratedFailurePercentage: 25 }), "share");
    expect((await account.ended(await account.start(share, [1, 2, 3]))).status).toBe("FAILED");
    expect((await account.ended(await account.start(share, [1, 2, 3, 4]))).status).toBe("SUCCEEDED");
  });

  test("redrives the children that failed or were not started, and no other", async () => {
    const bad = new Set([2]);
    const { seen, functions } = picky(bad);
    await using account = await startTestAccount(functions);
    const failed = await account.run(mapOf({ MaxConcurrency: 1 }), [1, 2, 3]);
    const [before] = await mapRunsOf(account, failed.executionArn);
    const children = await childrenOf(account, before?.mapRunArn);
    bad.clear();
    await account.client.send(new RedriveExecutionCommand({ executionArn: failed.executionArn }));
    const ended = await account.ended(String(failed.executionArn));
    expect(ended).toMatchObject({ status: "SUCCEEDED", output: "[10,20,30]" });
    expect(seen).toEqual([1, 2, 2, 3]);
    const [after] = await mapRunsOf(account, failed.executionArn);
    expect(after).toMatchObject({ mapRunArn: before?.mapRunArn, status: "SUCCEEDED", redriveCount: 1 });
    const redriven = (await childrenOf(account, after?.mapRunArn)).filter(({ redriveCount }) => redriveCount === 1);
    expect(redriven.map(({ executionArn }) => executionArn)).toEqual(
      children.filter(({ status }) => status === "FAILED").map(({ executionArn }) => executionArn),
    );
    const redrivenEvent = (await account.history(failed.executionArn)).find(({ type }) => type === "MapRunRedriven");
    expect(redrivenEvent?.mapRunRedrivenEventDetails).toEqual({ mapRunArn: before?.mapRunArn, redriveCount: 1 });
  });

  test("redrives a child at exactly the state that failed", async () => {
    const bad = new Set([1]);
    const { seen, functions } = picky(bad);
    await using account = await startTestAccount({ ...functions, first: (payload) => payload });
    const states = { First: invoking("first", { Next: "Item" }), Item: invoking("item") };
    const definition = mapOf({
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "First",
        States: states,
      },
    });
    const failed = await account.run(definition, [1]);
    bad.clear();
    await account.client.send(new RedriveExecutionCommand({ executionArn: failed.executionArn }));
    await account.ended(String(failed.executionArn));
    const [mapRun] = await mapRunsOf(account, failed.executionArn);
    const [child] = await childrenOf(account, mapRun?.mapRunArn);
    const entered = (await account.history(child?.executionArn)).filter(({ type }) => type === "TaskStateEntered");
    expect(entered.map(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name)).toEqual(["First", "Item"]);
    expect(seen).toEqual([1, 1]);
  });

  test("a failed child says that its map run redrives it, and cannot be redriven alone", async () => {
    await using account = await startTestAccount(picky(new Set([1])).functions);
    const failed = await account.run(mapOf(), [1]);
    const [mapRun] = await mapRunsOf(account, failed.executionArn);
    const [child] = await childrenOf(account, mapRun?.mapRunArn);
    const request = { executionArn: child?.executionArn };
    const described = await account.client.send(new DescribeExecutionCommand(request));
    expect(described).toMatchObject({ redriveStatus: "REDRIVABLE_BY_MAP_RUN", mapRunArn: mapRun?.mapRunArn });
    await expect(account.client.send(new RedriveExecutionCommand(request))).rejects.toMatchObject({
      name: "ExecutionNotRedrivable",
    });
    const machine = await account.client.send(new DescribeStateMachineForExecutionCommand(request));
    expect(machine).toMatchObject({ label: "Each", mapRunArn: mapRun?.mapRunArn });
  });

  test("its children are stopped with the execution, and its run is ABORTED", async () => {
    await using account = await startTestAccount();
    const wait = { Type: "Wait", Seconds: 10_000_000, End: true };
    const executionArn = await account.start(await account.create(mapOf({ MaxConcurrency: 1 }, wait)), [1, 2]);
    const mapRunArn = await startedMapRun(account, executionArn);
    await account.client.send(new StopExecutionCommand({ executionArn }));
    const mapRun = await account.client.send(new DescribeMapRunCommand({ mapRunArn }));
    expect(mapRun).toMatchObject({ status: "ABORTED", itemCounts: { aborted: 1, pending: 1 } });
  });

  test("a stopped run is redriven with all that had not ended", async () => {
    await using account = await startTestAccount({}, { timeScale: 0.00001 });
    const wait = { Type: "Wait", Seconds: "{% $states.input %}", Output: "{% 'ended' %}", End: true };
    const executionArn = await account.start(await account.create(mapOf({}, wait)), [0, 20_000]);
    await startedMapRun(account, executionArn);
    await account.client.send(new StopExecutionCommand({ executionArn }));
    await account.client.send(new RedriveExecutionCommand({ executionArn }));
    expect(await account.ended(executionArn)).toMatchObject({ status: "SUCCEEDED", output: '["ended","ended"]' });
  });

  test("takes new limits while it runs, and none after its end", async () => {
    const { promise: opened, resolve: open } = Promise.withResolvers<null>();
    await using account = await startTestAccount({ item: () => opened });
    const executionArn = await account.start(await account.create(mapOf({ MaxConcurrency: 1 })), [1, 2, 3]);
    const mapRunArn = await startedMapRun(account, executionArn);
    await account.client.send(new UpdateMapRunCommand({ mapRunArn, maxConcurrency: 3, toleratedFailureCount: 2 }));
    expect((await childrenOf(account, mapRunArn)).length).toBe(3);
    open(null);
    await account.ended(executionArn);
    const described = await account.client.send(new DescribeMapRunCommand({ mapRunArn }));
    expect(described).toMatchObject({ maxConcurrency: 3, toleratedFailureCount: 2 });
    await expect(account.client.send(new UpdateMapRunCommand({ mapRunArn, maxConcurrency: 1 }))).rejects.toMatchObject({
      name: "ValidationException",
    });
  });
});

/** The ARN of the execution's map run once it has begun a child, waiting at most ten seconds. */
async function startedMapRun(account: TestAccount, executionArn: string): Promise<string> {
  for (let tries = 0; tries < 1000; tries += 1) {
    const [mapRun] = await mapRunsOf(account, executionArn);
    if ((mapRun?.itemCounts?.running ?? 0) > 0) return String(mapRun?.mapRunArn);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${executionArn} has begun no child within ten seconds.`);
}

const reason = whyNoServers();
if (reason !== undefined) console.warn(`Skipped: Distributed Map over S3. ${reason}`);

describe.skipIf(reason !== undefined)("a Distributed Map over S3", () => {
  let server: RunningServer;
  let s3Client: S3Client;

  beforeAll(async () => {
    server = await startS3();
    s3Client = new S3Client({
      region: "eu-central-1",
      endpoint: server.url,
      forcePathStyle: true,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    await createBucket(s3Client, "data");
  });

  afterAll(async () => {
    s3Client.destroy();
    await server.stop();
  });

  const reader = (Key: string) => ({
    ItemReader: {
      Resource: "arn:aws:states:::s3:getObject",
      ReaderConfig: { InputType: "JSON" },
      Arguments: { Bucket: "data", Key },
    },
  });

  async function textOf(Key: string): Promise<Json | undefined> {
    const found = await s3Client.send(new GetObjectCommand({ Bucket: "data", Key }));
    return parseJson((await found.Body?.transformToString()) ?? "");
  }

  test("reads its items from a JSON array", async () => {
    await s3Client.send(new PutObjectCommand({ Bucket: "data", Key: "items.json", Body: "[1,2]" }));
    await using account = await startTestAccount(picky(new Set()).functions, { s3Client });
    expect((await account.run(mapOf(reader("items.json")))).output).toBe("[10,20]");
  });

  test("reads no more items than MaxItems", async () => {
    await s3Client.send(new PutObjectCommand({ Bucket: "data", Key: "many.json", Body: "[1,2,3]" }));
    await using account = await startTestAccount(picky(new Set()).functions, { s3Client });
    const { ItemReader } = reader("many.json");
    const limited = { ...ItemReader, ReaderConfig: { InputType: "JSON", MaxItems: 2 } };
    expect((await account.run(mapOf({ ItemReader: limited }))).output).toBe("[10,20]");
  });

  test("fails with States.ItemReaderFailed where there is no array, without a map run", async () => {
    await s3Client.send(new PutObjectCommand({ Bucket: "data", Key: "text.json", Body: "1" }));
    await using account = await startTestAccount({}, { s3Client });
    const machine = await account.create(mapOf(reader("text.json")), "text");
    const none = await account.create(mapOf(reader("none.json")), "none");
    expect((await account.ended(await account.start(none))).error).toBe("States.ItemReaderFailed");
    const ended = await account.ended(await account.start(machine));
    expect(ended.error).toBe("States.ItemReaderFailed");
    expect(await mapRunsOf(account, ended.executionArn)).toEqual([]);
  });

  test("writes its results and names the manifest", async () => {
    await using account = await startTestAccount(picky(new Set([2])).functions, { s3Client });
    const writer = { Resource: "arn:aws:states:::s3:putObject", Arguments: { Bucket: "data", Prefix: "results" } };
    const ended = await account.run(mapOf({ ResultWriter: writer, ToleratedFailureCount: 1 }), [1, 2]);
    const [mapRun] = await mapRunsOf(account, ended.executionArn);
    const id = mapRun?.mapRunArn?.split(":").at(-1);
    expect(parseJson(ended.output ?? "")).toEqual({
      MapRunArn: mapRun?.mapRunArn,
      ResultWriterDetails: { Bucket: "data", Key: `results/${id}/manifest.json` },
    });
    expect(await textOf(`results/${id}/manifest.json`)).toMatchObject({
      DestinationBucket: "data",
      ResultFiles: {
        SUCCEEDED: [{ Key: `results/${id}/SUCCEEDED_0.json` }],
        FAILED: [{ Key: `results/${id}/FAILED_0.json` }],
        PENDING: [],
      },
    });
    expect(await textOf(`results/${id}/SUCCEEDED_0.json`)).toMatchObject([{ Status: "SUCCEEDED", Output: "10" }]);
    expect(await textOf(`results/${id}/FAILED_0.json`)).toMatchObject([{ Status: "FAILED", Error: "BadItem" }]);
    expect(mapRun?.itemCounts?.resultsWritten).toBe(2);
  });

  test("a Task puts and gets objects", async () => {
    await using account = await startTestAccount({}, { s3Client });
    const task = (action: string, Arguments: object, fields: object) => ({
      Type: "Task",
      Resource: `arn:aws:states:::aws-sdk:s3:${action}`,
      Arguments: { Bucket: "data", Key: "task.json", ...Arguments },
      ...fields,
    });
    const ended = await account.run({
      StartAt: "Put",
      States: {
        Put: task("putObject", { Body: { n: 1 } }, { Next: "Get" }),
        Get: task("getObject", {}, { Output: "{% $parse($states.result.Body) %}", End: true }),
      },
    });
    expect(ended.output).toBe('{"n":1}');
  });
});
