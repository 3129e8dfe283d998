import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { runBacktest } from "../../lib/local/run-backtest.ts";
import { findSnapshot } from "../../lib/market/find-snapshot.ts";
import { importBars } from "../../lib/market/import-bars.ts";
import { openSnapshot } from "../../lib/market/open-snapshot.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import { trackRecordOf } from "../../lib/sweep/return-moments.ts";
import { deflatedSharpe } from "../../lib/sweep/sharpe-statistics.ts";
import type { SweepResult } from "../../lib/sweep/sweep-result.ts";
import type { SweepSpecInput } from "../../lib/sweep/sweep-spec.ts";
import { hasSharedCases } from "../golden-cases/golden-file.ts";
import { seedCase } from "../golden-cases/seed-case.ts";
import { importOptions } from "../market/import-text.ts";
import { importSp500 } from "../report/stored-run.ts";
import { completedSweep } from "./laptop-sweep.ts";

let home: string;
let stores: Stores;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "statistics-"));
  stores = await openLocalStores(home);
  await importSp500(stores);
});

afterAll(async () => {
  await stores.close();
  rmSync(home, { recursive: true });
});

const sweep = (input: SweepSpecInput): Promise<SweepResult> => completedSweep(input, { home, stores }, { workers: 1 });

const base = {
  data: { snapshot: "sp500", to: "2003-12-31" },
  strategy: { name: "sma-cross" },
  sizing: { kind: "fraction", fraction: 0.9, of: "equity" },
} as const;
const space = { fast: [10, 20, 30], slow: [50, 60] };

test("a window's deflated Sharpe ratio follows from the returns of its best and from its own trials", async () => {
  const windows = { kind: "rolling", inSample: "400 bars", outOfSample: "100 bars" } as const;
  const result = await sweep({ base, space, windows });
  const snapshot = openSnapshot(await findSnapshot("sp500", stores.snapshots), stores.objects);
  const [first] = result.windows;
  const range = first?.inSample.ranges[0];
  if (!first?.best || range === undefined || first.overfitting === null) throw new Error("Window 0 has a best.");
  const { trials, sharpeVariance, record, deflatedSharpe: deflated } = first.overfitting;
  const { equity } = await runBacktest(
    {
      ...base,
      data: {},
      strategy: { name: "sma-cross", params: z.record(z.string(), z.json()).parse(first.best.params) },
    },
    { bars: await snapshot.read(range.startBar, range.endBar), timeframe: "1d" },
  );
  const values = equity.map((point) => point.equity);
  const whole = trackRecordOf(values.slice(1).map((value, i) => value / (values[i] as number) - 1));
  if (whole === null || trials === null || sharpeVariance === null) throw new Error("The best moves.");
  expect(record).toEqual({
    sharpe: expect.closeTo(whole.sharpe, 10),
    periods: whole.periods,
    skewness: expect.closeTo(whole.skewness, 8),
    kurtosis: expect.closeTo(whole.kurtosis, 8),
  });
  expect(deflated).toBeCloseTo(
    deflatedSharpe(whole, { count: trials.count, variance: sharpeVariance / 252 }) ?? Number.NaN,
    9,
  );
  expect(result.windows.every(({ overfitting }) => overfitting?.trials?.lanes === 6)).toBe(true);
});

test("other thresholds change the regimes and the digest, and nothing else", async () => {
  const windows = { kind: "none" } as const;
  const usual = await sweep({ base, space, windows });
  const other = await sweep({ base, space, windows, regimes: { bull: 0.3, lookback: 21 } });
  expect(other.resultDigest).not.toBe(usual.resultDigest);
  expect(other.table).toEqual(usual.table);
  expect(other.regimes?.rules).toEqual({ lookback: 21, bull: 0.3, bear: -0.1, volatility: 0.25, periodsPerYear: 252 });
  expect(other.regimes?.metrics).not.toEqual(usual.regimes?.metrics);
});

test("the one path of k-fold compounds the folds, and is what the sweep is judged by", async () => {
  const result = await sweep({ base, space, windows: { kind: "k-fold", folds: 3 } });
  const gains = result.windows.map(({ outOfSample }) => 1 + (outOfSample.metrics?.totalReturn ?? Number.NaN));
  expect(result.paths?.paths).toHaveLength(1);
  expect(result.paths?.paths[0]?.metrics.totalReturn).toBeCloseTo(gains.reduce((all, gain) => all * gain) - 1, 12);
  expect(result.overfitting.record?.sharpe).toBeCloseTo(
    (result.paths?.paths[0]?.metrics.sharpe ?? Number.NaN) / Math.sqrt(252),
    12,
  );
});

test("combinatorial cross-validation answers its paths and no single record", async () => {
  const result = await sweep({ base, space, windows: { kind: "cpcv", groups: 4, testGroups: 2, embargo: 5 } });
  expect([result.windows.length, result.paths?.paths.length]).toEqual([6, 3]);
  expect(result.paths?.spreads.sharpe?.count).toBe(3);
  expect(result.paths?.paths.map(({ missing }) => missing)).toEqual([0, 0, 0]);
  expect([result.stitched, result.regimes, result.overfitting.record]).toEqual([null, null, null]);
});

describe.skipIf(!hasSharedCases)("F14 through a sweep", () => {
  const given = z.object({
    close: z.array(z.number()),
    lookback: z.number(),
    bull: z.number(),
    bear: z.number(),
    vol: z.number(),
  });
  const expected = z.object({
    periods: z.array(z.tuple([z.string(), z.string(), z.string(), z.number(), z.number()])),
    trading_days: z.record(z.string(), z.number()),
  });
  const businessDays = Array.from({ length: 30 }, (_, i) => new Date(Date.UTC(2020, 0, 1 + i)))
    .filter((day) => day.getUTCDay() % 6 !== 0)
    .map((day) => day.toISOString().slice(0, 10));

  /** A sweep of one lane over bars of these closes, by the case's thresholds. */
  async function regimesOf(name: string, timeframe: string, rows: readonly (readonly [string, number])[]) {
    const { lookback, bull, bear, vol } = given.parse(seedCase("F14").input);
    const file = join(home, `${name}.csv`);
    const lines = rows.map(([time, close]) => `${time},${close},${close},${close},${close},1`);
    writeFileSync(file, ["time,open,high,low,close,volume", ...lines].join("\n"));
    await importBars(importOptions({ files: [file], name, timeframe, missing: "drop" }), stores);
    const { regimes } = await sweep({
      base: {
        data: { snapshot: name },
        strategy: { name: "buy-and-hold" },
        metrics: { periodsPerYear: 252 },
      },
      method: { kind: "list", points: [{}] },
      objective: "totalReturn",
      regimes: { lookback, bull, bear, volatility: vol },
    });
    if (regimes === null) throw new Error("There are regimes.");
    return regimes;
  }

  const day = (timeMs: number) => new Date(timeMs).toISOString().slice(0, 10);
  const wanted = () => {
    const { periods } = expected.parse(seedCase("F14").expected);
    return periods.map(([regime, from, to, annualReturn, volatility]) => [
      regime,
      from,
      to,
      expect.closeTo(annualReturn, 9),
      expect.closeTo(volatility, 9),
    ]);
  };

  test("daily bars", async () => {
    const { close } = given.parse(seedCase("F14").input);
    const regimes = await regimesOf(
      "f14-daily",
      "1d",
      close.map((value, i) => [businessDays[i] ?? "", value]),
    );
    const found = regimes.periods.map((period) => [
      period.regime,
      day(period.firstTimeMs),
      day(period.lastTimeMs),
      period.annualReturn,
      period.volatility,
    ]);
    expect(found).toEqual(wanted());
    expect(Object.fromEntries(Object.entries(regimes.metrics).map(([name, { bars }]) => [name, bars]))).toEqual(
      expected.parse(seedCase("F14").expected).trading_days,
    );
  });

  test("bars of eight hours have the regimes of their days", async () => {
    const { close } = given.parse(seedCase("F14").input);
    const rows = close.flatMap((value, i): (readonly [string, number])[] =>
      ["00", "08", "16"].map((hour, k) => [`${businessDays[i]}T${hour}:00:00Z`, k === 2 ? value : value + 7]),
    );
    const regimes = await regimesOf("f14-intraday", "8h", rows);
    const found = regimes.periods.map((period) => [
      period.regime,
      day(period.firstTimeMs),
      day(period.lastTimeMs),
      period.annualReturn,
      period.volatility,
    ]);
    expect(found).toEqual(wanted());
    expect([regimes.metrics.bull.bars, regimes.metrics.bear.bars]).toEqual([12, 15]);
  });
});
