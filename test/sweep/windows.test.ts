import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSweepSpec } from "../../lib/sweep/parse-sweep-spec.ts";
import type { WindowsSpec } from "../../lib/sweep/sweep-spec.ts";
import { type BarRange, planWindows, type SweepWindow, warmupBefore } from "../../lib/sweep/windows.ts";

const dayMs = 86_400_000;

function specOf(windows: object): WindowsSpec {
  const base = { data: { snapshot: "s" }, strategy: { name: "sma-cross" } };
  return parseSweepSpec({ base, space: { fast: [1] }, windows }, "sweep.yaml").windows;
}

/** Daily bars from a date on; `weekdays` leaves out Saturdays and Sundays. */
function days(from: string, count: number, weekdays = false): Float64Array {
  const times: number[] = [];
  for (let timeMs = Date.parse(from); times.length < count; timeMs += dayMs) {
    if (!weekdays || ![0, 6].includes(new Date(timeMs).getUTCDay())) times.push(timeMs);
  }
  return Float64Array.from(times);
}

function cut(windows: object, openTimeMs = days("2020-01-01", 1000), startBar = 0): readonly SweepWindow[] {
  return planWindows(specOf(windows), { startBar, openTimeMs }).windows;
}

const pair = ({ startBar, endBar }: BarRange) => [startBar, endBar];
const ranges = (windows: readonly SweepWindow[]) =>
  windows.map(({ inSample, outOfSample }) => [...inSample.map(pair), ...outOfSample.map(pair)]);

const rolling = { kind: "rolling", inSample: "500 bars", outOfSample: "125 bars" };

test("rolling windows of 500 and 125 bars", () => {
  expect(ranges(cut(rolling))).toEqual([
    [
      [0, 500],
      [500, 625],
    ],
    [
      [125, 625],
      [625, 750],
    ],
    [
      [250, 750],
      [750, 875],
    ],
    [
      [375, 875],
      [875, 1000],
    ],
  ]);
});

test("anchored windows begin at the first bar", () => {
  expect(ranges(cut({ ...rolling, kind: "anchored" })).map(([inSample]) => inSample)).toEqual([
    [0, 500],
    [0, 625],
    [0, 750],
    [0, 875],
  ]);
});

test("bars are numbered as in the snapshot", () => {
  expect(ranges(cut(rolling, days("2020-01-01", 625), 70))).toEqual([
    [
      [70, 570],
      [570, 695],
    ],
  ]);
});

test("a window that is not full is dropped", () => {
  expect(cut(rolling, days("2020-01-01", 999))).toHaveLength(3);
});

test("a window that is not full is kept when asked for", () => {
  expect(ranges(cut({ ...rolling, partial: true }, days("2020-01-01", 760))).at(-1)).toEqual([
    [250, 750],
    [750, 760],
  ]);
});

test("the embargo lies between in-sample and out-of-sample", () => {
  expect(ranges(cut({ ...rolling, embargo: 10 }))[0]).toEqual([
    [0, 500],
    [510, 635],
  ]);
});

test("months are the calendar's", () => {
  const windows = cut({ kind: "rolling", inSample: "2 months", outOfSample: "1 month" }, days("2020-01-01", 152));
  expect(ranges(windows)).toEqual([
    [
      [0, 60],
      [60, 91],
    ],
    [
      [31, 91],
      [91, 121],
    ],
    [
      [60, 121],
      [121, 152],
    ],
  ]);
});

test("months from the 31st end at the end of short months, and out-of-sample ranges stay joined", () => {
  const windows = cut({ kind: "rolling", inSample: "1 month", outOfSample: "1 month" }, days("2021-01-31", 181));
  const firstDays = windows.map(({ outOfSample: [range] }) =>
    new Date(Date.parse("2021-01-31") + (range?.startBar ?? 0) * dayMs).toISOString().slice(5, 10),
  );
  expect(firstDays).toEqual(["02-28", "03-31", "04-30", "05-31", "06-30"]);
});

test("trading days are days with bars", () => {
  const windows = cut(
    { kind: "rolling", inSample: "10 trading days", outOfSample: "5 trading days" },
    days("2020-01-06", 20, true),
  );
  expect(ranges(windows)).toEqual([
    [
      [0, 10],
      [10, 15],
    ],
    [
      [5, 15],
      [15, 20],
    ],
  ]);
});

test("days count weekends", () => {
  const windows = cut({ kind: "rolling", inSample: "14 days", outOfSample: "7 days" }, days("2020-01-06", 16, true));
  expect(ranges(windows)).toEqual([
    [
      [0, 10],
      [10, 15],
    ],
  ]);
});

test("trading days of intraday bars are whole days", () => {
  const hourly = Float64Array.from({ length: 240 }, (_, i) => Date.parse("2020-01-01") + i * 3_600_000);
  const windows = cut(
    { kind: "rolling", inSample: "3 trading days", outOfSample: "48 bars", step: "5 trading days" },
    hourly,
  );
  expect(ranges(windows)).toEqual([
    [
      [0, 72],
      [72, 120],
    ],
    [
      [120, 192],
      [192, 240],
    ],
  ]);
});

test("a window without bars is passed over", () => {
  const gap = Float64Array.from([...days("2020-01-01", 20), ...days("2020-06-01", 20)]);
  expect(
    ranges(cut({ kind: "rolling", inSample: "10 days", outOfSample: "10 days" }, gap)).map(([, oos]) => oos),
  ).toEqual([
    [10, 20],
    [28, 38],
  ]);
});

test("a sweep without windows has all bars in-sample", () => {
  expect(ranges(cut({ kind: "none" }))).toEqual([[[0, 1000]]]);
});

test("k-fold leaves each fold out once, less purge and embargo", () => {
  expect(ranges(cut({ kind: "k-fold", folds: 4, purge: "10 bars", embargo: "20 bars" }))).toEqual([
    [
      [270, 1000],
      [0, 250],
    ],
    [
      [0, 240],
      [520, 1000],
      [250, 500],
    ],
    [
      [0, 490],
      [770, 1000],
      [500, 750],
    ],
    [
      [0, 740],
      [750, 1000],
    ],
  ]);
});

test("six groups of which two are left out give 15 windows and 5 paths (López de Prado 2018, 12.3)", () => {
  const plan = planWindows(specOf({ kind: "cpcv", groups: 6, testGroups: 2 }), {
    startBar: 0,
    openTimeMs: days("2020-01-01", 600),
  });
  expect([plan.windows.length, plan.paths?.length]).toEqual([15, 5]);
});

test("the paths use every out-of-sample group of every window once", () => {
  const plan = planWindows(specOf({ kind: "cpcv", groups: 6, testGroups: 2 }), {
    startBar: 0,
    openTimeMs: days("2020-01-01", 600),
  });
  const used = (plan.paths ?? []).flatMap((path) => path.map((window, group) => `${window}/${group}`));
  expect(new Set(used).size).toBe(30);
  expect(
    used.every((text) => {
      const [window, group] = text.split("/").map(Number);
      return plan.windows[window as number]?.outOfSample.some(
        ({ startBar, endBar }) => startBar <= (group as number) * 100 && (group as number) * 100 < endBar,
      );
    }),
  ).toBe(true);
});

test("neighbouring out-of-sample groups are one range without a gap", () => {
  expect(ranges(cut({ kind: "cpcv", groups: 5, testGroups: 2, embargo: 50 }))[0]).toEqual([
    [450, 1000],
    [0, 400],
  ]);
});

test("windows by dates", () => {
  const list = [
    { inSample: { from: "2020-01-01", to: "2020-01-10" }, outOfSample: { from: "2020-01-11", to: "2020-01-15" } },
  ];
  expect(ranges(cut({ kind: "list", list }))).toEqual([
    [
      [0, 10],
      [10, 15],
    ],
  ]);
});

describe("refused:", () => {
  const dates = (from: string, to: string) => ({ from, to });
  test.each<[string, object, string]>([
    [
      "windows longer than the data",
      { ...rolling, inSample: "900 bars" },
      "windows: expected room for at least one window of 900 bars in-sample, 0 bars embargo and 125 bars out-of-sample, found 1000 bars (2020-01-01 to 2022-09-26).",
    ],
    ["months longer than the data", { ...rolling, inSample: "60 months" }, "60 months in-sample"],
    [
      "out-of-sample ranges that overlap",
      { ...rolling, step: "100 bars" },
      "windows.step: expected at least the out-of-sample length (125 bars), found 100 bars: the out-of-sample ranges of windows 0 and 1",
    ],
    [
      "in-sample overlapping out-of-sample",
      {
        kind: "list",
        list: [{ inSample: dates("2020-01-01", "2020-03-01"), outOfSample: dates("2020-02-01", "2020-04-01") }],
      },
      "windows.list[0].outOfSample: expected no bar of inSample (2020-01-01 to 2020-03-01), found 2020-02-01 to 2020-04-01, which share 30 bars.",
    ],
    [
      "in-sample after out-of-sample",
      {
        kind: "list",
        list: [{ inSample: dates("2021-01-01", "2021-03-01"), outOfSample: dates("2020-02-01", "2020-04-01") }],
      },
      "windows.list[0].outOfSample: expected it after inSample (2021-01-01 to 2021-03-01), found 2020-02-01 to 2020-04-01.",
    ],
    [
      "a range without bars",
      {
        kind: "list",
        list: [{ inSample: dates("2010-01-01", "2011-03-01"), outOfSample: dates("2020-02-01", "2020-04-01") }],
      },
      "windows.list[0].inSample: expected at least one bar, found none",
    ],
    [
      "an embargo that leaves nothing",
      { kind: "k-fold", folds: 2, embargo: "600 bars" },
      "leave no in-sample bars of 1000",
    ],
    [
      "more folds than bars",
      { kind: "cpcv", groups: 20, testGroups: 10 },
      "windows.groups: expected at most 10000 combinations, found 184756",
    ],
  ])("%s", (_, windows, message) => {
    expect(() => cut(windows)).toThrow(message);
  });
});

test("whatever the lengths: no overlap, the embargo kept, out-of-sample ranges in order and within the bars", () => {
  const bars = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(
      bars,
      bars,
      fc.nat(20),
      fc.nat(40),
      fc.constantFrom("rolling", "anchored"),
      fc.constantFrom("bars", "days", "trading days"),
      (inSample, outOfSample, embargo, extra, kind, unit) => {
        const times = days("2020-01-01", 200, true);
        const windows = cut(
          {
            kind,
            inSample: `${inSample} ${unit}`,
            outOfSample: `${outOfSample} ${unit}`,
            step: `${outOfSample + extra} ${unit}`,
            embargo,
            partial: true,
          },
          times,
        );
        let covered = 0;
        for (const {
          inSample: [i],
          outOfSample: [o],
        } of windows) {
          if (i === undefined || o === undefined) throw new Error("a window lacks a range");
          expect(i.endBar - i.startBar).toBeGreaterThan(0);
          expect(o.startBar - i.endBar).toBeGreaterThanOrEqual(embargo);
          if (unit !== "days") expect(o.startBar - i.endBar).toBe(embargo);
          expect(o.startBar).toBeGreaterThanOrEqual(covered);
          expect(o.endBar).toBeLessThanOrEqual(200);
          // With lengths in days an in-sample weekend is empty, and an embargo in bars moves a range over a weekend.
          const joined = unit !== "days" || (embargo === 0 && inSample > 3);
          if (extra === 0 && covered > 0 && joined) expect(o.startBar).toBe(covered);
          covered = o.endBar;
        }
      },
    ),
    { numRuns: 150 },
  );
});

test("a purged combination keeps purge and embargo from every out-of-sample range", () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 7 }), fc.nat(8), fc.nat(8), (groups, purge, embargo) => {
      for (const { inSample, outOfSample } of cut({ kind: "cpcv", groups, testGroups: 2, purge, embargo })) {
        for (const i of inSample) {
          for (const o of outOfSample) {
            expect(i.endBar <= o.startBar - purge || i.startBar >= Math.min(1000, o.endBar + embargo)).toBe(true);
          }
        }
      }
    }),
    { numRuns: 30 },
  );
});

test("warm-up reaches back to the snapshot's first bar and no further", () => {
  expect([warmupBefore({ startBar: 500, endBar: 625 }, 100), warmupBefore({ startBar: 30, endBar: 60 }, 100)]).toEqual([
    100, 30,
  ]);
});
