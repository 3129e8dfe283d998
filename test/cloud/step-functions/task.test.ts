import { DescribeExecutionCommand, ListExecutionsCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { namedError } from "./function-endpoint.ts";
import { parseJson } from "./json.ts";
import { invoking, startTestAccount } from "./test-account.ts";

/** A function that throws the named error the first so many times, and then answers how often it was called. */
function failing(times: number, name: string) {
  let calls = 0;
  return () => {
    calls += 1;
    if (calls <= times) throw namedError(name, `call ${calls}`);
    return calls;
  };
}

const one = (fields: object = {}) => ({ StartAt: "A", States: { A: invoking("f", fields) } });
const machineArn = "arn:aws:states:eu-central-1:123456789012:stateMachine:other";

test("lambda:invoke gives the payload beside status and version", async () => {
  await using account = await startTestAccount({ f: (payload) => ({ got: payload }) });
  const ended = await account.run(one({ Output: "{% $states.result %}" }), { n: 1 });
  expect(parseJson(ended.output ?? "")).toMatchObject({
    ExecutedVersion: "$LATEST",
    Payload: { got: { n: 1 } },
    StatusCode: 200,
  });
});

test("a function's own ARN gives the bare result, under AWS's other event names", async () => {
  await using account = await startTestAccount({ f: (payload) => ({ got: payload }) });
  const Resource = "arn:aws:lambda:eu-central-1:123456789012:function:f";
  const ended = await account.run({ StartAt: "A", States: { A: { Type: "Task", Resource, End: true } } }, { n: 1 });
  expect(ended.output).toBe('{"got":{"n":1}}');
  expect((await account.history(ended.executionArn)).map(({ type }) => type)).toEqual([
    "ExecutionStarted",
    "TaskStateEntered",
    "LambdaFunctionScheduled",
    "LambdaFunctionStarted",
    "LambdaFunctionSucceeded",
    "TaskStateExited",
    "ExecutionSucceeded",
  ]);
});

test("a function's error ends the execution with its type and payload", async () => {
  await using account = await startTestAccount({ f: failing(9, "BrokenError") });
  expect(await account.run(one())).toMatchObject({
    status: "FAILED",
    error: "BrokenError",
    cause: '{"errorType":"BrokenError","errorMessage":"call 1"}',
  });
});

test("a retried error is tried again, each time with three events, and counted in the context", async () => {
  await using account = await startTestAccount({ f: failing(2, "BrokenError") });
  const ended = await account.run(
    one({ Retry: [{ ErrorEquals: ["BrokenError"] }], Output: "{% $states.context.State.RetryCount %}" }),
  );
  expect(ended).toMatchObject({ status: "SUCCEEDED", output: "2" });
  const types = (await account.history(ended.executionArn)).map(({ type }) => type);
  expect(types.filter((type) => type === "TaskScheduled").length).toBe(3);
  expect(types.filter((type) => type === "TaskFailed").length).toBe(2);
  expect(types.length).toBe(2 + 3 * 3 + 2);
});

test("a retry waits for its delay, and the execution can be stopped meanwhile", async () => {
  let calls = 0;
  const f = () => {
    calls += 1;
    throw namedError("BrokenError", "always");
  };
  await using account = await startTestAccount({ f }, { timeScale: 1 });
  const Retry = [{ ErrorEquals: ["BrokenError"], IntervalSeconds: 1000 }];
  const executionArn = await account.start(await account.create(one({ Retry })));
  await account.reached(executionArn, "TaskFailed");
  await account.client.send(new StopExecutionCommand({ executionArn }));
  expect((await account.ended(executionArn)).status).toBe("ABORTED");
  expect(calls).toBe(1);
});

test("retries end at MaxAttempts", async () => {
  await using account = await startTestAccount({ f: failing(9, "BrokenError") });
  const ended = await account.run(one({ Retry: [{ ErrorEquals: ["States.ALL"], MaxAttempts: 2 }] }));
  expect(ended.cause).toContain("call 3");
});

test("a Catch goes to its state with its own Assign and Output", async () => {
  await using account = await startTestAccount({ f: failing(9, "BrokenError") });
  const Catch = [
    {
      ErrorEquals: ["BrokenError"],
      Next: "B",
      Assign: { error: "{% $states.errorOutput.Error %}" },
      Output: "{% $states.input.n %}",
    },
  ];
  const output = { error: "{% $error %}", input: "{% $states.input %}", state: "{% $exists($never) %}" };
  const ended = await account.run(
    {
      StartAt: "A",
      States: {
        A: invoking("f", { Catch, Assign: { never: 1 }, Next: "B" }),
        B: { Type: "Pass", Output: output, End: true },
      },
    },
    { n: 5 },
  );
  expect(parseJson(ended.output ?? "")).toEqual({ error: "BrokenError", input: 5, state: false });
});

test("without an Output of its own a Catch gives the error", async () => {
  await using account = await startTestAccount({ f: failing(9, "BrokenError") });
  const ended = await account.run({
    StartAt: "A",
    States: {
      A: invoking("f", { Catch: [{ ErrorEquals: ["States.ALL"], Next: "B" }], Next: "B" }),
      B: { Type: "Succeed" },
    },
  });
  expect(parseJson(ended.output ?? "")).toMatchObject({ Error: "BrokenError" });
});

test("a task that times out is States.Timeout while its function runs on", async () => {
  const finished = Promise.withResolvers<string>();
  const f = async () => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    finished.resolve("ran to its end");
    return null;
  };
  await using account = await startTestAccount({ f });
  const ended = await account.run(one({ TimeoutSeconds: "{% $states.input.seconds %}" }), { seconds: 1 });
  expect(ended).toMatchObject({ status: "FAILED", error: "States.Timeout" });
  expect((await account.history(ended.executionArn)).map(({ type }) => type)).toContain("TaskTimedOut");
  expect(await finished.promise).toBe("ran to its end");
});

test("an execution that exceeds the machine's TimeoutSeconds is TIMED_OUT", async () => {
  await using account = await startTestAccount({}, { timeScale: 1 });
  const ended = await account.run({
    StartAt: "A",
    TimeoutSeconds: 1,
    States: { A: { Type: "Wait", Seconds: 100, End: true } },
  });
  expect(ended).toMatchObject({ status: "TIMED_OUT", error: "States.Timeout", redriveStatus: "REDRIVABLE" });
  expect((await account.history(ended.executionArn)).at(-1)?.type).toBe("ExecutionTimedOut");
});

test("throttling is Lambda.TooManyRequestsException", async () => {
  await using account = await startTestAccount({
    f: (_, answer) => void answer.writeHead(429).end('{"Message":"Rate Exceeded."}'),
  });
  expect((await account.run(one())).error).toBe("Lambda.TooManyRequestsException");
});

test("a fault of the service is Lambda.ServiceException", async () => {
  await using account = await startTestAccount({ f: (_, answer) => void answer.writeHead(503).end() });
  expect((await account.run(one())).error).toBe("Lambda.ServiceException");
});

test("a dropped connection is Lambda.SdkClientException", async () => {
  await using account = await startTestAccount({ f: (_, answer) => void answer.destroy() });
  expect((await account.run(one())).error).toBe("Lambda.SdkClientException");
});

test("a missing function is Lambda.ResourceNotFoundException", async () => {
  await using account = await startTestAccount();
  expect((await account.run(one())).error).toBe("Lambda.ResourceNotFoundException");
});

test("a function that was killed is Sandbox.Timedout, and one without an error type Lambda.Unknown", async () => {
  const answered = (payload: string) => (_: unknown, answer: import("node:http").ServerResponse) =>
    void answer.setHeader("x-amz-function-error", "Unhandled").end(payload);
  await using account = await startTestAccount({
    killed: answered('{"errorType":"Sandbox.Timedout","errorMessage":"Task timed out after 3.00 seconds"}'),
    unknown: answered('{"errorMessage":"gone"}'),
  });
  const killed = await account.create({ StartAt: "A", States: { A: invoking("killed") } }, "killed");
  const unknown = await account.create({ StartAt: "A", States: { A: invoking("unknown") } }, "unknown");
  expect((await account.ended(await account.start(killed))).error).toBe("Sandbox.Timedout");
  expect((await account.ended(await account.start(unknown))).error).toBe("Lambda.Unknown");
});

test("arguments that lambda:invoke does not know are States.Runtime, which nothing retries", async () => {
  await using account = await startTestAccount();
  const Arguments = "{% { 'FunctionName': 'f', 'Colour': 'red' } %}";
  const ended = await account.run(one({ Arguments, Retry: [{ ErrorEquals: ["States.ALL"] }] }));
  expect(ended).toMatchObject({ error: "States.Runtime", cause: expect.stringContaining('"Colour"') });
  expect((await account.history(ended.executionArn)).filter(({ type }) => type === "TaskFailed").length).toBe(1);
});

test("a result over 256 KiB is States.DataLimitExceeded, which States.ALL does not catch", async () => {
  await using account = await startTestAccount({ f: () => "x".repeat(262_145) });
  const ended = await account.run(one({ Catch: [{ ErrorEquals: ["States.ALL"], Next: "A" }] }));
  expect(ended).toMatchObject({ status: "FAILED", error: "States.DataLimitExceeded" });
});

const starting = (resource: string, Arguments: object, fields: object = { End: true }) => ({
  StartAt: "A",
  States: { A: { Type: "Task", Resource: `arn:aws:states:::states:${resource}`, Arguments, ...fields } },
});

test("startExecution starts and does not wait", async () => {
  await using account = await startTestAccount();
  await account.create({ StartAt: "W", States: { W: { Type: "Wait", Seconds: 1_000_000, End: true } } }, "other");
  const Arguments = { StateMachineArn: machineArn, Name: "nested", Input: { n: "{% 1 + 1 %}" } };
  const ended = await account.run(starting("startExecution", Arguments));
  const executionArn = "arn:aws:states:eu-central-1:123456789012:execution:other:nested";
  expect(parseJson(ended.output ?? "")).toMatchObject({ ExecutionArn: executionArn });
  const nested = await account.client.send(new DescribeExecutionCommand({ executionArn }));
  expect(nested).toMatchObject({ status: "RUNNING", input: '{"n":2}' });
});

test("startExecution of a name in use can be caught by AWS's error name", async () => {
  await using account = await startTestAccount();
  await account.create({ StartAt: "P", States: { P: { Type: "Pass", End: true } } }, "other");
  await account.ended(await account.start(machineArn, {}, "nested"));
  const Arguments = { StateMachineArn: machineArn, Name: "nested" };
  const ended = await account.run(starting("startExecution", Arguments));
  expect(ended.error).toBe("StepFunctions.ExecutionAlreadyExistsException");
});

test("startExecution.sync:2 gives the nested output as JSON", async () => {
  await using account = await startTestAccount();
  await account.create({ StartAt: "P", States: { P: { Type: "Pass", Output: { n: 7 }, End: true } } }, "other");
  const ended = await account.run(starting("startExecution.sync:2", { StateMachineArn: machineArn }));
  expect(parseJson(ended.output ?? "")).toMatchObject({ Status: "SUCCEEDED", Output: { n: 7 } });
  expect((await account.history(ended.executionArn)).map(({ type }) => type)).toContain("TaskSubmitted");
});

test("startExecution.sync:2 of a nested failure is States.TaskFailed with the nested description", async () => {
  await using account = await startTestAccount();
  await account.create({ StartAt: "F", States: { F: { Type: "Fail", Error: "Mine" } } }, "other");
  const ended = await account.run(starting("startExecution.sync:2", { StateMachineArn: machineArn }));
  expect(ended.error).toBe("States.TaskFailed");
  expect(parseJson(ended.cause ?? "")).toMatchObject({ Status: "FAILED", Error: "Mine" });
  const { executions } = await account.client.send(new ListExecutionsCommand({ stateMachineArn: machineArn }));
  expect(executions?.length).toBe(1);
});
