import fc from "fast-check";
import { expect, test } from "vitest";
import { parseConditions } from "../../lib/sweep/conditions.ts";
import {
  ask,
  decodeOptimiserState,
  newOptimiser,
  type OptimiserSettings,
  type OptimiserState,
  tell,
} from "../../lib/sweep/optimiser.ts";
import { parameterSpace } from "../../lib/sweep/parameter-space.ts";

const space = parameterSpace({
  x: { from: 0, to: 99, step: 1 },
  y: { from: -5, to: 5, step: 0.1 },
  kind: ["a", "b", "c"],
});
const settings: OptimiserSettings = {
  space,
  where: [],
  direction: "maximise",
  seed: 1,
  window: 0,
  round: 10,
  startup: 20,
};

/** A hill with its top at x 70, y 2, kind "b". */
function hill(index: number): number {
  const { x, y, kind } = space.pointAt(index);
  return -((Number(x) - 70) ** 2) / 100 - (Number(y) - 2) ** 2 - (kind === "b" ? 0 : 5);
}

/** Asks and tells until so many trials are told; `cut` says how many to ask for at a time, and the state passes through JSON each time. */
function optimise(
  trials: number,
  given: OptimiserSettings,
  start: OptimiserState = newOptimiser,
  cut = given.round,
): OptimiserState {
  let state = start;
  while (state.told.length < trials) {
    state = ask(given, state, Math.min(cut, trials - state.told.length));
    const open = state.asked.slice(state.told.length);
    if (open.length === 0) return state;
    state = decodeOptimiserState(JSON.parse(JSON.stringify(tell(state, open.map(hill)))));
  }
  return state;
}

test("100 trials and 100 more equal 200 at once", () => {
  expect(optimise(200, settings, optimise(100, settings))).toEqual(optimise(200, settings));
});

test("wherever the rounds are cut, the trials are the same", () => {
  const whole = optimise(60, settings);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 59 }), fc.integer({ min: 1, max: 10 }), (trials, cut) => {
      expect(optimise(60, settings, optimise(trials, settings, newOptimiser, cut))).toEqual(whole);
    }),
    { numRuns: 8 },
  );
});

test("it finds the hill better than as many random trials", () => {
  const gains = [1, 2, 3].map((seed) => {
    const modelled = Math.max(...optimise(100, { ...settings, seed }).told.map(Number));
    const random = Math.max(...optimise(100, { ...settings, seed, startup: 100 }).told.map(Number));
    return modelled - random;
  });
  expect(gains.reduce((sum, gain) => sum + gain, 0)).toBeGreaterThan(0);
});

test("minimising finds the valley", () => {
  let state: OptimiserState = newOptimiser;
  while (state.told.length < 100) {
    state = ask({ ...settings, direction: "minimise" }, state, 10);
    state = tell(
      state,
      state.asked.slice(state.told.length).map((index) => -hill(index)),
    );
  }
  expect(Math.min(...state.told.map(Number))).toBeLessThan(1);
});

test("no point is asked for twice, and all meet the conditions", () => {
  const where = parseConditions("where", ["x < 20"], ["x", "y", "kind"]);
  const { asked } = optimise(80, { ...settings, where });
  expect(new Set(asked).size).toBe(80);
  expect(asked.every((index) => Number(space.pointAt(index).x) < 20)).toBe(true);
});

test("a small space is exhausted and no more is asked", () => {
  const small = parameterSpace({ x: [1, 2, 3], kind: ["a", "b"] });
  let state: OptimiserState = newOptimiser;
  for (let i = 0; i < 5; i++) {
    state = ask({ ...settings, space: small, round: 4, startup: 2 }, state, 4);
    state = tell(state, state.asked.slice(state.told.length));
  }
  expect([...state.asked].sort()).toEqual([0, 1, 2, 3, 4, 5]);
});

test("a round that is not told holds up the next", () => {
  const asked = ask(settings, newOptimiser, 25);
  expect(asked.asked).toHaveLength(10);
});

test("failed trials count as worst and do not stop it", () => {
  let state: OptimiserState = newOptimiser;
  for (let i = 0; i < 5; i++) {
    state = ask(settings, state, 10);
    state = tell(
      state,
      state.asked.slice(state.told.length).map(() => null),
    );
  }
  expect(state.asked).toHaveLength(50);
});

test("more values than trials are refused", () => {
  expect(() => tell(newOptimiser, [1])).toThrow("An optimiser asked for 0 trials, found 1 values.");
});
