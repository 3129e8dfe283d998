import { expect, test } from "vitest";
import { parseExecutionEvent } from "../../lib/cloud/execution-event.ts";

const executionArn = "arn:aws:states:us-east-1:123456789012:execution:run:r1-1";
const detail = {
  executionArn,
  stateMachineArn: "arn:aws:states:us-east-1:123456789012:stateMachine:run",
  name: "r1-1",
  status: "FAILED",
  startDate: 1_000,
  stopDate: 2_000,
  input: '{"runId":"r1"}',
  error: "StrategyError",
  cause: "divided by the spread",
};

test("the event of a failed execution names run, time, error and cause", () => {
  expect(parseExecutionEvent({ "detail-type": "Step Functions Execution Status Change", detail })).toEqual({
    runId: "r1",
    end: { executionArn, status: "FAILED", stoppedAtMs: 2_000, error: "StrategyError", cause: "divided by the spread" },
  });
});

test("an event without error and cause is read without them", () => {
  const { end } = parseExecutionEvent({ detail: { ...detail, status: "ABORTED", error: null, cause: null } });
  expect(end).toEqual({ executionArn, status: "ABORTED", stoppedAtMs: 2_000 });
});

test.each([
  ["a status that is no end", { detail: { ...detail, status: "RUNNING" } }, "detail.status"],
  ["an input that is no JSON", { detail: { ...detail, input: "{" } }, "runId"],
  ["an input without run", { detail: { ...detail, input: "{}" } }, "runId"],
  ["nothing", undefined, "a status change"],
])("%s is refused with its field", (_, event, field) => {
  expect(() => parseExecutionEvent(event)).toThrow(field);
});
