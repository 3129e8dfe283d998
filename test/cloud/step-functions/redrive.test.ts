import {
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { namedError } from "./function-endpoint.ts";
import { parseJson } from "./json.ts";
import { invoking, startTestAccount } from "./test-account.ts";

/** Functions that record their calls; `second` fails until `repair()`. */
function twoSteps() {
  const calls: string[] = [];
  let isBroken = true;
  return {
    calls,
    repair: () => {
      isBroken = false;
    },
    functions: {
      first: () => calls.push("first"),
      second: () => {
        calls.push("second");
        if (isBroken) throw namedError("BrokenError", "still broken");
        return "done";
      },
    },
  };
}

const machine = {
  StartAt: "First",
  States: {
    First: invoking("first", { Assign: { n: 41 }, Output: { from: "first" }, Next: "Second" }),
    Second: invoking("second", { Retry: [{ ErrorEquals: ["BrokenError"], MaxAttempts: 1 }], Next: "End" }),
    End: {
      Type: "Pass",
      Output: {
        n: "{% $n + 1 %}",
        redriven: "{% $states.context.Execution.RedriveCount %}",
        at: "{% $states.context.Execution.RedriveTime %}",
      },
      End: true,
    },
  },
};

test("a redrive goes on at exactly the state that failed, with its input and variables, and its retries anew", async () => {
  const steps = twoSteps();
  await using account = await startTestAccount(steps.functions);
  const failed = await account.run(machine);
  expect(failed).toMatchObject({ status: "FAILED", redriveStatus: "REDRIVABLE", redriveCount: 0 });
  const { executionArn } = failed;
  await account.client.send(new RedriveExecutionCommand({ executionArn }));
  await account.ended(String(executionArn));
  expect(steps.calls).toEqual(["first", "second", "second", "second", "second"]);
  steps.repair();
  await account.client.send(new RedriveExecutionCommand({ executionArn }));
  const ended = await account.ended(String(executionArn));
  expect(ended).toMatchObject({ status: "SUCCEEDED", redriveCount: 2, redriveStatus: "NOT_REDRIVABLE" });
  expect(ended.error).toBeUndefined();
  expect(parseJson(ended.output ?? "")).toEqual({ n: 42, redriven: 2, at: expect.stringMatching(/Z$/) });
  expect(steps.calls).toEqual(["first", ...Array(5).fill("second")]);
});

test("the history of a redriven execution goes on after ExecutionRedriven without entering the state again", async () => {
  const steps = twoSteps();
  await using account = await startTestAccount(steps.functions);
  const { executionArn } = await account.run(machine);
  const before = (await account.history(executionArn)).length;
  steps.repair();
  await account.client.send(new RedriveExecutionCommand({ executionArn }));
  await account.ended(String(executionArn));
  const after = (await account.history(executionArn)).slice(before);
  expect(after.map(({ id, type }) => [id, type])).toEqual(
    [
      "ExecutionRedriven",
      "TaskScheduled",
      "TaskStarted",
      "TaskSucceeded",
      "TaskStateExited",
      "PassStateEntered",
      "PassStateExited",
      "ExecutionSucceeded",
    ].map((type, index) => [before + index + 1, type]),
  );
  expect(after[0]?.executionRedrivenEventDetails).toEqual({ redriveCount: 1 });
});

test("a redrive keeps the definition that the execution started with", async () => {
  const steps = twoSteps();
  await using account = await startTestAccount(steps.functions);
  const { executionArn, stateMachineArn } = await account.run(machine);
  const definition = JSON.stringify({
    QueryLanguage: "JSONata",
    StartAt: "Other",
    States: { Other: { Type: "Succeed" } },
  });
  await account.client.send(new UpdateStateMachineCommand({ stateMachineArn, definition }));
  steps.repair();
  await account.client.send(new RedriveExecutionCommand({ executionArn }));
  expect((await account.ended(String(executionArn))).status).toBe("SUCCEEDED");
  const kept = await account.client.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
  expect(kept.definition).toContain('"First"');
});

test("an execution that succeeded or runs is not redrivable", async () => {
  await using account = await startTestAccount();
  const done = await account.run({ StartAt: "A", States: { A: { Type: "Succeed" } } });
  await expect(
    account.client.send(new RedriveExecutionCommand({ executionArn: done.executionArn })),
  ).rejects.toMatchObject({
    name: "ExecutionNotRedrivable",
    message: "Execution is SUCCEEDED and cannot be redriven.",
  });
  const waiting = { StartAt: "A", States: { A: { Type: "Wait", Seconds: 1_000_000, End: true } } };
  const executionArn = await account.start(await account.create(waiting, "waiting"));
  await expect(account.client.send(new RedriveExecutionCommand({ executionArn }))).rejects.toMatchObject({
    message: "Execution is RUNNING and cannot be redriven.",
  });
});

test("an execution is redrivable for 14 days after its end", async () => {
  let nowMs = Date.now();
  await using account = await startTestAccount({}, { now: () => nowMs });
  const { executionArn } = await account.run({ StartAt: "A", States: { A: { Type: "Fail" } } });
  nowMs += 14 * 86_400_000;
  expect((await account.ended(String(executionArn))).redriveStatus).toBe("REDRIVABLE");
  nowMs += 1;
  expect(await account.ended(String(executionArn))).toMatchObject({
    redriveStatus: "NOT_REDRIVABLE",
    redriveStatusReason: "Execution redrivable period exceeded.",
  });
  await expect(account.client.send(new RedriveExecutionCommand({ executionArn }))).rejects.toMatchObject({
    name: "ExecutionNotRedrivable",
  });
});

test("a redrive of an execution that ended in Fail fails there again", async () => {
  await using account = await startTestAccount();
  const { executionArn } = await account.run({ StartAt: "A", States: { A: { Type: "Fail", Error: "Mine" } } });
  await account.client.send(new RedriveExecutionCommand({ executionArn }));
  expect(await account.ended(String(executionArn))).toMatchObject({ status: "FAILED", error: "Mine", redriveCount: 1 });
});

test("a stopped execution is redriven at the state in which it was stopped", async () => {
  await using account = await startTestAccount();
  const wait = { StartAt: "A", States: { A: { Type: "Wait", Seconds: 10_000, Next: "B" }, B: { Type: "Succeed" } } };
  const executionArn = await account.start(await account.create(wait));
  await account.client.send(new StopExecutionCommand({ executionArn, error: "Mine", cause: "enough" }));
  expect(await account.ended(executionArn)).toMatchObject({ status: "ABORTED", error: "Mine", cause: "enough" });
  await account.client.send(new RedriveExecutionCommand({ executionArn }));
  await account.client.send(new StopExecutionCommand({ executionArn }));
  const types = (await account.history(executionArn)).map(({ type }) => type);
  expect(types).toEqual([
    "ExecutionStarted",
    "WaitStateEntered",
    "ExecutionAborted",
    "ExecutionRedriven",
    "ExecutionAborted",
  ]);
});

test("a redrive repeated with its client token changes nothing, and without it is refused while the first runs", async () => {
  await using account = await startTestAccount({}, { timeScale: 1 });
  const wait = { StartAt: "A", States: { A: { Type: "Wait", Seconds: 1000, End: true } } };
  const executionArn = await account.start(await account.create(wait));
  await account.client.send(new StopExecutionCommand({ executionArn }));
  const redrive = new RedriveExecutionCommand({ executionArn, clientToken: "one" });
  const first = await account.client.send(redrive);
  expect((await account.client.send(redrive)).redriveDate).toEqual(first.redriveDate);
  await expect(account.client.send(new RedriveExecutionCommand({ executionArn }))).rejects.toMatchObject({
    name: "ExecutionNotRedrivable",
  });
});

test("the context counts retries from zero again after a redrive", async () => {
  const steps = twoSteps();
  await using account = await startTestAccount(steps.functions);
  const second = {
    ...machine.States.Second,
    Output: "{% $states.context.State.RetryCount %}",
    Next: undefined,
    End: true,
  };
  const { executionArn } = await account.run({ ...machine, States: { First: machine.States.First, Second: second } });
  steps.repair();
  await account.client.send(new RedriveExecutionCommand({ executionArn }));
  expect((await account.ended(String(executionArn))).output).toBe("0");
});

test("of two redrives at once one is refused", async () => {
  const steps = twoSteps();
  await using account = await startTestAccount(steps.functions);
  const { executionArn } = await account.run(machine);
  steps.repair();
  const both = await Promise.allSettled(
    [1, 2].map(() => account.client.send(new RedriveExecutionCommand({ executionArn }))),
  );
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});

test("a redrive runs only the branches of a Parallel that had not succeeded", async () => {
  const steps = twoSteps();
  await using account = await startTestAccount(steps.functions);
  const branch = (name: string) => ({ StartAt: name, States: { [name]: invoking(name) } });
  const both = {
    StartAt: "Wait",
    States: {
      Wait: { Type: "Pass", Next: "Both" },
      Both: { Type: "Parallel", Branches: [branch("first"), slow(branch("second"))], End: true },
    },
  };
  const { executionArn, status } = await account.run(both);
  expect(status).toBe("FAILED");
  steps.repair();
  await account.client.send(new RedriveExecutionCommand({ executionArn }));
  expect((await account.ended(String(executionArn))).status).toBe("SUCCEEDED");
  expect(steps.calls).toEqual(["first", "second", "second"]);
});

/** The scope after a wait that lets the other branch end first. */
function slow(scope: { readonly StartAt: string; readonly States: object }) {
  return { StartAt: "Later", States: { Later: { Type: "Wait", Seconds: 300, Next: scope.StartAt }, ...scope.States } };
}

test("executions can be listed by whether they were redriven", async () => {
  await using account = await startTestAccount();
  const stateMachineArn = await account.create({ StartAt: "A", States: { A: { Type: "Fail" } } });
  const [one, two] = [await account.start(stateMachineArn), await account.start(stateMachineArn)];
  await account.ended(one);
  await account.ended(two);
  await account.client.send(new RedriveExecutionCommand({ executionArn: one }));
  const listed = async (redriveFilter: "REDRIVEN" | "NOT_REDRIVEN") => {
    const { executions } = await account.client.send(new ListExecutionsCommand({ stateMachineArn, redriveFilter }));
    return executions?.map(({ executionArn }) => executionArn);
  };
  expect(await listed("REDRIVEN")).toEqual([one]);
  expect(await listed("NOT_REDRIVEN")).toEqual([two]);
});

test("an execution is redriven a thousand times and no more", async () => {
  await using account = await startTestAccount();
  const { executionArn } = await account.run({ StartAt: "A", States: { A: { Type: "Fail" } } });
  for (let redrives = 0; redrives < 1000; redrives += 1) {
    await account.client.send(new RedriveExecutionCommand({ executionArn }));
    await account.ended(String(executionArn));
  }
  await expect(account.client.send(new RedriveExecutionCommand({ executionArn }))).rejects.toMatchObject({
    name: "ExecutionNotRedrivable",
    message: expect.stringContaining("1000"),
  });
});
