import fc from "fast-check";
import { expect, test } from "vitest";
import { randomOrders } from "../random-orders.ts";
import { type Folded, fold, laneCases, laneProgram, walk, walks } from "./law-cases.ts";

const barTotal = 200;

test("law 6: a lane in company gives what it gives alone: facts, state, metrics and random numbers", () => {
  const property = fc.property(fc.array(laneCases, { minLength: 2, maxLength: 6 }), walks(barTotal), (cases, steps) => {
    const bars = walk(steps);
    const together = fold(cases.map(laneProgram), bars);
    cases.forEach((laneCase, i) => {
      expect([together[i]]).toEqual(fold([laneProgram(laneCase)], bars));
    });
  });
  fc.assert(property, { numRuns: 80 });
});

test("law 6: the order of the lanes changes none of them", () => {
  const property = fc.property(fc.array(laneCases, { minLength: 2, maxLength: 6 }), walks(barTotal), (cases, steps) => {
    const bars = walk(steps);
    const backwards = fold(cases.toReversed().map(laneProgram), bars);
    expect(backwards.toReversed()).toEqual(fold(cases.map(laneProgram), bars));
  });
  fc.assert(property, { numRuns: 50 });
});

test("law 6: lanes with equal seeds and other parameters draw other numbers, with equal ones the same", () => {
  const lane = (activity: number) => {
    return laneProgram({
      strategy: { strategy: randomOrders, params: { activity, length: 5 } },
      settings: { seed: 7 },
    });
  };
  const [first, again, other] = fold([lane(0.5), lane(0.5), lane(0.4)], walk(new Array(60).fill(0.01)));
  expect(again).toEqual(first);
  expect(randomState(other)).not.toEqual(randomState(first));
});

function randomState(folded: Folded | undefined): unknown {
  return (folded?.state as { readonly random: unknown } | undefined)?.random;
}
