import { describe, expect, test } from "vitest";
import { z } from "zod";
import { classifyRegimes, regimeMetrics, regimePeriods } from "../../lib/sweep/regimes.ts";
import { hasSharedCases } from "../golden-cases/golden-file.ts";
import { seedCase } from "../golden-cases/seed-case.ts";

const rules = { lookback: 3, bull: 0.15, bear: -0.1, volatility: 0.5, periodsPerYear: 252 };
const up = [100, 101, 102, 103, 104, 105, 104, 103, 102, 101, 100, 99];

test("the first bars have no regime", () => {
  expect(classifyRegimes(up, rules).slice(0, 3)).toEqual([null, null, null]);
});

test("volatile comes before bull", () => {
  expect(classifyRegimes([100, 110, 105, 120], rules)[3]?.regime).toBe("volatile");
});

test("between the thresholds the market goes sideways", () => {
  expect(classifyRegimes([100, 100, 100, 100], rules)[3]?.regime).toBe("sideways");
});

test("no later bar changes a regime", () => {
  expect(classifyRegimes(up.slice(0, 8), rules)).toEqual(classifyRegimes(up, rules).slice(0, 8));
});

test("metrics per regime compound the changes into its bars", () => {
  const equity = [10, 10, 10, 11, 12.1, 12.1, 12.1, 12.1, 12.1, 12.1, 12.1, 6.05];
  const metrics = regimeMetrics(equity, classifyRegimes(up, rules), 252);
  expect([metrics.bull.bars, metrics.bear.bars, metrics.sideways.bars]).toEqual([4, 5, 0]);
  expect([metrics.bull.totalReturn, metrics.bear.totalReturn]).toEqual([expect.closeTo(0.21, 12), -0.5]);
  expect(metrics.sideways).toEqual({ bars: 0, totalReturn: 0, sharpe: null, volatility: null });
});

describe.skipIf(!hasSharedCases)("F14: threshold regimes", () => {
  const given = {
    close: z.array(z.number()),
    lookback: z.number(),
    bull: z.number(),
    bear: z.number(),
    vol: z.number(),
  };
  const input = () => z.object({ ...given, second: z.object(given) }).parse(seedCase("F14").input);
  const businessDays = Array.from({ length: 30 }, (_, i) => new Date(Date.UTC(2020, 0, 1 + i))).filter(
    (day) => day.getUTCDay() % 6 !== 0,
  );
  const day = (bar: number) => businessDays[bar]?.toISOString().slice(0, 10);

  test("its periods, with their means", () => {
    const { close, lookback, bull, bear, vol } = input();
    const expected = z
      .object({ periods: z.array(z.tuple([z.string(), z.string(), z.string(), z.number(), z.number()])) })
      .parse(seedCase("F14").expected);
    const periods = regimePeriods(
      classifyRegimes(close, { lookback, bull, bear, volatility: vol, periodsPerYear: 252 }),
    );
    expect(
      periods.map(({ regime, startBar, endBar, annualReturn, volatility }) => [
        regime,
        day(startBar),
        day(endBar - 1),
        annualReturn,
        volatility,
      ]),
    ).toEqual(
      expected.periods.map(([regime, first, last, ...means]) => [
        regime,
        first,
        last,
        ...means.map((mean) => expect.closeTo(mean, 9)),
      ]),
    );
  });

  test("a regime of one day is a period", () => {
    const { close, lookback, bull, bear, vol } = input().second;
    const periods = regimePeriods(
      classifyRegimes(close, { lookback, bull, bear, volatility: vol, periodsPerYear: 252 }),
    );
    expect([day(periods[0]?.startBar ?? -1), (periods[0]?.endBar ?? 0) - (periods[0]?.startBar ?? 0)]).toEqual([
      "2020-01-06",
      1,
    ]);
  });
});
