import { describe, expect, test } from "vitest";
import { annualPeriods } from "../../lib/engine/metrics.ts";
import { ReturnPeriods } from "../../lib/engine/return-periods.ts";

const times = (...texts: string[]) => Float64Array.from(texts, (text) => Date.parse(text));

describe("periods", () => {
  test("of bars shorter than a day are UTC days", () => {
    const starts = new ReturnPeriods("6h").advance(
      times("2024-01-01T18:00Z", "2024-01-02T00:00Z", "2024-01-02T06:00Z", "2024-01-05T12:00Z"),
    );
    expect([...starts]).toEqual([0, 1, 3]);
  });

  test("of daily and longer bars are the bars", () => {
    expect([...new ReturnPeriods("1d").advance(times("2024-01-01", "2024-01-02", "2024-01-05"))]).toEqual([0, 1, 2]);
    expect([...new ReturnPeriods("1w").advance(times("2024-01-01", "2024-01-08"))]).toEqual([0, 1]);
  });

  test("a day goes on over a chunk's border and over storage", () => {
    const first = new ReturnPeriods("1h");
    first.advance(times("2024-01-01T22:00Z"));
    const second = new ReturnPeriods("1h", JSON.parse(JSON.stringify(first.save())));
    expect([...second.advance(times("2024-01-01T23:00Z", "2024-01-02T00:00Z"))]).toEqual([1]);
  });

  test("days before 1970 are days too", () => {
    const starts = new ReturnPeriods("12h").advance(
      times("1969-12-30T12:00Z", "1969-12-31T00:00Z", "1969-12-31T12:00Z"),
    );
    expect([...starts]).toEqual([0, 1]);
  });

  test("counts bars on Saturdays and Sundays", () => {
    const periods = new ReturnPeriods("1d");
    periods.advance(times("2024-01-05", "2024-01-06", "2024-01-07", "2024-01-08"));
    expect([periods.bars, periods.weekendBars]).toEqual([4, 2]);
  });
});

describe("periods in a year", () => {
  /** A calendar of this many bars, some of them on a weekend. */
  const calendar = (bars: number, weekendBars: number) => new ReturnPeriods("1d", { lastDay: 0, bars, weekendBars });

  test.each([
    ["1M", 12],
    ["3M", 4],
    ["1w", 52],
    ["2w", 26],
    ["1d", 252],
    ["5d", 50.4],
    ["1h", 252],
    ["1m", 252],
  ])("bars of %s without weekends: %d", (timeframe, count) => {
    expect(annualPeriods(timeframe, calendar(500, 0))).toBe(count);
  });

  test.each([
    ["1d", 365],
    ["1h", 365],
  ])("bars of %s on all seven days: %d", (timeframe, count) => {
    expect(annualPeriods(timeframe, calendar(700, 200))).toBe(count);
  });

  test("a sixth of the bars on weekends is under 60 % of two sevenths: 252 (Sunday evenings of a five-day market)", () => {
    expect(annualPeriods("1h", calendar(600, 100))).toBe(252);
  });

  test("no bars: 252", () => {
    expect(annualPeriods("1d", calendar(0, 0))).toBe(252);
  });
});
