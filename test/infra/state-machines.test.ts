import validate from "asl-validator";
import type { Template } from "aws-cdk-lib/assertions";
import { beforeAll, expect, test } from "vitest";
import { permanentErrors } from "../../infra/constructs/permanent-errors.ts";
import { synthesize } from "./synthesize.ts";
import { type AslState, type Definition, definitionOf, resourcesOf } from "./synthesized.ts";

let template: Template;
let run: Definition;
let both: readonly Definition[];

beforeAll(async () => {
  template = await synthesize();
  run = definitionOf(template, "-run");
  both = [run, definitionOf(template, "-import")];
});

/** Of the machine and of the maps in it. */
function statesOf(definition: Definition): [string, AslState][] {
  return Object.entries(definition.States).flatMap(([name, state]): [string, AslState][] => [
    [name, state],
    ...(state.ItemProcessor === undefined ? [] : statesOf(state.ItemProcessor)),
  ]);
}

function tasksOf(definition: Definition): [string, AslState][] {
  return statesOf(definition).filter(([, { Type }]) => Type === "Task");
}

function functionTasksOf(definition: Definition): [string, AslState][] {
  return tasksOf(definition).filter(([, { Resource }]) => Resource?.endsWith(":lambda:invoke"));
}

test("the definitions are valid", () => {
  for (const definition of both) {
    const { isValid, errorsText } = validate(structuredClone(definition), { checkPaths: true, checkArn: true });
    expect(isValid ? "" : errorsText()).toBe("");
  }
});

test("a turn is a function's task and a choice: 5 events and 2", () => {
  expect(run.States.Segment).toMatchObject({ Type: "Task", Next: "Decide" });
  expect(run.States.Segment?.Resource).toMatch(/:states:::lambda:invoke$/);
  expect(run.States.Decide?.Choices?.[0]).toEqual({
    Condition: '{% $states.input.next = "segment" and $turn < 3000 %}',
    Next: "Segment",
  });
});

test("the turns of an execution leave room for retries below 25,000 events", async () => {
  const longest = definitionOf(await synthesize({ turnsPerExecution: "3300" }), "-run");
  const turns = Number(/\$turn < (\d+)/.exec(longest.States.Decide?.Choices?.[0]?.Condition ?? "")?.[1]);
  expect(turns).toBe(3300);
  expect(turns * 7).toBeLessThan(25_000 - 1500);
});

test("an answer that no choice knows fails the execution instead of passing for its end", () => {
  expect(run.States.Decide?.Choices?.map(({ Next }) => Next)).toEqual([
    "Segment",
    "Measure",
    "Continue",
    "Finish",
    "Done",
  ]);
  expect(run.States.Decide?.Default).toBeUndefined();
});

test("nothing ends in Fail, and only a name that is taken is caught", () => {
  for (const definition of both) {
    expect(statesOf(definition).filter(([, { Type }]) => Type === "Fail")).toEqual([]);
  }
  const caught = both.flatMap(tasksOf).flatMap(([name, { Catch = [] }]) => Catch.map((rule) => [name, rule]));
  expect(caught).toEqual([
    ["Continue", { ErrorEquals: ["StepFunctions.ExecutionAlreadyExistsException"], Next: "Done" }],
  ]);
});

test("a task waits longer than its function may run, so that no zombie works beside the retry", () => {
  const functions = [...resourcesOf(template, "AWS::Lambda::Function").values()];
  const timeoutOf = (arn: string) =>
    Number(functions.find(({ FunctionName }) => arn.endsWith(`:${FunctionName}`))?.Timeout);
  for (const [name, { Arguments, TimeoutSeconds }] of both.flatMap(tasksOf)) {
    if (Arguments?.FunctionName === undefined) continue;
    expect(TimeoutSeconds, name).toBe(timeoutOf(Arguments.FunctionName) + 60);
  }
});

test("every task has a time limit", () => {
  for (const [name, { TimeoutSeconds }] of both.flatMap(tasksOf)) expect(TimeoutSeconds, name).toBeGreaterThan(0);
});

test("every function's task retries the same errors, each with a bound and full jitter", () => {
  for (const [name, { Retry = [] }] of both.flatMap(functionTasksOf)) {
    expect(
      Retry.slice(1).map(({ ErrorEquals, MaxAttempts }) => [ErrorEquals.join(" "), MaxAttempts]),
      name,
    ).toEqual([
      ["Lambda.TooManyRequestsException", 50],
      [
        "Lambda.ServiceException Lambda.AWSLambdaException Lambda.SdkClientException Lambda.ClientExecutionTimeoutException",
        8,
      ],
      ["Sandbox.Timedout States.Timeout Lambda.Unknown Runtime.ExitError Runtime.OutOfMemory", 4],
      ["States.ALL", 6],
    ]);
    for (const { JitterStrategy, MaxDelaySeconds = 0, IntervalSeconds = 0 } of Retry.slice(1)) {
      expect(JitterStrategy).toBe("FULL");
      expect(MaxDelaySeconds).toBeGreaterThan(IntervalSeconds);
    }
  }
});

test("the project's own permanent errors come first and are not retried", () => {
  for (const [name, { Retry = [] }] of both.flatMap(functionTasksOf)) {
    expect(Retry[0]?.MaxAttempts, name).toBe(0);
    expect(Retry[0]?.ErrorEquals, name).toEqual(permanentErrors);
  }
});

test("a name that is taken is caught at once, and not retried before", () => {
  expect(run.States.Continue?.Retry?.[0]).toMatchObject({
    ErrorEquals: ["StepFunctions.ExecutionAlreadyExistsException"],
    MaxAttempts: 0,
  });
});

test("the machines stay inside what LocalStack executes", () => {
  const text = JSON.stringify(both);
  for (const unknown of ["ItemBatcher", "JSONL", "ToleratedFailurePercentage", "ToleratedFailureCount", "$hash"]) {
    expect(text).not.toContain(unknown);
  }
});

test("an execution that hands over gives the next one a name that a repeat gives too", () => {
  expect(run.States.Continue?.Arguments).toEqual({
    StateMachineArn: "arn:aws:states:eu-west-1:111122223333:stateMachine:Backstitch-run",
    Name: '{% $chain & "-c" & $string($link + 1) %}',
    Input: {
      runId: "{% $runId %}",
      continues: "{% $states.context.Execution.Id %}",
      chain: "{% $chain %}",
      link: "{% $link + 1 %}",
      asked: "{% $asked %}",
    },
  });
});

test("models are asked about stretches by an inline map, whose items count as turns, before the next segment", () => {
  expect(run.States.Measure).toMatchObject({ Type: "Task", Next: "AskAhead" });
  expect(run.States.AskAhead).toMatchObject({
    Type: "Map",
    ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, StartAt: "Answer" },
    Items: "{% $states.input.stretches %}",
    MaxConcurrency: 40,
    Assign: { turn: "{% $turn + 2 + $count($states.input.stretches) %}" },
    Next: "Segment",
  });
});

test.each([{ concurrency: "6" }, { inferenceConcurrency: "6" }])(
  "with %j no more stretches are asked, nor cut, than go on at once",
  async (flags) => {
    const narrow = definitionOf(await synthesize(flags), "-run");
    expect(narrow.States.AskAhead).toMatchObject({ MaxConcurrency: 6 });
    expect(narrow.States.Measure?.Arguments?.Payload).toMatchObject({ atOnce: 6 });
  },
);

test("models are asked by the function of segments, which has the runtime and the right to store", () => {
  const functionOf = (name: string) => tasksOf(run).find(([task]) => task === name)?.[1].Arguments?.FunctionName;
  expect(functionOf("Measure")).toBe(functionOf("Segment"));
  expect(functionOf("Answer")).toBe(functionOf("Segment"));
});

test("the runs of a sweep, which go on side by side anyway, ask nothing ahead", () => {
  const sweep = definitionOf(template, "-sweep");
  expect(statesOf(sweep).filter(([name]) => /Measure|AskAhead|Answer/.test(name))).toEqual([]);
});
