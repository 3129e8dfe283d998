import { expect, test } from "vitest";
import { normalProbability } from "../../lib/sweep/normal-distribution.ts";
import { parameterSpace } from "../../lib/sweep/parameter-space.ts";
import { parzenEstimator } from "../../lib/sweep/parzen-estimator.ts";

function axisOf(values: readonly (number | string)[]) {
  const [axis] = parameterSpace({ x: [...values] }).axes;
  if (axis === undefined) throw new Error("There is an axis.");
  return axis;
}

test("texts have the posterior of the paper: N p + C, with p = 1 / N", () => {
  // Three values, seen 2, 0 and 1 times: 3/6, 1/6, 2/6.
  const { probability } = parzenEstimator(axisOf(["a", "b", "c"]), [0, 0, 2]);
  expect([0, 1, 2].map(probability)).toEqual([3 / 6, 1 / 6, 2 / 6]);
});

test("numbers have a normal at each observation, as wide as the gap to the further neighbour, and one for the prior", () => {
  // 101 values, observed at 10 and 60; the prior's centre is 50, its width the whole axis. The axis ends at -0.5 and 100.5.
  // Gaps: of 10 to its neighbours -0.5 and 50: 40; of 60 to 50 and 100.5: 40.5. At least 101 / min(100, 1 + 3): 25.25.
  const axis = axisOf(Array.from({ length: 101 }, (_, i) => i));
  const { probability } = parzenEstimator(axis, [10, 60]);
  const mass = (from: number, to: number, centre: number, width: number) =>
    normalProbability((to - centre) / width) - normalProbability((from - centre) / width);
  for (const digit of [0, 10, 37, 60, 100]) {
    const kernels = [
      [10, 40],
      [50, 101],
      [60, 40.5],
    ] as const;
    const expected = kernels.map(
      ([centre, width]) => mass(digit - 0.5, digit + 0.5, centre, width) / mass(-0.5, 100.5, centre, width),
    );
    expect(probability(digit)).toBeCloseTo(expected.reduce((sum, value) => sum + value, 0) / 3, 14);
  }
});

test("the probabilities of all values are one together", () => {
  const axis = axisOf([1, 2, 3, 5, 8, 13, 21]);
  const { probability } = parzenEstimator(axis, [0, 0, 6, 3]);
  const total = Array.from({ length: 7 }, (_, digit) => probability(digit)).reduce((sum, value) => sum + value, 0);
  expect(total).toBeCloseTo(1, 13);
});
