import { expect, test } from "vitest";
import { importText } from "./import-text.ts";

const daily = (...rows: [day: string, close: number][]): string =>
  `date,open,high,low,close,volume\n${rows.map(([day, close]) => `${day},${close},${close},${close},${close},1\n`).join("")}`;

test("does not count weekends between daily bars as missing", async () => {
  const { manifest } = await importText(daily(["2020-01-03", 1], ["2020-01-06", 1]));
  expect(manifest.quality[0]).toMatchObject({ gapCount: 0, missingBarCount: 0 });
});

test("reports a weekday without a bar", async () => {
  const { manifest } = await importText(daily(["2020-01-03", 1], ["2020-01-07", 1]));
  expect(manifest.quality[0]?.gaps).toEqual([
    { fromMs: Date.UTC(2020, 0, 3), toMs: Date.UTC(2020, 0, 7), missingBars: 1 },
  ]);
});

test("counts weekends once the instrument has traded on one", async () => {
  const { manifest } = await importText(
    daily(["2020-01-04", 1], ["2020-01-05", 1], ["2020-01-10", 1], ["2020-01-13", 1]),
  );
  expect(manifest.quality[0]).toMatchObject({ gapCount: 2, missingBarCount: 6 });
});

test("warns of a close that moves by more than half", async () => {
  const { manifest } = await importText(daily(["2020-01-06", 100], ["2020-01-07", 40], ["2020-01-08", 41]));
  expect(manifest.quality[0]?.outliers).toEqual([{ openTimeMs: Date.UTC(2020, 0, 7), kind: "jump", change: -0.6 }]);
});

test("warns of a change over 10 median absolute deviations", async () => {
  const closes = Array.from({ length: 20 }, (_, i): [string, number] => [
    `2020-03-${String(i + 1).padStart(2, "0")}`,
    i === 15 ? 145 : 100 + ((i * i) % 7),
  ]);
  const { manifest } = await importText(daily(...closes));
  expect(
    manifest.quality[0]?.outliers.map((outlier) => [outlier.kind, new Date(outlier.openTimeMs).getUTCDate()]),
  ).toEqual([
    ["deviation", 16],
    ["deviation", 17],
  ]);
});

test("counts bars without volume", async () => {
  const { manifest } = await importText(
    "date,open,high,low,close,volume\n2020-01-06,1,1,1,1,0\n2020-01-07,1,1,1,1,1\n",
  );
  expect(manifest.quality[0]?.zeroVolumeBarCount).toBe(1);
});

test("lists the 100 largest of many gaps in order of time, and counts all", async () => {
  const rows: string[] = [];
  let t = Date.UTC(2020, 0, 1);
  for (let i = 0; i < 1001; i++) {
    t += 60_000 * (2 + (i % 500));
    rows.push(`${new Date(t).toISOString()},1,1,1,1,1\n`);
  }
  const { manifest } = await importText(`time,open,high,low,close,volume\n${rows.join("")}`, { timeframe: "1m" });
  const gaps = manifest.quality[0]?.gaps ?? [];
  expect([manifest.quality[0]?.gapCount, gaps.length, Math.min(...gaps.map((gap) => gap.missingBars))]).toEqual([
    1000, 100, 451,
  ]);
  expect(gaps.map((gap) => gap.fromMs)).toEqual(gaps.map((gap) => gap.fromMs).toSorted((a, b) => a - b));
});

test("notes rows that stand further apart than the timeframe says", async () => {
  const { manifest } = await importText(daily(["2020-01-06", 1], ["2020-01-07", 1], ["2020-01-08", 1]), {
    timeframe: "1h",
  });
  expect(manifest.quality[0]?.notes).toEqual([
    "Most of the first rows stand 86400 s apart, further than --timeframe 1h says.",
  ]);
});

test("widens a high that only rounding has put below the close, and notes it", async () => {
  const { manifest, bars } = await importText(
    "date,open,high,low,close,volume\n2020-01-06,10,11.999999999999998,9,12,1\n",
  );
  expect(bars.high[0]).toBe(12);
  expect(manifest.quality[0]?.notes).toEqual([
    "Highs or lows that lay inside open or close by less than 1e-9 of the price were widened.",
  ]);
});
