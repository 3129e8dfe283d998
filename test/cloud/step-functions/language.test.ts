import { expect, test } from "vitest";
import { type Json, parseJson } from "./json.ts";
import { startTestAccount } from "./test-account.ts";

/** The output of an expression in a machine of one Pass. */
async function outputOf(output: Json, input: Json = {}): Promise<Json | undefined> {
  await using account = await startTestAccount();
  const ended = await account.run({ StartAt: "A", States: { A: { Type: "Pass", Output: output, End: true } } }, input);
  return ended.output === undefined ? `${ended.error}: ${ended.cause}` : parseJson(ended.output);
}

test("a template keeps plain values and evaluates every expression in it", async () => {
  const template = { a: [1, "{% $states.input.n + 1 %}"], b: { c: "text", d: "{% [$states.input.n] %}" } };
  expect(await outputOf(template, { n: 4 })).toEqual({ a: [1, 5], b: { c: "text", d: [4] } });
});

test("the functions of Step Functions are there", async () => {
  expect(
    await outputOf({
      partition: "{% $partition([1,2,3,4,5], 2) %}",
      range: "{% $range(1, 9, 2) %}",
      hash: "{% $hash('input', 'SHA-1') %}",
      uuid: "{% $length($uuid()) %}",
      parse: "{% $parse('{\"a\":1}') %}",
      random: "{% $random() < 1 %}",
      seeded: "{% $random(7) = $random(7) %}",
    }),
  ).toEqual({
    partition: [[1, 2], [3, 4], [5]],
    range: [1, 3, 5, 7, 9],
    hash: "140f86aae51ab9e1cda9b4254fe98a74eb54c1a1",
    uuid: 36,
    parse: { a: 1 },
    random: true,
    seeded: true,
  });
});

test("an expression that gives nothing is States.QueryEvaluationError with its text and field", async () => {
  expect(await outputOf({ a: "{% $states.input.missing %}" })).toBe(
    "States.QueryEvaluationError: An error occurred while executing the state 'A' (entered at the event id #2). " +
      "The JSONata expression '$states.input.missing' specified for the field 'Output/a' returned nothing (undefined).",
  );
});

test("an expression that throws is States.QueryEvaluationError with JSONata's code", async () => {
  expect(await outputOf("{% 1 + 'a' %}")).toContain("threw an error during evaluation. T2002");
});

test("a function is no result", async () => {
  expect(await outputOf("{% function($x) { $x } %}")).toContain("returned an unsupported result type");
});

test("$eval is refused", async () => {
  expect(await outputOf("{% $eval('1') %}")).toContain("$eval is not supported");
});

test("an evaluation that fails leaves an EvaluationFailed event", async () => {
  await using account = await startTestAccount();
  const ended = await account.run({
    StartAt: "A",
    States: { A: { Type: "Pass", Output: "{% $nothing %}", End: true } },
  });
  const events = await account.history(ended.executionArn);
  expect(events.map(({ type }) => type)).toEqual([
    "ExecutionStarted",
    "PassStateEntered",
    "EvaluationFailed",
    "ExecutionFailed",
  ]);
  expect(events[2]?.evaluationFailedEventDetails).toMatchObject({ state: "A", location: "Output" });
});

test("the context names execution, state and machine", async () => {
  await using account = await startTestAccount();
  const machine = await account.create({
    StartAt: "A",
    States: { A: { Type: "Pass", Output: "{% $states.context %}", End: true } },
  });
  const executionArn = await account.start(machine, { n: 1 }, "mine");
  const { output } = await account.ended(executionArn);
  expect(parseJson(output ?? "")).toEqual({
    Execution: {
      Id: executionArn,
      Input: { n: 1 },
      Name: "mine",
      RoleArn: "arn:aws:iam::123456789012:role/states",
      StartTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      RedriveCount: 0,
    },
    State: { Name: "A", EnteredTime: expect.stringMatching(/Z$/), RetryCount: 0 },
    StateMachine: { Id: machine, Name: "machine" },
  });
});

test("Assign and Output see the variables as they were when the state was entered", async () => {
  await using account = await startTestAccount();
  const ended = await account.run({
    StartAt: "A",
    States: {
      A: { Type: "Pass", Assign: { x: 1, y: 10 }, Next: "B" },
      B: { Type: "Pass", Assign: { x: "{% $y %}", y: "{% $x %}" }, Output: "{% $x + $y %}", Next: "C" },
      C: { Type: "Pass", Output: { x: "{% $x %}", y: "{% $y %}", before: "{% $states.input %}" }, End: true },
    },
  });
  expect(parseJson(ended.output ?? "")).toEqual({ x: 10, y: 1, before: 11 });
});

test("a Choice takes the first rule that is true, with the rule's own Assign and Output", async () => {
  await using account = await startTestAccount();
  const ended = await account.run(
    {
      StartAt: "A",
      States: {
        A: {
          Type: "Choice",
          Choices: [
            { Condition: "{% $states.input.n > 5 %}", Next: "B", Assign: { size: "large" }, Output: "first" },
            { Condition: "{% $states.input.n > 3 %}", Next: "B", Assign: { size: "medium" }, Output: "second" },
          ],
          Default: "B",
        },
        B: { Type: "Pass", Output: { size: "{% $size %}", input: "{% $states.input %}" }, End: true },
      },
    },
    { n: 4 },
  );
  expect(ended.output).toBe('{"size":"medium","input":"second"}');
});

test("a Choice without a match and Default is States.NoChoiceMatched", async () => {
  await using account = await startTestAccount();
  const ended = await account.run({
    StartAt: "A",
    States: { A: { Type: "Choice", Choices: [{ Condition: "{% false %}", Next: "B" }] }, B: { Type: "Succeed" } },
  });
  expect(ended).toMatchObject({ status: "FAILED", error: "States.NoChoiceMatched" });
});

test("a condition that is not a boolean is States.QueryEvaluationError", async () => {
  await using account = await startTestAccount();
  const ended = await account.run({
    StartAt: "A",
    States: { A: { Type: "Choice", Choices: [{ Condition: "{% 1 %}", Next: "B" }] }, B: { Type: "Succeed" } },
  });
  expect(ended).toMatchObject({ status: "FAILED", error: "States.QueryEvaluationError" });
});

test("a Fail ends with its error and cause", async () => {
  await using account = await startTestAccount();
  const ended = await account.run(
    {
      StartAt: "A",
      States: { A: { Type: "Fail", Error: "Mine", Cause: "{% 'because of ' & $states.input.n %}" } },
    },
    { n: 7 },
  );
  expect(ended).toMatchObject({ status: "FAILED", error: "Mine", cause: "because of 7" });
});

test("a Wait waits on the scaled clock", async () => {
  await using account = await startTestAccount({}, { timeScale: 0.0001 });
  const ended = await account.run(
    {
      StartAt: "A",
      States: { A: { Type: "Wait", Seconds: "{% $states.input.s %}", Next: "B" }, B: { Type: "Succeed" } },
    },
    { s: 1000 },
  );
  expect(ended.status).toBe("SUCCEEDED");
});

test("an output over 256 KiB is States.DataLimitExceeded", async () => {
  expect(await outputOf("{% $join($map([1..300], function($i) { $pad('', 1000, 'x') })) %}")).toContain(
    "States.DataLimitExceeded",
  );
});

test("a Parallel gives its branches' outputs in order, which read outer variables and keep their own", async () => {
  await using account = await startTestAccount();
  const branch = (name: string, output: string) => ({
    StartAt: name,
    States: { [name]: { Type: "Pass", Assign: { mine: 1 }, Output: output, End: true } },
  });
  const ended = await account.run({
    StartAt: "A",
    States: {
      A: { Type: "Pass", Assign: { n: 5 }, Next: "B" },
      B: { Type: "Parallel", Branches: [branch("B1", "{% $n + 1 %}"), branch("B2", "{% $n + 2 %}")], Next: "C" },
      C: { Type: "Pass", Output: { outputs: "{% $states.input %}", leaked: "{% $exists($mine) %}" }, End: true },
    },
  });
  expect(parseJson(ended.output ?? "")).toEqual({ outputs: [6, 7], leaked: false });
});

test("an inline Map gives its iterations' outputs in order, with index and value in the context", async () => {
  await using account = await startTestAccount();
  const item = { Type: "Pass", Output: "{% $states.context.Map.Item.Index * 10 + $states.input.v %}", End: true };
  const ended = await account.run(
    {
      StartAt: "A",
      States: {
        A: {
          Type: "Map",
          Items: "{% $states.input %}",
          ItemSelector: { v: "{% $states.context.Map.Item.Value %}" },
          MaxConcurrency: 1,
          ItemProcessor: { StartAt: "Item", States: { Item: item } },
          End: true,
        },
      },
    },
    [1, 2, 3],
  );
  expect(ended.output).toBe("[1,12,23]");
  const types = (await account.history(ended.executionArn)).map(({ type }) => type);
  expect(types.filter((type) => type?.startsWith("Map"))).toEqual([
    "MapStateEntered",
    "MapStateStarted",
    ...Array(3).fill(["MapIterationStarted", "MapIterationSucceeded"]).flat(),
    "MapStateSucceeded",
    "MapStateExited",
  ]);
});

test("an iteration that fails stops the others, and the Map fails with its error", async () => {
  await using account = await startTestAccount();
  const ended = await account.run(
    {
      StartAt: "A",
      States: {
        A: {
          Type: "Map",
          ItemProcessor: {
            StartAt: "Wait",
            States: {
              Wait: { Type: "Wait", Seconds: "{% $states.input %}", Next: "Fail" },
              Fail: { Type: "Fail", Error: "Mine" },
            },
          },
          End: true,
        },
      },
    },
    [10_000_000, 1],
  );
  expect(ended).toMatchObject({ status: "FAILED", error: "Mine" });
  const types = (await account.history(ended.executionArn)).map(({ type }) => type);
  expect(types.slice(-4)).toEqual(["MapIterationFailed", "MapIterationAborted", "MapStateFailed", "ExecutionFailed"]);
});
