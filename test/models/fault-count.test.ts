import { expect, test } from "vitest";
import { type Fault, listFault, requireFewFaults } from "../../lib/models/fault-count.ts";

test("a thousand faults keep the first twenty", () => {
  const faults = Array.from({ length: 1000 }, (_, bar): Fault => ({ bar, message: "NaN" }));
  const first = faults.reduce<readonly Fault[]>(listFault, []);
  expect([first.length, first[0]?.bar, first[19]?.bar]).toEqual([20, 0, 19]);
});

test("a share of faults as great as allowed passes", () => {
  expect(() => requireFewFaults({ asked: 200, faults: 2, first: [] }, 0.01)).not.toThrow();
  // 0.29 × 100 is less than 29 in floating point.
  expect(() => requireFewFaults({ asked: 100, faults: 29, first: [] }, 0.29)).not.toThrow();
});

test("a greater share fails, with the first fault's bar and reason", () => {
  const count = { asked: 200, faults: 3, first: [{ bar: 7, message: "NaN" }] };
  expect(() => requireFewFaults(count, 0.01)).toThrow(/3 of 200 bars; at most 1 % .*bar 7: NaN/);
  expect(() => requireFewFaults({ asked: 100, faults: 8, first: [] }, 0.07)).toThrow(/at most 7 %/);
});

test("a first fault alone says nothing about a share", () => {
  expect(() => requireFewFaults({ asked: 99, faults: 99, first: [] }, 0)).not.toThrow();
});

test("of a hundred inferences a share counts, with its first failure", () => {
  expect(() => requireFewFaults({ asked: 100, faults: 1, first: [] }, 0)).toThrow(/1 of 100 bars; at most 0 %/);
});
