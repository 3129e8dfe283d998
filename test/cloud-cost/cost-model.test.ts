import { expect, test } from "vitest";
import { attemptUsage, billOf, noUsage, segmentUsage, sumUsage } from "../../lib/cloud/cost-model.ts";
import { knownPrices, pricesOf } from "../../lib/cloud/prices.ts";

const small = { seconds: 4, memoryMb: 2_048, stateBytes: 3_400, parts: 3, chunks: 2 };

test("memory of 2 GB for 4 seconds is 8 GB-seconds and one request", () => {
  const { lambdaGbSeconds, lambdaRequests } = segmentUsage(small);
  expect({ lambdaGbSeconds, lambdaRequests }).toEqual({ lambdaGbSeconds: 8, lambdaRequests: 1 });
});

test("a turn of the loop is two transitions", () => {
  expect(segmentUsage(small).stateTransitions).toBe(2);
});

// Checkpoint of 600 + 3,400 bytes: 4 units; segment of 900: 1; run of 3,000: 3. Twice in a transaction: 16. Removal: 4. Index: 2.
test("a commit is billed twice, a removal once", () => {
  expect(segmentUsage(small).dynamodbWriteUnits).toBe(16 + 4 + 2);
});

// Run of 3,000 bytes: 1 unit of 4 KiB, at first and after each of 4 seconds; manifest of 8,000: 2; checkpoint of 4,000: 1.
test("reads are counted in units of 4 KiB", () => {
  expect(segmentUsage(small).dynamodbReadUnits).toBe(5 + 2 + 1);
});

test("a small state lies in its item: only parts are put, only chunks are got", () => {
  const { s3Puts, s3Gets } = segmentUsage(small);
  expect({ s3Puts, s3Gets }).toEqual({ s3Puts: 3, s3Gets: 2 });
});

// Without its state the checkpoint is 600 bytes: commit 2 × (1 + 1 + 3), removal 1, index 2.
test("a state over 300 KB is put and got as an object, and its item stays small", () => {
  const { s3Puts, s3Gets, dynamodbWriteUnits } = segmentUsage({ ...small, stateBytes: 300_001 });
  expect({ s3Puts, s3Gets, dynamodbWriteUnits }).toEqual({ s3Puts: 4, s3Gets: 3, dynamodbWriteUnits: 10 + 1 + 2 });
});

// Run 3 + event 1 + status in its index 2, at the start and at the end: 12 writes. Reads: 2 × (1 + 2), and 10 × 900 bytes of segments: 3.
test("an attempt takes and completes the run, and reads every part back once", () => {
  expect(attemptUsage({ seconds: 1, memoryMb: 1_024, segments: 10, parts: 30 })).toEqual({
    lambdaRequests: 2,
    lambdaGbSeconds: 1,
    stateTransitions: 4,
    dynamodbWriteUnits: 12,
    dynamodbReadUnits: 9,
    s3Puts: 1,
    s3Gets: 32,
    apiRequests: 1,
  });
});

test("a sum takes each usage as often as its count says", () => {
  const put = { ...noUsage, s3Puts: 2, apiRequests: 1 };
  const get = { ...noUsage, s3Gets: 5 };
  expect(
    sumUsage([
      [put, 3],
      [get, 2],
    ]),
  ).toEqual({ ...noUsage, s3Puts: 6, apiRequests: 3, s3Gets: 10 });
});

// Lambda: 1,000,000 × 0.20/M + 60,000 × 0.0000166667 = 0.20 + 1.000002; transitions 2,000 × 0.025/1,000 = 0.05; DynamoDB 1.6M × 0.625/M + 8M × 0.125/M = 1 + 1;
// S3 1,000 × 0.005/1,000 + 10,000 × 0.0004/1,000 = 0.005 + 0.004; HTTP API 1,000,000 × 1/M = 1.
test("the bill is usage times list prices, service by service", () => {
  const bill = billOf(
    {
      lambdaRequests: 1e6,
      lambdaGbSeconds: 60_000,
      stateTransitions: 2_000,
      dynamodbWriteUnits: 1.6e6,
      dynamodbReadUnits: 8e6,
      s3Puts: 1_000,
      s3Gets: 10_000,
      apiRequests: 1e6,
    },
    pricesOf("us-east-1"),
    "x86_64",
  );
  expect(bill.lambda).toBeCloseTo(1.200002, 10);
  expect(bill.stepFunctions).toBeCloseTo(0.05, 10);
  expect(bill.dynamodb).toBeCloseTo(2, 10);
  expect(bill.s3).toBeCloseTo(0.009, 10);
  expect(bill.httpApi).toBeCloseTo(1, 10);
  expect(bill.total).toBeCloseTo(4.259002, 10);
});

test("arm64 is billed at its own price", () => {
  const usage = { ...noUsage, lambdaGbSeconds: 1_000_000 };
  expect(billOf(usage, pricesOf("us-east-1"), "arm64").total).toBeCloseTo(13.3334, 8);
});

test("a region without prices is refused with those that have them, and the near one", () => {
  expect(() => pricesOf("us-est-1")).toThrow(
    /^--region us-est-1: expected a region .*us-east-1, us-east-2, us-west-2.*did you mean us-/,
  );
});

test("a region without prices is no error where the answer may leave dollars out", () => {
  expect(knownPrices("mars-north-1")).toBeUndefined();
});
