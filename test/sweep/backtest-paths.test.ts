import { expect, test } from "vitest";
import { pathEquity } from "../../lib/sweep/backtest-paths.ts";
import { combinationCount } from "../../lib/sweep/combinations.ts";
import { medianOf } from "../../lib/sweep/median.ts";
import { parseSweepSpec } from "../../lib/sweep/parse-sweep-spec.ts";
import { planWindows } from "../../lib/sweep/windows.ts";

const dayMs = 86_400_000;

function planOf(windows: object, bars: number) {
  const base = { data: { snapshot: "x" }, strategy: { name: "sma-cross" } };
  const spec = parseSweepSpec({ base, space: { fast: [5] }, windows }, "The spec");
  return planWindows(spec.windows, {
    startBar: 0,
    openTimeMs: Float64Array.from({ length: bars }, (_, i) => i * dayMs),
  });
}

test("six groups of which two are judged make 15 windows and 5 paths", () => {
  // López de Prado, 2018, chapter 12: N = 6, k = 2: C(6, 2) = 15 splits, φ[6, 2] = 5 paths.
  const { windows, paths } = planOf({ kind: "cpcv", groups: 6, testGroups: 2 }, 60);
  expect([windows.length, paths?.length]).toEqual([15, 5]);
});

test("the second of them is the one that the book's figure 12.1 spells out", () => {
  // "Path 2 is the result of combining forecasts from (G1,S2), (G2,S6), (G3,S6), (G4,S7), (G5,S8) and (G6,S9)": splits counted from 1.
  const { paths } = planOf({ kind: "cpcv", groups: 6, testGroups: 2 }, 60);
  expect(paths?.[1]?.map((window) => window + 1)).toEqual([2, 6, 6, 7, 8, 9]);
});

test.each([
  [6, 1],
  [6, 2],
  [8, 3],
  [10, 5],
])("%d groups, %d judged: k/N C(N, k) paths, and every group of every window in exactly one", (groups, testGroups) => {
  const { windows, paths = [] } = planOf({ kind: "cpcv", groups, testGroups }, 10 * groups);
  expect(paths).toHaveLength((combinationCount(groups, testGroups) * testGroups) / groups);
  const used = paths.flatMap((path) => path.map((window, group) => `${window} ${group}`));
  expect(new Set(used).size).toBe(windows.length * testGroups);
});

test("k-fold is one path over all bars", () => {
  const { groups, paths } = planOf({ kind: "k-fold", folds: 3 }, 30);
  expect([groups?.map(({ startBar, endBar }) => [startBar, endBar]), paths]).toEqual([
    [
      [0, 10],
      [10, 20],
      [20, 30],
    ],
    [[0, 1, 2]],
  ]);
});

// Three groups of two bars. Window 7 is judged on the first and second, window 8 on the third.
const groups = [
  { startBar: 0, endBar: 2 },
  { startBar: 2, endBar: 4 },
  { startBar: 4, endBar: 6 },
];
const track = (window: number, startBar: number, equity: readonly number[]) => ({
  window,
  startBar,
  cash: 100,
  equity,
  trades: [],
});

test("a path compounds the returns of each group's own window", () => {
  const tracks = new Map([
    [7, [track(7, 0, [100, 110, 121, 121])]],
    [8, [track(8, 4, [100, 50])]],
    [9, [track(9, 2, [100, 200])]],
  ]);
  // +10 % in group 0, +10 % in group 1, -50 % in group 2.
  const along = pathEquity([7, 7, 8], groups, tracks, 1_000);
  expect([...along.equity]).toEqual([1_000, 1_100, 1_210, 1_210, 1_210, 605].map((value) => expect.closeTo(value, 9)));
  // The second group of window 9 instead: twice as much.
  const other = pathEquity([7, 9, 8], groups, tracks, 1_000);
  expect([...other.equity].slice(2)).toEqual([1_100, 2_200, 2_200, 1_100].map((value) => expect.closeTo(value, 9)));
});

test("a group without a choice is held in cash and counted", () => {
  const tracks = new Map([[7, [track(7, 0, [100, 110])]]]);
  const { equity, missing } = pathEquity([7, 8, 8], groups, tracks, 1_000);
  expect(missing).toBe(2);
  expect([...equity].slice(2)).toEqual([1_100, 1_100, 1_100, 1_100].map((value) => expect.closeTo(value, 9)));
});

test("the median is the middle, or the mean of the two in the middle", () => {
  expect([medianOf([3, 1, 2]), medianOf([4, 1, 3, 2]), medianOf([])]).toEqual([2, 2.5, null]);
});
