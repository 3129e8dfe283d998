import type { Trade } from "../engine/facts.ts";
import type { Metrics } from "../engine/metrics.ts";
import { onlyInstrument } from "../market/open-snapshot.ts";
import { medianOf } from "./median.ts";
import type { OpenedSweep } from "./open-sweep.ts";
import type { WindowTrack } from "./stitch.ts";
import { stitchedMetrics } from "./stitched-metrics.ts";
import { type MetricSpread, metricSpreads } from "./window-answer.ts";
import type { BarRange } from "./windows.ts";

/**
 * The backtest paths of cross-validation: φ[N, k] = k/N C(N, k) records over all bars, each put together of the groups' results out of sample, and what they are like
 * together. M. López de Prado, "Advances in Financial Machine Learning", 2018, chapter 12; k-fold has one path.
 */
export type PathsResult = {
  readonly paths: readonly BacktestPath[];
  /** Over the paths. */
  readonly spreads: { readonly [metric: string]: MetricSpread };
  readonly medianSharpe: number | null;
  /** Share of the paths whose Sharpe ratio is not above 0 or undefined. */
  readonly sharpeNotAboveZero: number;
};

export type BacktestPath = {
  /** For each group of bars the window whose result it takes. */
  readonly windows: readonly number[];
  /** Groups for which nothing was chosen, or whose run failed: the path holds cash there. */
  readonly missing: number;
  readonly metrics: PathMetrics;
};

/** What follows from equity alone; positions are closed in no place that a path would know of. */
export type PathMetrics = Pick<Metrics, "totalReturn" | "cagr" | "volatility" | "sharpe" | "sortino" | "maxDrawdown">;

/** A path bar by bar. */
export type PathEquity = { readonly equity: Float64Array; readonly missing: number };

/**
 * One path: the returns of each group in the window that it names, one after another, from `cash` on. `tracks[window]` are the winner's runs over the window's ranges
 * out of sample, of which each holds one group or several.
 */
export function pathEquity(
  windows: readonly number[],
  groups: readonly BarRange[],
  tracks: ReadonlyMap<number, readonly Pick<WindowTrack<Trade>, "startBar" | "cash" | "equity">[]>,
  cash: number,
): PathEquity {
  const first = groups[0]?.startBar ?? 0;
  const equity = new Float64Array((groups.at(-1)?.endBar ?? first) - first);
  let carried = cash;
  let missing = 0;
  for (const [group, { startBar, endBar }] of groups.entries()) {
    const own = tracks
      .get(windows[group] ?? -1)
      ?.find((each) => each.startBar <= startBar && endBar <= each.startBar + each.equity.length);
    const before = own && (startBar === own.startBar ? own.cash : (own.equity[startBar - own.startBar - 1] as number));
    if (own === undefined || before === undefined) missing += 1;
    const isFlat = own === undefined || before === undefined || before <= 0 || carried <= 0;
    const from = carried;
    for (let bar = startBar; bar < endBar; bar++) {
      if (!isFlat) carried = (from * (own.equity[bar - own.startBar] as number)) / before;
      equity[bar - first] = carried;
    }
  }
  return { equity, missing };
}

/** The paths as they are answered, and their times and equity bar by bar. */
export type Paths = {
  readonly result: PathsResult;
  readonly openTimeMs: Float64Array;
  readonly equity: readonly Float64Array[];
};

/** All paths of a plan; undefined when its windows make none. */
export function backtestPaths(opened: OpenedSweep, tracks: readonly WindowTrack<Trade>[]): Paths | undefined {
  const { plan, spec, snapshot } = opened;
  const { groups, paths } = plan;
  const [first, last] = [groups?.[0], groups?.at(-1)];
  if (groups === undefined || paths === undefined || first === undefined || last === undefined) return undefined;
  const { timeframe } = onlyInstrument(snapshot.manifest);
  const openTimeMs = opened.openTimeMs.slice(first.startBar, last.endBar);
  const byWindow = Map.groupBy(tracks, ({ window }) => window);
  const { cash } = spec.base.account;
  const curves = paths.map((windows) => pathEquity(windows, groups, byWindow, cash));
  const all = curves.map(({ equity, missing }, path): BacktestPath => {
    const metrics = stitchedMetrics({
      startCash: cash,
      openTimeMs,
      equity,
      trades: [],
      runs: [],
      state: "fresh",
      timeframe,
      periodsPerYear: spec.base.metrics.periodsPerYear ?? null,
    });
    return { windows: paths[path] ?? [], missing, metrics: pathMetrics(metrics) };
  });
  const sharpes = all.flatMap(({ metrics: { sharpe } }) => (sharpe === null ? [] : [sharpe]));
  const result = {
    paths: all,
    spreads: metricSpreads(all.map(({ metrics }) => metrics)),
    medianSharpe: medianOf(sharpes),
    sharpeNotAboveZero: 1 - sharpes.filter((sharpe) => sharpe > 0).length / all.length,
  };
  return { result, openTimeMs, equity: curves.map(({ equity }) => equity) };
}

function pathMetrics({ totalReturn, cagr, volatility, sharpe, sortino, maxDrawdown }: Metrics): PathMetrics {
  return { totalReturn, cagr, volatility, sharpe, sortino, maxDrawdown };
}
