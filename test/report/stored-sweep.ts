import type { Metrics } from "../../lib/engine/metrics.ts";
import { RandomGenerator } from "../../lib/engine/random.ts";
import type { SweepStores } from "../../lib/sweep/open-sweep.ts";
import type { OverfittingFigures } from "../../lib/sweep/overfitting-figures.ts";
import { overfittingSentences } from "../../lib/sweep/overfitting-sentences.ts";
import { type ParameterSpace, parameterSpace } from "../../lib/sweep/parameter-space.ts";
import { parameterSensitivity, stabilityAt } from "../../lib/sweep/parameter-stability.ts";
import { parseSweepSpec } from "../../lib/sweep/parse-sweep-spec.ts";
import type { TableRow } from "../../lib/sweep/sweep-digest.ts";
import { putDocument } from "../../lib/sweep/sweep-objects.ts";
import type { RangeOfBars, SweepResult, WindowResult } from "../../lib/sweep/sweep-result.ts";
import type { SweepSpecInput } from "../../lib/sweep/sweep-spec.ts";
import type { SweepRecord } from "../../lib/sweep/sweep-store.ts";
import { metricSpreads, parameterDrift } from "../../lib/sweep/window-answer.ts";
import { metricsOf } from "../sweep/metrics-of.ts";

const dayMs = 86_400_000;
const firstMs = Date.UTC(2010, 0, 4);
const windowBars = { inSample: 500, outOfSample: 125 };

export type InventedSweep = {
  readonly windows: number;
  readonly space: NonNullable<SweepSpecInput["space"]>;
  readonly name?: string;
  /** Backtest paths, for a sweep shown as cross-validation. */
  readonly paths?: SweepResult["paths"];
  /** Lanes that failed in every window, from the first on. */
  readonly failedLanes?: number;
  /** Positions of the stitched record that were open at the end of a window. */
  readonly openTrades?: number;
};

/** Stores a finished walk-forward sweep whose numbers are invented: its Sharpe ratios have a hill in the middle of the space, and noise. */
export async function storeSweep(
  {
    windows: windowCount,
    space: spaceSpec,
    name = "invented",
    failedLanes = 0,
    openTrades = 0,
    paths = null,
  }: InventedSweep,
  stores: Pick<SweepStores, "objects" | "sweeps">,
): Promise<SweepRecord> {
  const random = new RandomGenerator([1, 2, 3, 4]);

  const spec = parseSweepSpec(
    {
      name,
      base: { data: { snapshot: "sp500" }, strategy: { name: "sma-cross" } },
      space: spaceSpec,
      windows: { kind: "rolling", inSample: windowBars.inSample, outOfSample: windowBars.outOfSample },
      require: ["closedTrades >= 5"],
    },
    "The sweep",
  );
  const space = parameterSpace(spec.space);
  const invented = (lane: number): Metrics => {
    const sharpe = hill(space, lane) + random.next() * 0.4 - 0.2;
    return metricsOf({
      sharpe,
      totalReturn: sharpe * 0.1,
      cagr: sharpe * 0.08,
      maxDrawdown: 0.2 - sharpe * 0.05,
      closedTrades: 12,
      winRate: 0.45,
      profitFactor: null,
      bars: windowBars.inSample,
    });
  };
  const table: { window: number; range: number; rows: number; hash: string }[] = [];
  const windows: WindowResult[] = [];
  const sums = new Map<number, number>();
  const all: Metrics[] = [];
  const equity = { bar: [] as number[], timeMs: [] as number[], window: [] as number[], equity: [] as number[] };
  let money = 100_000;
  for (let index = 0; index < windowCount; index++) {
    const startBar = index * windowBars.outOfSample;
    const metrics = Array.from({ length: space.size }, (_, lane) => (lane < failedLanes ? null : invented(lane)));
    const rows = metrics.map((each, lane): TableRow => {
      const place = { window: index, range: 0, lane, params: { ...space.pointAt(lane) } };
      return each === null
        ? { ...place, failure: "StrategyError: this lane throws" }
        : { ...place, metrics: each as unknown as NonNullable<TableRow["params"]> };
    });
    table.push({ window: index, range: 0, rows: rows.length, hash: await putDocument(rows, stores.objects) });
    metrics.forEach((each, lane) => {
      if (each === null) return;
      all.push(each);
      sums.set(lane, (sums.get(lane) ?? 0) + (each.sharpe ?? 0));
    });
    const ranked = [...metrics.entries()]
      .filter(([, each]) => each !== null)
      .sort(([, a], [, b]) => (b?.sharpe ?? 0) - (a?.sharpe ?? 0))
      .slice(0, 3);
    const winners = ranked.map(([lane, inSample]) => {
      const sharpe = (inSample?.sharpe ?? 0) * 0.4 + random.next() - 0.5;
      return {
        lane,
        params: { ...space.pointAt(lane), side: "long" },
        value: inSample?.sharpe ?? 0,
        inSample: inSample ?? metricsOf({}),
        outOfSample: metricsOf({ sharpe, totalReturn: sharpe * 0.04, maxDrawdown: 0.07, closedTrades: 3 }),
        efficiency: sharpe / (inSample?.sharpe ?? 1),
        runIds: [`run-${index}-${lane}`],
      };
    });
    const [best] = winners;
    const inSample = range(startBar, windowBars.inSample);
    const outOfSample = range(startBar + windowBars.inSample, windowBars.outOfSample);
    for (let bar = outOfSample.startBar; bar < outOfSample.endBar; bar++) {
      money *= 1 + (best?.outOfSample.totalReturn ?? 0) / windowBars.outOfSample + (random.next() - 0.5) * 0.01;
      equity.bar.push(bar);
      equity.timeMs.push(firstMs + bar * dayMs);
      equity.window.push(index);
      equity.equity.push(money);
    }
    windows.push({
      index,
      inSample: { ranges: [inSample], metrics: best?.inSample ?? null },
      outOfSample: { ranges: [outOfSample], metrics: best?.outOfSample ?? null },
      best: best === undefined ? null : { lane: best.lane, params: best.params, value: best.value },
      efficiency: best?.efficiency ?? null,
      winners,
      selection: {
        failed: failedLanes,
        excluded: [{ constraint: "closedTrades >= 5", lanes: 2 }],
        undefinedObjective: 1,
      },
      overfitting: { ...figures, deflatedSharpe: index === 0 ? null : 0.41 },
    });
  }
  const last = windows.at(-1);
  const means = Array.from({ length: space.size }, (_, index) => {
    const sum = sums.get(index);
    return { lane: index, index, value: sum === undefined ? null : sum / windowCount };
  });
  const known = means.filter((each): each is typeof each & { readonly value: number } => each.value !== null);
  const bestLane = last?.best?.lane ?? 0;
  const result: SweepResult = {
    format: 1,
    engineVersion: 1,
    specDigest: "5".repeat(64),
    snapshotId: "a".repeat(64),
    resultDigest: "d".repeat(64),
    bars: range(0, windowBars.inSample + windowCount * windowBars.outOfSample),
    counts: { points: space.size, rows: space.size * windowCount, failedRows: failedLanes * windowCount },
    best:
      last?.best == null ? null : { window: last.index, ...last.best, metrics: last.inSample.metrics ?? metricsOf({}) },
    windows,
    stitched: {
      capital: "chained",
      startCash: 100_000,
      metrics: metricsOf({
        totalReturn: money / 100_000 - 1,
        sharpe: 0.71,
        maxDrawdown: 0.08,
        closedTrades: 44,
        openTrades,
        winRate: 0.5,
      }),
      equityHash: await putDocument(equity, stores.objects),
      tradesHash: await putDocument([], stores.objects),
      points: equity.bar.length,
      trades: 44,
    },
    paths,
    regimes: {
      rules: { ...spec.regimes, periodsPerYear: 252 },
      metrics: {
        bull: { bars: 700, totalReturn: 0.12, sharpe: 1.1, volatility: 0.08 },
        bear: { bars: 200, totalReturn: -0.04, sharpe: -0.4, volatility: 0.12 },
        sideways: { bars: 150, totalReturn: 0.01, sharpe: 0.1, volatility: 0.05 },
        volatile: { bars: 0, totalReturn: 0, sharpe: null, volatility: null },
      },
      periods: [{ regime: "bull", annualReturn: 0.2, volatility: 0.1, ...range(500, 700) }],
    },
    overfitting: { ...figures, sentences: overfittingSentences(figures, "the record out of sample") },
    drift: parameterDrift(
      space,
      windows.flatMap(({ best }) => (best === null ? [] : [best.lane])),
    ),
    spreads: metricSpreads(all),
    surface: {
      axes: space.axes.map(({ name: axis, count, isOrdered, valueAt }) => ({
        name: axis,
        isOrdered,
        values: Array.from({ length: count }, (_, i) => valueAt(i)),
      })),
      points: means,
      sensitivity: parameterSensitivity(space, known),
      stability: stabilityAt(space, bestLane, (index) => means[index]?.value ?? undefined) ?? null,
    },
    failures: failedLanes === 0 ? {} : { strategy_error: failedLanes * windowCount },
    failedLanes: Array.from({ length: failedLanes }, (_, lane) => ({
      window: 0,
      lane,
      params: { ...space.pointAt(lane) },
      failure: "StrategyError: this lane throws",
    })),
    table,
  };
  const sweep: SweepRecord = {
    format: 1,
    sweepId: `${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}-1a2b3c4d`,
    name,
    strategy: "sma-cross",
    tags: ["invented"],
    spec: JSON.parse(JSON.stringify(spec)),
    specDigest: result.specDigest,
    engineVersion: 1,
    snapshotId: result.snapshotId,
    seed: 42,
    status: failedLanes === 0 ? "completed" : "partial",
    counts: {
      total: result.counts.rows,
      cached: 0,
      completed: result.counts.rows - result.counts.failedRows,
      failed: result.counts.failedRows,
    },
    attempt: 1,
    revision: 1,
    createdAtMs: Date.UTC(2026, 0, 5, 9),
    updatedAtMs: Date.UTC(2026, 0, 5, 9, 4),
    durationMs: 232_000,
    resultHash: await putDocument(result, stores.objects),
    resultDigest: result.resultDigest,
  };
  await stores.sweeps.createSweep(sweep);
  return sweep;
}

function range(startBar: number, count: number): RangeOfBars {
  const endBar = startBar + count;
  return { startBar, endBar, firstTimeMs: firstMs + startBar * dayMs, lastTimeMs: firstMs + (endBar - 1) * dayMs };
}

/** 1 in the middle of every axis, falling to 0 at its ends. */
function hill(space: ParameterSpace, lane: number): number {
  const point = space.pointAt(lane);
  return space.axes.reduce((height, { name, count, valueAt }) => {
    const at = Array.from({ length: count }, (_, i) => valueAt(i)).indexOf(point[name] ?? null);
    return height * (1 - Math.abs((2 * at) / Math.max(1, count - 1) - 1) * 0.7);
  }, 1);
}

const figures: OverfittingFigures = {
  pbo: 0.312,
  cscv: { pbo: 0.312, probabilityOfLoss: 0.21, degradation: -0.12, splits: 12_870, blocks: 16, lanes: 60 },
  probabilisticSharpe: 0.97,
  deflatedSharpe: 0.81,
  expectedMaximumSharpe: 0.55,
  trials: { lanes: 60, moving: 60, averageCorrelation: 0.8, count: 12.8 },
  minimumTrackRecordPeriods: 880,
  periods: 1_250,
  minimumBacktestYears: 3.1,
  years: 5,
  realityCheck: 0.08,
  spa: 0.06,
  sharpeVariance: 0.09,
  record: { sharpe: 0.05, periods: 1_250, skewness: -0.4, kurtosis: 5 },
  ability: {
    realityCheck: 0.08,
    spa: 0.06,
    spaLower: 0.05,
    spaUpper: 0.08,
    lanes: 60,
    count: 16,
    resamples: 1_000,
    meanBlock: 1,
  },
};
