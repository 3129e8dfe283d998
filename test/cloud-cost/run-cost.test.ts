import { expect, test } from "vitest";
import { runCost } from "../../lib/cloud/run-cost.ts";
import { functionHost } from "../../lib/run/function-host.ts";
import type { RunRecord, SegmentRecord } from "../../lib/run/run-store.ts";

const run: RunRecord = {
  format: 2,
  runId: "r1",
  engineVersion: 1,
  specDigest: "a",
  snapshotId: "b",
  name: "r",
  strategy: "sma-cross",
  spec: {},
  status: "completed",
  startBar: 0,
  endBar: 200_000,
  attempt: 1,
  headSequence: 2,
  headBar: 200_000,
  createdAtMs: 0,
  updatedAtMs: 0,
};
const host = { memoryMb: 1_024, architecture: "x86_64", region: "us-east-1" } as const;
const part = { kind: "equity", hash: "c", rows: 1, sizeBytes: 10 } as const;

function segment(sequence: number, durationMs: number): SegmentRecord {
  const [startBar, endBar] = [(sequence - 1) * 100_000, sequence * 100_000];
  const record = { format: 1, runId: "r1", attempt: 1, startedAtMs: 0, host: "h", pid: 1, parts: [part] };
  return { ...record, sequence, startBar, endBar, durationMs, function: host };
}

// Two segments of 1.75 s and 0.75 s and 0.25 s around each, two more steps of 0.25 s: 3.5 s of 1 GB. Transitions 2 × 2 + 4; invocations 2 + 2.
test("a run's cost follows from the durations and the memory in its segment records", () => {
  const cost = runCost(run, [segment(1, 1_750), segment(2, 750)], 1_000);
  expect(cost.usage).toMatchObject({ lambdaGbSeconds: 3.5, stateTransitions: 8, lambdaRequests: 4, s3Puts: 3 });
  expect(cost).toMatchObject({ memoryMb: 1_024, architecture: "x86_64", region: "us-east-1" });
  // 3.5 × 0.0000166667 + 4 × 0.0000002 + 8 × 0.000025 and a little for requests.
  expect(cost.dollars).toBeGreaterThan(0.0000583 + 0.0000008 + 0.0002);
  expect(cost.dollars).toBeLessThan(0.0004);
});

test("bars in two chunks are two reads", () => {
  const [one, two] = [segment(1, 0), segment(2, 0)];
  // [0, 100,000) lies in chunks 0 and 1, [100,000, 200,000) in 1, 2 and 3; the last step reads 2 parts and 2 bars.
  expect(runCost(run, [one, two], 0).usage?.s3Gets).toBe(2 + 3 + 4);
});

test("segments that no function computed cost nothing", () => {
  const { function: _, ...here } = segment(1, 1_000);
  expect(runCost(run, [here], 0)).toEqual({ dollars: 0 });
});

test("a region without prices leaves the dollars open and tells the usage", () => {
  const cost = runCost(run, [{ ...segment(1, 1_000), function: { ...host, region: "eu-south-2" } }], 0);
  expect(cost.dollars).toBeNull();
  expect(cost.usage?.lambdaGbSeconds).toBe(1.75);
});

test("every attempt adds its first and last step", () => {
  const [once, twice] = [1, 2].map((attempt) => runCost({ ...run, attempt }, [segment(1, 1_000)], 0));
  expect((twice?.usage?.stateTransitions ?? 0) - (once?.usage?.stateTransitions ?? 0)).toBe(4);
});

test("a function is known by its environment, another machine is none", () => {
  const env = { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1769", AWS_REGION: "us-east-1" };
  expect(functionHost(env, "x64")).toEqual({ memoryMb: 1_769, architecture: "x86_64", region: "us-east-1" });
  expect(functionHost({ AWS_REGION: "us-east-1" }, "arm64")).toBeUndefined();
});
