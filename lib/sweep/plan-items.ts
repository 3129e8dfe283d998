import type { Spec } from "../run/spec.ts";
import type { Point } from "./parameter-space.ts";
import { type SweepWindow, warmupBefore } from "./windows.ts";

/** Lanes [startLane, endLane) over one stretch of bars: one run, one item of the fan-out. Bars are absolute and include the warm-up. */
export type SweepItem = {
  readonly item: number;
  readonly window: number;
  /** Which of the window's in-sample ranges: windows of cross-validation have several. */
  readonly range: number;
  readonly startLane: number;
  readonly endLane: number;
  readonly startBar: number;
  readonly endBar: number;
  readonly warmupBars: number;
};

/** What the items are sized by: measured lane-bars a second of one worker, and how long one item should take. */
export type ItemSizing = {
  readonly laneBarsPerSecond: number;
  readonly targetSeconds: number;
  readonly mostLanes: number;
  /** So many items are wanted at least, for workers that would have nothing to do otherwise; items of less than a few hundredths of a second are not cut for it. */
  readonly leastItems?: number;
  /** How often an item makes a checkpoint, unless the base says so itself. */
  readonly checkpointSeconds?: number;
};

/** Lanes of less work than this stay together. */
const leastSeconds = 0.05;

/** As many of the missing lanes over so many bars as one run should have; `ranges` others have as many. The last item is not left with a few. */
export function lanesPerRun(barCount: number, missing: number, ranges: number, sizing: ItemSizing): number {
  const { laneBarsPerSecond, leastItems = 1 } = sizing;
  const least = Math.max(1, Math.floor((laneBarsPerSecond * leastSeconds) / barCount));
  const shared = Math.max(least, Math.ceil((missing * ranges) / leastItems));
  const wanted = Math.min(shared, lanesPerItem(barCount, sizing));
  return Math.max(1, Math.ceil(missing / Math.max(1, Math.ceil(missing / wanted))));
}

/**
 * Cuts the in-sample work into items: lanes that read the same bars stand in one run, as many as take about the target seconds. The cut depends on nothing
 * but its arguments; results do not depend on the cut (law 6).
 */
export function planItems(
  windows: readonly SweepWindow[],
  laneCount: number,
  warmupWanted: number,
  sizing: ItemSizing,
): SweepItem[] {
  const items: SweepItem[] = [];
  const ranges = windows.reduce((sum, { inSample }) => sum + inSample.length, 0);
  for (const { index, inSample } of windows) {
    inSample.forEach((bars, range) => {
      const warmupBars = warmupBefore(bars, warmupWanted);
      const startBar = bars.startBar - warmupBars;
      const lanes = lanesPerRun(bars.endBar - startBar, laneCount, ranges, sizing);
      for (let startLane = 0; startLane < laneCount; startLane += lanes) {
        const endLane = Math.min(laneCount, startLane + lanes);
        items.push({
          item: items.length,
          window: index,
          range,
          startLane,
          endLane,
          startBar,
          endBar: bars.endBar,
          warmupBars,
        });
      }
    });
  }
  return items;
}

/** At least one lane: bars are not cut here, for a run has its own segments. */
function lanesPerItem(barCount: number, { laneBarsPerSecond, targetSeconds, mostLanes }: ItemSizing): number {
  return Math.max(1, Math.min(mostLanes, Math.floor((laneBarsPerSecond * targetSeconds) / barCount)));
}

/** What a plan costs in work: lane-bars, and seconds on so many workers at the measured speed (the longest item is a lower bound). */
export function estimateWork(items: readonly SweepItem[], laneBarsPerSecond: number, workers: number) {
  const work = items.map(({ startLane, endLane, startBar, endBar }) => (endLane - startLane) * (endBar - startBar));
  const laneBars = work.reduce((sum, value) => sum + value, 0);
  const longest = work.reduce((most, value) => Math.max(most, value), 0);
  return {
    items: items.length,
    laneBars,
    workerSeconds: laneBars / laneBarsPerSecond,
    seconds: Math.max(laneBars / workers, longest) / laneBarsPerSecond,
  };
}

/** What a run of lanes is asked: the parameter sets, the open times of its first and last bar, and what of it is warm-up. */
export type RunRequest = {
  readonly points: readonly Point[];
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  readonly warmupBars: number;
  readonly facts: Spec["record"]["facts"];
  readonly cash?: number;
};

/**
 * The spec of a run of a sweep: the base with these lanes over these bars. `data.from` and `data.to` become the open times of its first and last bar, so that the
 * same range of a longer snapshot has the same spec.
 */
export function itemSpec(base: Spec, request: RunRequest): Spec {
  const { name: _name, ...rest } = base;
  return {
    ...rest,
    data: {
      ...base.data,
      from: new Date(request.firstTimeMs).toISOString(),
      to: new Date(request.lastTimeMs).toISOString(),
      warmupBars: request.warmupBars + base.data.warmupBars,
    },
    strategy: { ...base.strategy, lanes: request.points.map((point) => ({ ...point })) },
    account: { ...base.account, cash: request.cash ?? base.account.cash },
    record: { ...base.record, facts: request.facts },
  };
}
