import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { describe, expect, test } from "vitest";
import { roleArn, startTestAccount } from "./test-account.ts";

const succeed = { StartAt: "A", States: { A: { Type: "Succeed" } } };
const wait = { StartAt: "A", States: { A: { Type: "Wait", Seconds: 10_000_000, End: true } } };
const textOf = (definition: object) => JSON.stringify({ QueryLanguage: "JSONata", ...definition });

describe("state machines", () => {
  test("creating the same machine again is answered with the same machine, another one under its name is refused", async () => {
    await using account = await startTestAccount();
    expect(await account.create(succeed, "m")).toBe(await account.create(succeed, "m"));
    await expect(account.create(wait, "m")).rejects.toMatchObject({ name: "StateMachineAlreadyExists" });
  });

  test("a machine is described with its definition, role and revision", async () => {
    await using account = await startTestAccount();
    const stateMachineArn = await account.create(succeed, "m");
    expect(stateMachineArn).toBe("arn:aws:states:eu-central-1:123456789012:stateMachine:m");
    const described = await account.client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(described).toMatchObject({
      name: "m",
      status: "ACTIVE",
      type: "STANDARD",
      roleArn,
      definition: textOf(succeed),
    });
    expect(described.creationDate).toBeInstanceOf(Date);
    expect(described.revisionId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("an update gives a new revision, and nothing to update is refused", async () => {
    await using account = await startTestAccount();
    const stateMachineArn = await account.create(succeed);
    const updated = await account.client.send(
      new UpdateStateMachineCommand({ stateMachineArn, definition: textOf(wait) }),
    );
    const described = await account.client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(described).toMatchObject({ definition: textOf(wait), revisionId: updated.revisionId });
    await expect(account.client.send(new UpdateStateMachineCommand({ stateMachineArn }))).rejects.toMatchObject({
      name: "MissingRequiredParameter",
    });
  });

  test("a deleted machine waits for its executions, starts none and is then gone", async () => {
    await using account = await startTestAccount();
    const stateMachineArn = await account.create(wait);
    const executionArn = await account.start(stateMachineArn);
    await account.client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    const described = await account.client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(described.status).toBe("DELETING");
    await expect(account.start(stateMachineArn)).rejects.toMatchObject({ name: "StateMachineDeleting" });
    await account.client.send(new StopExecutionCommand({ executionArn }));
    await expect(account.client.send(new DescribeStateMachineCommand({ stateMachineArn }))).rejects.toMatchObject({
      name: "StateMachineDoesNotExist",
    });
    await account.client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    expect(await account.create(succeed)).toBe(stateMachineArn);
  });

  test("machines are listed in pages", async () => {
    await using account = await startTestAccount();
    for (const name of ["a", "b", "c"]) await account.create(succeed, name);
    const first = await account.client.send(new ListStateMachinesCommand({ maxResults: 2 }));
    const second = await account.client.send(
      new ListStateMachinesCommand({ maxResults: 2, nextToken: first.nextToken }),
    );
    expect([first, second].map(({ stateMachines }) => stateMachines?.map(({ name }) => name))).toEqual([
      ["a", "b"],
      ["c"],
    ]);
    expect(second.nextToken).toBeUndefined();
  });

  test("EXPRESS machines and settings that are not implemented are refused by name", async () => {
    await using account = await startTestAccount();
    const request = { name: "m", roleArn, definition: textOf(succeed) };
    await expect(
      account.client.send(new CreateStateMachineCommand({ ...request, type: "EXPRESS" })),
    ).rejects.toMatchObject({ name: "StateMachineTypeNotSupported" });
    await expect(
      account.client.send(new CreateStateMachineCommand({ ...request, publish: true })),
    ).rejects.toMatchObject({ message: expect.stringContaining("publish") });
  });
});

describe("executions", () => {
  test("a start with the name and input of a running execution is answered with that execution", async () => {
    await using account = await startTestAccount();
    const machine = await account.create(wait);
    expect(await account.start(machine, { n: 1 }, "x")).toBe(await account.start(machine, { n: 1 }, "x"));
  });

  test("a start with the name of a running execution and another input is refused", async () => {
    await using account = await startTestAccount();
    const machine = await account.create(wait);
    await account.start(machine, { n: 1 }, "x");
    await expect(account.start(machine, { n: 2 }, "x")).rejects.toMatchObject({ name: "ExecutionAlreadyExists" });
  });

  test("the name of an ended execution is refused for 90 days, even with the same input", async () => {
    let nowMs = Date.now();
    await using account = await startTestAccount({}, { now: () => nowMs });
    const machine = await account.create(succeed);
    await account.ended(await account.start(machine, {}, "x"));
    nowMs += 90 * 86_400_000 - 1;
    await expect(account.start(machine, {}, "x")).rejects.toMatchObject({ name: "ExecutionAlreadyExists" });
    nowMs += 1;
    expect(await account.start(machine, {}, "x")).toContain(":x");
  });

  test("of twenty starts at once with one name there is one execution", async () => {
    await using account = await startTestAccount();
    const machine = await account.create(wait);
    const inputs = Array.from({ length: 20 }, (_, index) => index % 2);
    const starts = await Promise.allSettled(inputs.map((n) => account.start(machine, { n }, "x")));
    expect(starts.filter(({ status }) => status === "fulfilled").length).toBe(10);
    const { executions } = await account.client.send(new ListExecutionsCommand({ stateMachineArn: machine }));
    expect(executions?.length).toBe(1);
  });

  test.each(["a b", "a/b", "a:b", "a*", "a<b", "x".repeat(81), "tab\t", "emoji#"])(
    "refuses the name %j",
    async (name) => {
      await using account = await startTestAccount();
      const machine = await account.create(wait);
      await expect(account.start(machine, {}, name)).rejects.toMatchObject({ name: "InvalidName" });
    },
  );

  test("accepts a name of 80 characters with dots, dashes and underscores", async () => {
    await using account = await startTestAccount();
    const machine = await account.create(wait);
    expect(await account.start(machine, {}, "a.b-c_d".padEnd(80, "x"))).toContain("a.b-c_d");
  });

  test("refuses an input that is not JSON, a missing machine and an ARN that is none", async () => {
    await using account = await startTestAccount();
    const stateMachineArn = await account.create(wait);
    const start = (request: { stateMachineArn: string; input?: string }) =>
      account.client.send(new StartExecutionCommand(request));
    await expect(start({ stateMachineArn, input: "{" })).rejects.toMatchObject({ name: "InvalidExecutionInput" });
    await expect(start({ stateMachineArn: `${stateMachineArn}x` })).rejects.toMatchObject({
      name: "StateMachineDoesNotExist",
    });
    await expect(start({ stateMachineArn: "machine" })).rejects.toMatchObject({ name: "InvalidArn" });
  });

  test("refuses an input over 256 KiB", async () => {
    await using account = await startTestAccount();
    const machine = await account.create(wait);
    await expect(account.start(machine, "x".repeat(262_143))).rejects.toMatchObject({ name: "ValidationException" });
    expect(await account.start(machine, "x".repeat(262_142))).toContain(":execution:");
  });

  test("are listed newest first by status and in pages that new executions do not disturb", async () => {
    await using account = await startTestAccount();
    const stateMachineArn = await account.create(wait);
    const [a, b, c] = [
      await account.start(stateMachineArn, {}, "a"),
      await account.start(stateMachineArn, {}, "b"),
      await account.start(stateMachineArn, {}, "c"),
    ];
    await account.client.send(new StopExecutionCommand({ executionArn: b }));
    const list = (request: object) => account.client.send(new ListExecutionsCommand({ stateMachineArn, ...request }));
    expect((await list({ statusFilter: "RUNNING" })).executions?.map(({ executionArn }) => executionArn)).toEqual([
      c,
      a,
    ]);
    const first = await list({ maxResults: 1 });
    await account.start(stateMachineArn, {}, "d");
    const second = await list({ maxResults: 1, nextToken: first.nextToken });
    expect([first, second].map(({ executions }) => executions?.[0]?.name)).toEqual(["c", "b"]);
    await expect(list({ nextToken: "nonsense" })).rejects.toMatchObject({ name: "InvalidToken" });
  });

  test("stopping one that has ended changes nothing", async () => {
    await using account = await startTestAccount();
    const { executionArn, stopDate } = await account.run(succeed);
    const stopped = await account.client.send(new StopExecutionCommand({ executionArn }));
    expect(stopped.stopDate).toEqual(stopDate);
    expect((await account.ended(String(executionArn))).status).toBe("SUCCEEDED");
  });

  test("an execution that does not exist is ExecutionDoesNotExist", async () => {
    await using account = await startTestAccount();
    const executionArn = "arn:aws:states:eu-central-1:123456789012:execution:m:none";
    await expect(account.client.send(new DescribeExecutionCommand({ executionArn }))).rejects.toMatchObject({
      name: "ExecutionDoesNotExist",
    });
  });
});
