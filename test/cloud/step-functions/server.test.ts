import { request } from "node:http";
import { RedriveExecutionCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import type { JsonObject } from "./json.ts";
import { startStepFunctions } from "./server.ts";
import { invoking, startTestAccount } from "./test-account.ts";

const place = { region: "eu-central-1", account: "123456789012", lambdaUrl: "http://127.0.0.1:1" };

async function post(url: string, { action = "ListStateMachines", body = "{}", authorization = "AWS4-HMAC-SHA256 x" }) {
  const headers = { "x-amz-target": `AWSStepFunctions.${action}`, ...(authorization && { authorization }) };
  const response = await fetch(url, { method: "POST", headers, body });
  const { __type = "" } = (await response.json()) as { __type?: string };
  return [response.status, __type.split("#").at(-1)];
}

test("refuses malformed JSON, an unknown action and a request without credentials", async () => {
  const server = await startStepFunctions(place);
  expect(await post(server.url, { body: "{" })).toEqual([400, "SerializationException"]);
  expect(await post(server.url, { body: "[]" })).toEqual([400, "SerializationException"]);
  expect(await post(server.url, { action: "CreateActivity" })).toEqual([400, "UnknownOperationException"]);
  expect(await post(server.url, { action: "constructor" })).toEqual([400, "UnknownOperationException"]);
  expect(await post(server.url, { authorization: "" })).toEqual([403, "MissingAuthenticationTokenException"]);
  expect(await post(server.url, { body: " ".repeat(5_000_000) })).toEqual([413, "RequestEntityTooLargeException"]);
  await server.stop();
});

test("survives a client that leaves in the middle of a request", async () => {
  const server = await startStepFunctions(place);
  await new Promise<void>((resolve) => {
    const left = request(server.url, { method: "POST", headers: { "content-length": 1000 } });
    left.on("error", () => resolve());
    left.write("{", () => left.destroy());
    left.on("close", () => resolve());
  });
  expect(await post(server.url, {})).toEqual([200, ""]);
  await server.stop();
});

test("tells each change of status in the shape of EventBridge", async () => {
  const events: JsonObject[] = [];
  await using account = await startTestAccount({}, { onStatusChange: (event) => void events.push(event) });
  const wait = { StartAt: "A", States: { A: { Type: "Wait", Seconds: 10_000_000, End: true } } };
  const executionArn = await account.start(await account.create(wait), { n: 1 }, "x");
  await account.client.send(new StopExecutionCommand({ executionArn, error: "Mine", cause: "enough" }));
  await account.client.send(new RedriveExecutionCommand({ executionArn }));
  expect(events.map(({ detail }) => (detail as JsonObject).status)).toEqual(["RUNNING", "ABORTED", "RUNNING"]);
  expect(events[1]).toMatchObject({
    version: "0",
    source: "aws.states",
    "detail-type": "Step Functions Execution Status Change",
    account: "123456789012",
    region: "eu-central-1",
    resources: [executionArn],
    detail: {
      executionArn,
      stateMachineArn: "arn:aws:states:eu-central-1:123456789012:stateMachine:machine",
      name: "x",
      status: "ABORTED",
      input: '{"n":1}',
      output: null,
      error: "Mine",
      cause: "enough",
      redriveCount: 0,
      redriveStatus: "REDRIVABLE",
    },
  });
  expect(events[2]).toMatchObject({ detail: { redriveCount: 1, stopDate: null, error: null } });
});

test("stop tells which events could not be delivered", async () => {
  const failing = () => Promise.reject(new Error("nobody there"));
  const account = await startTestAccount({}, { onStatusChange: failing });
  await account.run({ StartAt: "A", States: { A: { Type: "Succeed" } } });
  await expect(account[Symbol.asyncDispose]()).rejects.toThrow("could not be delivered");
});

test("a server that stops tells nothing of the executions it ends", async () => {
  const statuses: unknown[] = [];
  const onStatusChange = ({ detail }: JsonObject) => void statuses.push((detail as JsonObject).status);
  const account = await startTestAccount({}, { onStatusChange });
  const wait = { StartAt: "A", States: { A: { Type: "Wait", Seconds: 10_000_000, End: true } } };
  await account.start(await account.create(wait));
  await account[Symbol.asyncDispose]();
  expect(statuses).toEqual(["RUNNING"]);
});

test("a server stops although a function does not answer", async () => {
  const called = Promise.withResolvers<void>();
  const silent = () => {
    called.resolve();
    return new Promise<null>(() => undefined);
  };
  const account = await startTestAccount({ silent });
  await account.start(
    await account.create({ StartAt: "A", States: { A: invoking("silent", { TimeoutSeconds: 900 }) } }),
  );
  await called.promise;
  await account[Symbol.asyncDispose]();
});
