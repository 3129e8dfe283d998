import { GetExecutionHistoryCommand } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { invoking, startTestAccount } from "./test-account.ts";

const countdown = {
  StartAt: "Step",
  States: {
    Step: invoking("step", { Next: "Again" }),
    Again: {
      Type: "Choice",
      Choices: [{ Condition: "{% $states.input.left > 0 %}", Next: "Step" }],
      Default: "Done",
    },
    Done: { Type: "Succeed" },
  },
};

const step = (payload: unknown) => ({ left: (payload as { left: number }).left - 1 });

test("a turn of a Task and a Choice takes seven events", async () => {
  await using account = await startTestAccount({ step });
  const machine = await account.create(countdown);
  const [one, three] = [await account.start(machine, { left: 1 }), await account.start(machine, { left: 3 })];
  await account.ended(one);
  await account.ended(three);
  expect((await account.history(three)).length - (await account.history(one)).length).toBe(2 * 7);
});

test("events have AWS's names, ids and order, and the first state follows event 0", async () => {
  await using account = await startTestAccount({ step });
  const { executionArn } = await account.run(countdown, { left: 1 });
  const events = await account.history(executionArn);
  expect(events.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
    [1, 0, "ExecutionStarted"],
    [2, 0, "TaskStateEntered"],
    [3, 2, "TaskScheduled"],
    [4, 3, "TaskStarted"],
    [5, 4, "TaskSucceeded"],
    [6, 5, "TaskStateExited"],
    [7, 6, "ChoiceStateEntered"],
    [8, 7, "ChoiceStateExited"],
    [9, 8, "SucceedStateEntered"],
    [10, 9, "SucceedStateExited"],
    [11, 10, "ExecutionSucceeded"],
  ]);
});

test("events carry AWS's details", async () => {
  await using account = await startTestAccount({ step });
  const { executionArn } = await account.run(countdown, { left: 1 });
  const events = await account.history(executionArn);
  expect(events[1]?.stateEnteredEventDetails).toEqual({ name: "Step", input: '{"left":1}' });
  expect(events[2]?.taskScheduledEventDetails).toEqual({
    resourceType: "lambda",
    resource: "invoke",
    region: "eu-central-1",
    parameters: '{"FunctionName":"step","Payload":{"left":1}}',
  });
  expect(events[5]?.stateExitedEventDetails).toEqual({ name: "Step", output: '{"left":0}' });
  expect(events[10]?.executionSucceededEventDetails).toEqual({ output: '{"left":0}' });
  expect(events[0]?.timestamp).toBeInstanceOf(Date);
});

test("a history is paged and can be read backwards", async () => {
  await using account = await startTestAccount({ step });
  const { executionArn } = await account.run(countdown, { left: 1 });
  const request = { executionArn, maxResults: 4, reverseOrder: true };
  const first = await account.client.send(new GetExecutionHistoryCommand(request));
  const second = await account.client.send(new GetExecutionHistoryCommand({ ...request, nextToken: first.nextToken }));
  expect(first.events?.map(({ id }) => id)).toEqual([11, 10, 9, 8]);
  expect(second.events?.map(({ id }) => id)).toEqual([7, 6, 5, 4]);
});

test("an execution fails when its history is full, and is not redrivable", async () => {
  await using account = await startTestAccount({ step }, { limits: { historyEvents: 50 } });
  const ended = await account.run(countdown, { left: 1000 });
  expect(ended).toMatchObject({
    status: "FAILED",
    error: "States.Runtime",
    cause: "The execution reached the maximum number of history events (50).",
    redriveStatus: "NOT_REDRIVABLE",
    redriveStatusReason: "Execution history event limit exceeded.",
  });
  const events = await account.history(ended.executionArn);
  expect(events.length).toBe(50);
  expect(events.at(-1)?.type).toBe("ExecutionFailed");
});

test("an execution whose last event is ExecutionSucceeded may fill its history", async () => {
  await using account = await startTestAccount({ step }, { limits: { historyEvents: 11 } });
  expect((await account.run(countdown, { left: 1 })).status).toBe("SUCCEEDED");
});

test("3,570 turns fit under AWS's 25,000 events, and 3,571 do not", async () => {
  await using account = await startTestAccount({ step });
  const machine = await account.create(countdown);
  const [fits, fails] = [await account.start(machine, { left: 3570 }), await account.start(machine, { left: 3571 })];
  expect((await account.ended(fits)).status).toBe("SUCCEEDED");
  expect((await account.history(fits)).length).toBe(1 + 7 * 3570 + 3);
  expect((await account.ended(fails)).status).toBe("FAILED");
  expect((await account.history(fails)).length).toBe(25_000);
});
