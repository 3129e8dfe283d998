import { expect, test } from "vitest";
import { progressText } from "../../lib/cli/progress.ts";
import { countOf, durationText, percentText, priceText, sizeText, timeText } from "../../lib/cli/quantity-text.ts";
import { sweepProgressText } from "../../lib/cli/sweeps/progress.ts";
import { left, nameList, right, textTable } from "../../lib/cli/text-table.ts";

test("a table leans its columns and leaves no trailing spaces", () => {
  expect(
    textTable(
      [left("NAME"), right("BARS"), left("")],
      [
        ["a", "5,104", ""],
        ["longer", "7", "new"],
      ],
    ),
  ).toBe(["NAME     BARS", "a       5,104", "longer      7  new"].join("\n"));
});

test("a list of names keeps the lines of a value under each other", () => {
  expect(nameList([["A", "1"], undefined, ["Longer", "2\n3"]])).toBe("  A       1\n  Longer  2\n          3");
});

test("progress tells segment, bar, share, speed and time left", () => {
  const at = { runId: "r", bar: 2_300, startBar: 0, endBar: 5_104, sequence: 5 };
  expect(progressText(at, { headBar: 300, headSequence: 1, everyBars: 500 }, 2_000)).toBe(
    "segment 5/11, bar 2,300 of 5,104 (45.06 %), 1,000 bars/s, 3 s left",
  );
});

test("progress without speed yet tells no time left", () => {
  expect(
    progressText(
      { runId: "r", bar: 0, startBar: 0, endBar: 10, sequence: 1 },
      { headBar: 0, headSequence: 0, everyBars: 5 },
      0,
    ),
  ).toBe("segment 1/2, bar 0 of 10 (0.00 %)");
});

test("a sweep's progress tells lanes, share, pace, best and time left", () => {
  const pace = { lanesPerSecond: 340.4, secondsLeft: 31.2, share: 0.125 };
  const now = { lanesDone: 1_200, lanesTotal: 12_000, cached: 200, best: 1.23456, pace };
  expect(sweepProgressText(now)).toBe("1,200 of 12,000 lanes (200 known), 12.50 %, 340 lanes/s, best 1.235, 32 s left");
  const slow = { ...now, lanesDone: 0, cached: 0, best: undefined, pace: { ...pace, lanesPerSecond: 0.456 } };
  expect(sweepProgressText(slow)).toBe("0 of 12,000 lanes, 12.50 %, 0.46 lanes/s, 32 s left");
  expect(sweepProgressText({ ...slow, pace: undefined })).toBe("0 of 12,000 lanes");
  expect(sweepProgressText({ ...now, lanesDone: 12_000, pace: undefined })).toBe(
    "12,000 of 12,000 lanes (200 known), best 1.235, now the winners",
  );
});

test("quantities carry their units", () => {
  expect([countOf(1, "bar"), countOf(5104, "bar"), percentText(-0.0277), percentText(null)]).toEqual([
    "1 bar",
    "5,104 bars",
    "-2.77 %",
    "n/a",
  ]);
  expect([sizeText(999), sizeText(3_100), sizeText(2_500_000), sizeText(3_210_000_000)]).toEqual([
    "999 B",
    "3.1 kB",
    "2.5 MB",
    "3.21 GB",
  ]);
  expect([durationText(350), durationText(12_300), durationText(185_000), durationText(7_800_000)]).toEqual([
    "0.35 s",
    "12 s",
    "3:05 min",
    "2:10 h",
  ]);
  expect([
    timeText(Date.UTC(2020, 3, 17)),
    timeText(Date.UTC(2020, 3, 17, 9, 30)),
    timeText(Date.UTC(2020, 3, 17, 9, 30, 5)),
  ]).toEqual(["2020-04-17", "2020-04-17 09:30", "2020-04-17 09:30:05"]);
  expect([priceText(2994.01001), priceText(0.1 + 0.2)]).toEqual(["2994.01001", "0.3"]);
});
