import fc from "fast-check";
import { expect, test } from "vitest";
import type { Retrier } from "./definition.ts";
import { catcherFor, retrierFor, retryDelaySeconds } from "./retry.ts";

const retrier: Retrier = {
  errorEquals: ["Broken"],
  intervalSeconds: 2,
  backoffRate: 3,
  maxAttempts: 2,
  maxDelaySeconds: 10,
  jitter: "NONE",
};

test("delays grow by the backoff rate up to the maximum delay", () => {
  expect([0, 1, 2, 3].map((used) => retryDelaySeconds(retrier, used, 0.5))).toEqual([2, 6, 10, 10]);
});

test("full jitter stays between zero and the delay without jitter", () => {
  fc.assert(
    fc.property(fc.nat(20), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (used, random) => {
      const plain = retryDelaySeconds(retrier, used, random);
      const jittered = retryDelaySeconds({ ...retrier, jitter: "FULL" }, used, random);
      expect(jittered).toBeGreaterThanOrEqual(0);
      expect(jittered).toBeLessThanOrEqual(plain);
    }),
  );
});

test("a retrier that is used up is not followed by a later one", () => {
  const all: Retrier = { ...retrier, errorEquals: ["States.ALL"] };
  expect(retrierFor("Broken", [retrier, all], new Map([[retrier, 2]]))).toBeUndefined();
  expect(retrierFor("Other", [retrier, all], new Map([[retrier, 2]]))).toBe(all);
});

test("States.ALL does not match the terminal errors, and States.TaskFailed no timeout", () => {
  const all = { errorEquals: ["States.ALL"], next: "All" };
  const failed = { errorEquals: ["States.TaskFailed"], next: "Failed" };
  const found = ["Mine", "States.Timeout", "States.Runtime", "States.DataLimitExceeded"].map((error) => [
    catcherFor(error, [all])?.next,
    catcherFor(error, [failed])?.next,
  ]);
  expect(found).toEqual([
    ["All", "Failed"],
    ["All", undefined],
    [undefined, undefined],
    [undefined, undefined],
  ]);
});
