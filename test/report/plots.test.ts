import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { timeTicks, valueTicks } from "../../lib/report/axis-ticks.ts";
import { lineChart } from "../../lib/report/line-chart.ts";
import { thinSeries } from "../../lib/report/thin-series.ts";

describe("ticks", () => {
  test("stand at round numbers", () => {
    const ticks = valueTicks(-0.3, 1.234, 5, String);
    expect(ticks.map(({ text }) => text)).toEqual(["0", "0.5", "1"]);
    expect(ticks[0]?.at).toBeCloseTo(0.3 / 1.534, 12);
  });

  test("do not show what adding up steps leaves behind", () => {
    expect(valueTicks(0, 0.3, 3, String).map(({ text }) => text)).toEqual(["0", "0.1", "0.2", "0.3"]);
  });

  test("of neighbours that read alike only the first is written", () => {
    expect(valueTicks(1, 1.004, 4, (value) => value.toFixed(2)).map(({ text }) => text)).toEqual(["1.00"]);
  });

  test("over years stand at the beginnings of years", () => {
    const texts = timeTicks(Date.UTC(2000, 0, 3), Date.UTC(2020, 3, 17), 9).map(({ text }) => text);
    expect(texts).toEqual(["2005", "2010", "2015", "2020"]);
  });

  test("over months stand at the beginnings of months, across a year's end", () => {
    const texts = timeTicks(Date.UTC(2019, 10, 3), Date.UTC(2020, 2, 17), 9).map(({ text }) => text);
    expect(texts).toEqual(["2019-12", "2020-01", "2020-02", "2020-03"]);
  });

  test("are few and in order, over any stretch of time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 60_000, max: 4e12 }), (from, length) => {
        const places = timeTicks(from, from + length, 9).map(({ at }) => at);
        expect(places.length).toBeLessThanOrEqual(11);
        expect(places).toEqual([...places].sort((a, b) => a - b));
        for (const at of places) expect(at >= 0 && at <= 1).toBe(true);
      }),
    );
  });
});

describe("a thinned curve", () => {
  const curve = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 60, maxLength: 500 });
  const seriesOf = (value: readonly number[]) => ({ timeMs: value.map((_, i) => i), value });

  test("keeps its first, last, lowest and highest point, in order", () => {
    fc.assert(
      fc.property(curve, (value) => {
        const points = thinSeries(seriesOf(value), 40);
        const kept = points.map((point) => point.value);
        expect([kept[0], kept.at(-1)]).toEqual([value[0], value.at(-1)]);
        expect([Math.min(...kept), Math.max(...kept)]).toEqual([Math.min(...value), Math.max(...value)]);
        expect(points.map(({ timeMs }) => timeMs)).toEqual(
          [...new Set(points.map(({ timeMs }) => timeMs))].sort((a, b) => a - b),
        );
        expect(points.length).toBeLessThanOrEqual(44);
      }),
    );
  });

  test("is the curve itself where it is short", () => {
    expect(thinSeries(seriesOf([3, 1, 2]), 40).map(({ value }) => value)).toEqual([3, 1, 2]);
  });
});

test("a line of one point is not drawn but told", () => {
  const lines = [{ label: "a", colour: 0, points: [{ timeMs: 0, value: 1 }] }];
  const chart = lineChart({ id: "x", title: "X", lines, heightPx: 100, valueText: String });
  expect(chart.text).toContain("There are not enough points to draw.");
});

test("a flat line lies in the middle of its plot", () => {
  const points = [
    { timeMs: 0, value: 5 },
    { timeMs: 1_000_000, value: 5 },
  ];
  const chart = lineChart({
    id: "x",
    title: "X",
    lines: [{ label: "a", colour: 0, points }],
    heightPx: 100,
    valueText: String,
  });
  expect(chart.text).toContain('<path class="line s-0" d="M0 500L1000 500"/>');
});
