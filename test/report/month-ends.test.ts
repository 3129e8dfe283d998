import { expect, test } from "vitest";
import { MonthEnds, yearReturns } from "../../lib/report/month-ends.ts";

test("returns go from month end to month end, the first from the cash", () => {
  const ends = new MonthEnds();
  const points: [string, number, number][] = [
    ["2019-11-29", 110, 100],
    ["2019-12-30", 90, 120],
    ["2019-12-31", 99, 150],
    ["2020-01-02", 198, 300],
  ];
  for (const [date, equity, benchmark] of points)
    ends.add({ bar: 0, timeMs: Date.parse(date), equity, drawdown: 0, benchmark });

  const [first, second] = yearReturns(ends.list(), 100);
  expect(first?.months.slice(9)).toEqual([null, expect.closeTo(0.1, 12), expect.closeTo(-0.1, 12)]);
  expect(first?.total).toBeCloseTo(-0.01, 12);
  expect(first?.benchmark).toBeCloseTo(0.5, 12);
  expect(second?.months[0]).toBeCloseTo(1, 12);
});

test("a month that the run has not reached has no return", () => {
  const ends = new MonthEnds();
  ends.add({ bar: 0, timeMs: Date.parse("2020-01-31"), equity: 110, drawdown: 0, benchmark: 100 });
  ends.add({ bar: 1, timeMs: Date.parse("2020-02-28"), equity: null, drawdown: null, benchmark: 90 });
  expect(yearReturns(ends.list(), 100)[0]?.months.slice(0, 2)).toEqual([expect.closeTo(0.1, 12), null]);
});
