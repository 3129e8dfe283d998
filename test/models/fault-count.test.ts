import { expect, test } from "vitest";
import { countInference, type FaultCount, noFaults, requireFewFaults } from "../../lib/models/fault-count.ts";

function after(outcomes: readonly (string | undefined)[]): FaultCount {
  return outcomes.reduce((count: FaultCount, outcome, bar) => countInference(count, bar, outcome), noFaults);
}

test("faults are counted with the bar and the reason of the first", () => {
  expect(after([undefined, "NaN", undefined])).toEqual({ asked: 3, faults: 1, first: [{ bar: 1, message: "NaN" }] });
});

test("a thousand faults keep the first twenty", () => {
  const count = after(new Array<string>(1000).fill("NaN"));
  expect([count.faults, count.first.length, count.first[19]?.bar]).toEqual([1000, 20, 19]);
});

test("a share of faults as great as allowed passes", () => {
  expect(() => requireFewFaults({ asked: 200, faults: 2, first: [] }, 0.01)).not.toThrow();
});

test("a greater share fails, with the first fault's bar and reason", () => {
  const count = { asked: 200, faults: 3, first: [{ bar: 7, message: "NaN" }] };
  expect(() => requireFewFaults(count, 0.01)).toThrow(/3 of 200 bars; at most 1 %.*bar 7: NaN/);
});

test("a first fault alone says nothing about a share", () => {
  expect(() => requireFewFaults({ asked: 99, faults: 99, first: [] }, 0)).not.toThrow();
});
