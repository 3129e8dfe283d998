import { expect, test } from "vitest";
import { RandomGenerator, seedRandom } from "../../lib/engine/random.ts";
import { latinHypercube } from "../../lib/sweep/latin-hypercube.ts";
import { sobolSequence } from "../../lib/sweep/sobol.ts";
import { sweepPoints } from "../../lib/sweep/sweep-points.ts";
import type { MethodSpec, SpaceSpec } from "../../lib/sweep/sweep-spec.ts";

const averages: SpaceSpec = { fast: { from: 5, to: 50, step: 5 }, slow: { from: 10, to: 70, step: 10 } };
const thousand = { from: 1, to: 1000, step: 1 };
const billion: SpaceSpec = { a: thousand, b: thousand, c: thousand };

function points(space: SpaceSpec, method: MethodSpec, where: string[] = [], maxLanes = 100_000) {
  const found = sweepPoints({ space, method, where, maxLanes });
  return Array.from({ length: found.count }, (_, lane) => found.pointAt(lane));
}

const random = (n: number, seed = 1): MethodSpec => ({ kind: "random", n, seed });

test("a grid under a condition holds the points that meet it, in the space's order", () => {
  const found = points({ fast: [5, 10, 15], slow: [10, 20] }, { kind: "grid" }, ["fast < slow"]);
  expect(found).toEqual([
    { fast: 5, slow: 10 },
    { fast: 5, slow: 20 },
    { fast: 10, slow: 20 },
    { fast: 15, slow: 20 },
  ]);
});

test("a grid of 10^9 points gives a random sample without being listed", () => {
  const found = points(billion, random(1000));
  expect(new Set(found.map((point) => JSON.stringify(point))).size).toBe(1000);
});

test("a sample is the same for the same seed and another for another", () => {
  expect(points(billion, random(50, 7))).toEqual(points(billion, random(50, 7)));
  expect(points(billion, random(50, 7))).not.toEqual(points(billion, random(50, 8)));
});

test("a larger random sample holds the smaller", () => {
  const larger = points(billion, random(200)).map((point) => JSON.stringify(point));
  expect(points(billion, random(100)).filter((point) => !larger.includes(JSON.stringify(point)))).toEqual([]);
});

test("a sample of the whole space is the whole space", () => {
  expect(points(averages, random(70))).toEqual(points(averages, { kind: "grid" }));
});

test("a sample larger than what meets the conditions is all that does", () => {
  const where = ["fast < slow"];
  expect(points(averages, random(70), where)).toEqual(points(averages, { kind: "grid" }, where));
});

test.each<MethodSpec>([random(20), { kind: "sobol", n: 20, seed: 3 }, { kind: "latin-hypercube", n: 20, seed: 3 }])(
  "$kind draws different points that meet the conditions, in the space's order",
  (method) => {
    const found = points(averages, method, ["fast < slow"]);
    const grid = points(averages, { kind: "grid" }).map((point) => JSON.stringify(point));
    const places = found.map((point) => grid.indexOf(JSON.stringify(point)));
    expect(found.every(({ fast, slow }) => Number(fast) < Number(slow))).toBe(true);
    expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
    expect(found).toHaveLength(20);
  },
);

test("every value of an axis appears equally often in a Sobol sample of a power of two", () => {
  const found = points(
    { a: { from: 1, to: 16, step: 1 }, b: { from: 1, to: 16, step: 1 } },
    { kind: "sobol", n: 64, seed: 5 },
  );
  const counts = new Map<unknown, number>();
  for (const { a } of found) counts.set(a, (counts.get(a) ?? 0) + 1);
  expect([...counts.values()]).toEqual(Array(16).fill(4));
});

test("a list keeps its order, drops repeats and obeys the conditions", () => {
  const method: MethodSpec = {
    kind: "list",
    points: [
      { fast: 9, slow: 30 },
      { fast: 5, slow: 20 },
      { slow: 30, fast: 9 },
      { fast: 40, slow: 20 },
    ],
  };
  expect(points({}, method, ["fast < slow"])).toEqual([
    { fast: 9, slow: 30 },
    { fast: 5, slow: 20 },
  ]);
});

test("10^12 lanes are refused with the limit and a way on", () => {
  expect(() => points({ ...billion, d: thousand }, { kind: "grid" })).toThrow(
    "space: expected at most 100000 lanes (maxLanes), found 1000000000000. Draw a sample",
  );
});

test("10^12 points under a condition are refused without being looked at", () => {
  expect(() => points({ ...billion, d: thousand }, { kind: "grid" }, ["a < b"])).toThrow("found 1000000000000");
});

test("a condition that nothing meets is refused with its text", () => {
  expect(() => points(averages, { kind: "grid" }, ["fast > 100"])).toThrow(
    'where: no point of the space meets "fast > 100".',
  );
});

test("a sample that is not found within the bound is refused with the count", () => {
  expect(() => points(billion, random(10), ["a == 1 and b == 2 and c == 3"])).toThrow(
    /^method\.n: expected 10 different points of 1000000000 and a == 1 .* in 110000 attempts \(random\)/,
  );
});

test("the Sobol sequence begins as Joe and Kuo's directions give it", () => {
  const sequence = sobolSequence(5);
  expect(Array.from({ length: 9 }, () => sequence.next())).toEqual([
    [0, 0, 0, 0, 0],
    [0.5, 0.5, 0.5, 0.5, 0.5],
    [0.75, 0.25, 0.25, 0.25, 0.75],
    [0.25, 0.75, 0.75, 0.75, 0.25],
    [0.375, 0.375, 0.625, 0.875, 0.375],
    [0.875, 0.875, 0.125, 0.375, 0.875],
    [0.625, 0.125, 0.875, 0.625, 0.625],
    [0.125, 0.625, 0.375, 0.125, 0.125],
    [0.1875, 0.3125, 0.9375, 0.4375, 0.5625],
  ]);
});

test("the 1,000th point of the last three dimensions is SciPy's", () => {
  const sequence = sobolSequence(32);
  let point: number[] = [];
  for (let i = 0; i < 1000; i++) point = sequence.next();
  expect(point.slice(29)).toEqual([0.7783203125, 0.9599609375, 0.0830078125]);
});

test("a Latin hypercube has one point in every slice of every dimension", () => {
  const design = latinHypercube(3, 8, new RandomGenerator(seedRandom(1, "test")));
  const rows = Array.from({ length: 8 }, () => design.next().map((u) => Math.floor(u * 8)));
  for (const d of [0, 1, 2]) expect(rows.map((row) => row[d]).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test("an optimiser without a point that meets the conditions is refused before it runs", () => {
  const spec = { space: { fast: [1, 2], slow: [3, 4] }, where: ["fast > slow"], maxLanes: 100 };
  const method = { kind: "tpe" as const, n: 10, seed: 1, round: 5, startup: 5 };
  expect(() => sweepPoints({ ...spec, method })).toThrow('where: no point of the space meets "fast > slow".');
});
