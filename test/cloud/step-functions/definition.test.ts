import { CreateStateMachineCommand } from "@aws-sdk/client-sfn";
import { describe, expect, test } from "vitest";
import { parseDefinition } from "./definition-check.ts";
import { invoking, roleArn, startTestAccount } from "./test-account.ts";

const pass = { Type: "Pass", End: true };
const processor = { StartAt: "Item", States: { Item: pass } };
const distributed = { ...processor, ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" } };
const retried = (retrier: object) => ({ A: invoking("f", { Retry: [{ ErrorEquals: ["E"], ...retrier }] }) });

/** The refusal of a machine whose only scope holds these states, the first being A. */
function refusal(states: object, fields: object = {}): string {
  try {
    parseDefinition(JSON.stringify({ QueryLanguage: "JSONata", StartAt: "A", States: states, ...fields }));
    return "accepted";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe("CreateStateMachine", () => {
  const cases: [name: string, states: object, named: string[]][] = [
    ["a Next to a missing state", { A: { Type: "Pass", Next: "B" } }, ["Missing 'Next' target: B", "/States/A"]],
    [
      "a Default to a missing state",
      { A: { Type: "Choice", Choices: [{ Condition: "{% true %}", Next: "A" }], Default: "B" } },
      ["Missing 'Next' target: B"],
    ],
    [
      "a Catch to a missing state",
      { A: invoking("f", { Catch: [{ ErrorEquals: ["E"], Next: "B" }] }) },
      ["Missing 'Next' target: B"],
    ],
    ["an unreachable state", { A: pass, B: pass }, ['"B" is not reachable']],
    ["a machine without an end", { A: { Type: "Pass", Next: "A" } }, ["MISSING_TERMINAL_STATE"]],
    ["an unknown state type", { A: { Type: "Activity", End: true } }, ['"Activity"', "/States/A/Type"]],
    ["both Next and End", { A: { ...pass, Next: "A" } }, ["either Next or End"]],
    ["an unknown field", { A: { ...pass, Colour: "red" } }, ["'Colour'", "/States/A"]],
    ["a JSONPath field", { A: { ...pass, ResultPath: "$.a" } }, ["'ResultPath'", "JSONPath"]],
    ["a JSONPath template", { A: { ...pass, Output: { "a.$": "$.b" } } }, ["'a.$'", "JSONPath"]],
    ["a JSONPath state", { A: { ...pass, QueryLanguage: "JSONPath" } }, ["JSONPath", "'A'"]],
    ["HeartbeatSeconds", { A: invoking("f", { HeartbeatSeconds: 5 }) }, ["'HeartbeatSeconds'"]],
    [
      "an integration it does not execute",
      { A: { ...invoking("f"), Resource: "arn:aws:states:::sqs:sendMessage" } },
      ["sqs:sendMessage"],
    ],
    [
      "Arguments with an unknown field",
      { A: invoking("f", { Arguments: { FunctionName: "f", Colour: 1 } }) },
      ['"Colour"', "/States/A/Arguments"],
    ],
    ["Arguments without a function", { A: invoking("f", { Arguments: { Payload: 1 } }) }, ['"FunctionName"']],
    [
      "a task token",
      { A: { ...invoking("f"), Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken" } },
      ["waitForTaskToken"],
    ],
    ["a bogus JitterStrategy", retried({ JitterStrategy: "HALF" }), ['"HALF"', "/JitterStrategy"]],
    [
      "a MaxDelaySeconds below IntervalSeconds",
      retried({ IntervalSeconds: 9, MaxDelaySeconds: 5 }),
      ["MaxDelaySeconds 5", "IntervalSeconds 9"],
    ],
    ["a BackoffRate below one", retried({ BackoffRate: 0.5 }), ["1.0", "/BackoffRate"]],
    ["an unknown field of a retrier", retried({ MaxRetries: 3 }), ["'MaxRetries'"]],
    ["an IntervalSeconds of zero", retried({ IntervalSeconds: 0 }), ["/IntervalSeconds"]],
    ["States.ALL beside another error", retried({ ErrorEquals: ["States.ALL", "E"] }), ["States.ALL must stand alone"]],
    [
      "States.ALL before another retrier",
      { A: invoking("f", { Retry: [{ ErrorEquals: ["States.ALL"] }, { ErrorEquals: ["E"] }] }) },
      ["States.ALL must be in the last"],
    ],
    [
      "an expression that cannot be read",
      { A: { ...pass, Output: "{% 1 + %}" } },
      ["cannot be read", "/States/A/Output"],
    ],
    ["an expression with a blank before it", { A: { ...pass, Output: " {% 1 %}" } }, ["'{%'"]],
    ["a variable named states", { A: { ...pass, Assign: { states: 1 } } }, ["'states'", "variable"]],
    [
      "an inner scope that assigns an outer variable",
      {
        A: { ...pass, End: undefined, Next: "B", Assign: { n: 1 } },
        B: { Type: "Parallel", Branches: [{ StartAt: "C", States: { C: { ...pass, Assign: { n: 2 } } } }], End: true },
      },
      ["'n'", "outer scope"],
    ],
    ["a Wait without a time", { A: { Type: "Wait", End: true } }, ["either Seconds or Timestamp"]],
    [
      "an ItemReader of JSON lines",
      {
        A: {
          Type: "Map",
          ItemProcessor: distributed,
          ItemReader: {
            Resource: "arn:aws:states:::s3:getObject",
            ReaderConfig: { InputType: "JSONL" },
            Arguments: { Bucket: "b", Key: "k" },
          },
          End: true,
        },
      },
      ['"JSONL"'],
    ],
    [
      "an ItemBatcher",
      { A: { Type: "Map", ItemProcessor: distributed, ItemBatcher: { MaxItemsPerBatch: 2 }, End: true } },
      ["'ItemBatcher'"],
    ],
    [
      "an inline Map with tolerated failures",
      { A: { Type: "Map", ItemProcessor: processor, ToleratedFailureCount: 1, End: true } },
      ["'ToleratedFailureCount'"],
    ],
    [
      "children of type EXPRESS",
      {
        A: {
          Type: "Map",
          ItemProcessor: { ...processor, ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "EXPRESS" } },
          End: true,
        },
      },
      ['"EXPRESS"'],
    ],
    [
      "two states of the same name",
      { A: { Type: "Parallel", Branches: [{ StartAt: "A", States: { A: pass } }], End: true } },
      ["asl-validator"],
    ],
  ];

  test.each(cases)("refuses %s and names it", (_, states, named) => {
    const message = refusal(states);
    expect(message).toContain("Invalid State Machine Definition");
    for (const part of named) expect(message).toContain(part);
  });

  test("refuses a machine of JSONPath, which is AWS's default", () => {
    expect(refusal({ A: pass }, { QueryLanguage: undefined })).toContain("JSONPath of state 'A' is not supported");
  });

  test("refuses an unknown field of the machine", () => {
    expect(refusal({ A: pass }, { Timeout: 5 })).toContain("'Timeout'");
  });

  test("accepts every field that the server executes", () => {
    const map = {
      Type: "Map",
      Label: "items",
      ItemReader: {
        Resource: "arn:aws:states:::s3:getObject",
        ReaderConfig: { InputType: "JSON" },
        Arguments: { Bucket: "b", Key: "{% $key %}" },
      },
      ItemSelector: { value: "{% $states.context.Map.Item.Value %}" },
      ItemProcessor: distributed,
      MaxConcurrency: 5,
      ToleratedFailureCount: "{% 1 %}",
      ResultWriter: {
        Resource: "arn:aws:states:::s3:putObject",
        Arguments: { Bucket: "b", Prefix: "p" },
        WriterConfig: { Transformation: "NONE", OutputType: "JSON" },
      },
      Retry: [
        {
          ErrorEquals: ["E"],
          IntervalSeconds: 1,
          BackoffRate: 2,
          MaxAttempts: 3,
          MaxDelaySeconds: 5,
          JitterStrategy: "FULL",
        },
      ],
      Catch: [
        { ErrorEquals: ["States.ALL"], Next: "B", Assign: { e: "{% $states.errorOutput %}" }, Output: "{% 1 %}" },
      ],
      Next: "B",
      Comment: "all of it",
    };
    expect(
      refusal(
        { A: map, B: { Type: "Fail", Error: "E", Cause: "{% 'c' %}" } },
        { TimeoutSeconds: 60, Version: "1.0", Comment: "c" },
      ),
    ).toBe("accepted");
  });

  test("answers the real client with InvalidDefinition", async () => {
    await using account = await startTestAccount();
    const request = { name: "m", roleArn, definition: "{" };
    await expect(account.client.send(new CreateStateMachineCommand(request))).rejects.toMatchObject({
      name: "InvalidDefinition",
    });
  });
});
