import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSpec } from "../../lib/run/parse-spec.ts";
import { estimateWork, itemSpec, lanesPerRun, planItems } from "../../lib/sweep/plan-items.ts";
import { joinScores, stitchTracks, type WindowTrack } from "../../lib/sweep/stitch.ts";
import { sweepResultDigest, TableDigest, type TableRow } from "../../lib/sweep/sweep-digest.ts";
import { sweepOverheadSeconds } from "../../lib/sweep/sweep-overhead.ts";
import { metricsOf } from "./metrics-of.ts";

const windows = [
  { index: 0, inSample: [{ startBar: 0, endBar: 500 }], outOfSample: [{ startBar: 500, endBar: 625 }] },
  { index: 1, inSample: [{ startBar: 125, endBar: 625 }], outOfSample: [{ startBar: 625, endBar: 750 }] },
];

test("lanes over the same bars are packed into items of the target time", () => {
  const items = planItems(windows, 5, 100, { laneBarsPerSecond: 1000, targetSeconds: 1.2, mostLanes: 10 });
  expect(
    items.map(({ window, startLane, endLane, startBar, endBar, warmupBars }) => [
      window,
      startLane,
      endLane,
      startBar,
      endBar,
      warmupBars,
    ]),
  ).toEqual([
    [0, 0, 2, 0, 500, 0],
    [0, 2, 4, 0, 500, 0],
    [0, 4, 5, 0, 500, 0],
    [1, 0, 2, 25, 625, 100],
    [1, 2, 4, 25, 625, 100],
    [1, 4, 5, 25, 625, 100],
  ]);
});

test("every lane of every window is in one item", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 100_000 }), (lanes, laneBarsPerSecond) => {
      const items = planItems(windows, lanes, 0, { laneBarsPerSecond, targetSeconds: 1, mostLanes: 64 });
      for (const window of [0, 1]) {
        const covered = items
          .filter((item) => item.window === window)
          .flatMap(({ startLane, endLane }) => [...Array(endLane - startLane).keys()].map((i) => startLane + i));
        expect(covered).toEqual([...Array(lanes).keys()]);
      }
    }),
  );
});

test("the estimate is all work over the workers, but not less than the longest item", () => {
  const items = planItems(windows, 4, 0, { laneBarsPerSecond: 1000, targetSeconds: 2, mostLanes: 10 });
  expect(estimateWork(items, 1000, 4)).toEqual({ items: 2, laneBars: 4000, workerSeconds: 4, seconds: 2 });
});

test("what comes on top of the bars grows with runs and rows, and chained winners wait for one another", () => {
  const parts = { items: 40, winners: 20, rows: 1_000, workers: 2 };
  expect(sweepOverheadSeconds({ ...parts, winnersWait: false })).toBeCloseTo(1 + 0.3 + 0.3 + 0.5, 9);
  expect(sweepOverheadSeconds({ ...parts, winnersWait: true })).toBeCloseTo(1 + 0.3 + 0.6 + 0.5, 9);
});

test("runs are cut so that there are as many as wanted, but not into crumbs", () => {
  const sizing = { laneBarsPerSecond: 1_000_000, targetSeconds: 2, mostLanes: 500, leastItems: 8 };
  // 100 lanes over 10,000 bars: 8 runs of 13 at most; over 1,000 bars 50 lanes are 0.05 seconds.
  expect(lanesPerRun(10_000, 100, 1, sizing)).toBe(13);
  expect(lanesPerRun(1_000, 100, 1, sizing)).toBe(50);
  // Ten windows have ten runs already.
  expect(lanesPerRun(10_000, 100, 10, sizing)).toBe(100);
});

test("an item's spec is the base with its lanes, bars, warm-up and facts", () => {
  const base = parseSpec(
    { name: "b", data: { snapshot: "s" }, strategy: { name: "sma-cross", params: { side: "both" } } },
    "base",
  );
  const spec = itemSpec(base, {
    points: [{ fast: 5 }, { fast: 10 }],
    firstTimeMs: Date.parse("2020-01-01"),
    lastTimeMs: Date.parse("2020-02-01T10:30:00Z"),
    warmupBars: 100,
    facts: "summary",
  });
  expect(spec.strategy).toEqual({ name: "sma-cross", params: { side: "both" }, lanes: [{ fast: 5 }, { fast: 10 }] });
  expect(spec.data).toEqual({
    snapshot: "s",
    from: "2020-01-01T00:00:00.000Z",
    to: "2020-02-01T10:30:00.000Z",
    warmupBars: 100,
  });
  expect([spec.record.facts, spec.name, spec.account.cash]).toEqual(["summary", undefined, 100_000]);
});

test("an item's spec is a valid spec", () => {
  const base = parseSpec({ data: { snapshot: "s" }, strategy: { name: "sma-cross" } }, "base");
  const spec = itemSpec(base, {
    points: [{ fast: 5 }],
    firstTimeMs: 0,
    lastTimeMs: 60_000,
    warmupBars: 0,
    facts: "full",
    cash: 5,
  });
  expect(parseSpec(JSON.parse(JSON.stringify(spec)), "item")).toEqual(spec);
});

/** A track of a window that begins flat and whose last close fills nothing. */
function track<Trade>(own: Omit<WindowTrack<Trade>, "lastMark" | "inherits">): WindowTrack<Trade> {
  return { ...own, lastMark: own.equity[own.equity.length - 1] ?? own.cash, inherits: false };
}

test("chained tracks are joined as they are", () => {
  const stitched = stitchTracks(
    [
      track({ window: 0, startBar: 500, cash: 100, equity: [101, 110], trades: [{ id: 1 }] }),
      track({ window: 1, startBar: 502, cash: 110, equity: [108, 120], trades: [{ id: 1 }] }),
    ],
    "chained",
  );
  expect(stitched.points.map(({ bar, equity }) => [bar, equity])).toEqual([
    [500, 101],
    [501, 110],
    [502, 108],
    [503, 120],
  ]);
  expect(stitched.trades).toEqual([
    { id: 1, window: 0 },
    { id: 1, window: 1 },
  ]);
});

test("a chained window with other cash is refused", () => {
  const tracks = [
    track({ window: 0, startBar: 0, cash: 100, equity: [110], trades: [] }),
    track({ window: 1, startBar: 1, cash: 100, equity: [90], trades: [] }),
  ];
  expect(() => stitchTracks(tracks, "chained")).toThrow(
    "Window 1 began with 100, expected 110, which the one before it ended with.",
  );
});

test("gains of windows with reset capital are added up", () => {
  const tracks = [
    track({ window: 0, startBar: 0, cash: 100, equity: [110], trades: [] }),
    track({ window: 1, startBar: 1, cash: 100, equity: [95, 90], trades: [] }),
  ];
  expect(stitchTracks(tracks, "reset").points.map(({ equity }) => equity)).toEqual([110, 105, 100]);
});

test("a window that goes on with an account shows what the last close before it filled", () => {
  const tracks = [
    { ...track({ window: 0, startBar: 0, cash: 100, equity: [105, 108], trades: [] }), lastMark: 110 },
    { ...track({ window: 1, startBar: 2, cash: 108, equity: [107, 120], trades: [] }), lastMark: 121, inherits: true },
  ];
  expect(stitchTracks(tracks, "chained").points.map(({ equity }) => equity)).toEqual([105, 110, 107, 120]);
});

test("scores of items join in the order of the space, whatever order they come in", () => {
  const score = (lane: number) => ({ lane, metrics: metricsOf({ sharpe: lane }) });
  expect(joinScores([[score(2)], [score(0), score(1)]], 3).map(({ lane }) => lane)).toEqual([0, 1, 2]);
  expect(() => joinScores([[score(0)]], 2)).toThrow("Lane 1 of 2 is missing.");
  expect(() => joinScores([[score(0)], [score(0)]], 2)).toThrow("Lane 0 of 2 came twice");
});

function digest(rows: readonly TableRow[]): string {
  const table = new TableDigest();
  for (const row of rows) table.add(row);
  return table.finish();
}

const rows: TableRow[] = [
  { window: 0, range: 0, lane: 0, params: { fast: 5, slow: 10 }, metrics: { sharpe: 1 } },
  { window: 0, range: 0, lane: 1, params: { fast: 10, slow: 10 }, failure: "fast: expected fast below slow" },
];

test("the digest of a table does not depend on the order of keys, and sees every number", () => {
  const [first, second] = rows as [TableRow, TableRow];
  expect(digest([{ ...first, params: { slow: 10, fast: 5 } }, second])).toBe(digest(rows));
  expect(
    digest([{ window: 0, range: 0, lane: 0, params: first.params, metrics: { sharpe: 1.0000000000000002 } }, second]),
  ).not.toBe(digest(rows));
});

test("rows out of order are refused", () => {
  expect(() => digest([...rows].reverse())).toThrow(
    "Row 0, 0, 0 (window, range, lane) of a sweep's table came after 0, 0, 1.",
  );
});

test("a sweep's digest sees its table, its winners, their runs out of sample and the thresholds of regimes", () => {
  const regimes = { lookback: 63, bull: 0.1, bear: -0.1, volatility: 0.25 };
  const answer = { table: "a", windows: [{ winners: [3], outOfSample: ["b"] }], regimes };
  const others = [
    { ...answer, table: "c" },
    { ...answer, windows: [{ winners: [4], outOfSample: ["b"] }] },
    { ...answer, windows: [{ winners: [3], outOfSample: ["d"] }] },
    { ...answer, regimes: { ...regimes, lookback: 62 } },
  ];
  expect(new Set([answer, { ...answer }, ...others].map((each) => sweepResultDigest(each))).size).toBe(5);
});
