import { createHash } from "node:crypto";
import { z } from "zod";
import { engineVersion } from "../engine/engine-version.ts";
import { specDigest } from "../run/program.ts";
import type { NewRun } from "../run/run-store.ts";
import { type Spec, usualCheckpointBars } from "../run/spec.ts";
import { changeSweep } from "./change-sweep.ts";
import { laneFamily, laneKey, rangeDigest } from "./lane-family.ts";
import { loadFamily } from "./lane-results.ts";
import type { OpenedSweep, SweepStores } from "./open-sweep.ts";
import type { Point } from "./parameter-space.ts";
import { type ItemSizing, itemSpec, lanesPerRun } from "./plan-items.ts";
import { lanesTried, type SweepLanes, sweepLanes } from "./sweep-lanes.ts";
import { putDocument } from "./sweep-objects.ts";
import type { SweepRecord } from "./sweep-store.ts";
import { type BarRange, warmupBefore } from "./windows.ts";

/** Lanes over one range that are not known yet: one run. */
export type ExpandedItem = {
  readonly runId: string;
  readonly window: number;
  readonly range: number;
  /** Numbers of the lanes, in the order of the run. */
  readonly lanes: readonly number[];
  readonly family: string;
  /** Absolute, with the warm-up. */
  readonly startBar: number;
  readonly endBar: number;
};

/** What is to be computed in-sample (object of kind "sweeps"). */
export type ExpandedSweep = {
  readonly format: 1;
  readonly laneCount: number;
  readonly cachedLanes: number;
  /** Lanes that the strategy refuses: they fail in every window, with this reason. */
  readonly refused: SweepLanes["refused"];
  /** The family of each window's ranges, in order. */
  readonly families: readonly (readonly string[])[];
  readonly items: readonly ExpandedItem[];
};

/** Blocks over which the returns of lanes are told apart: PBO splits them into halves. */
export const returnBlockCount = 16;

/** The spec of the in-sample run of these points over a range of a window. */
export function inSampleSpec(opened: OpenedSweep, bars: BarRange, points: readonly Point[]): Spec {
  const { spec, openTimeMs, warmup } = opened;
  const warmupBars = warmupBefore(bars, warmup);
  const written = itemSpec(spec.base, {
    points,
    firstTimeMs: openTimeMs[bars.startBar - warmupBars] as number,
    lastTimeMs: openTimeMs[bars.endBar - 1] as number,
    warmupBars,
    facts: spec.facts,
  });
  const traded = bars.endBar - bars.startBar - spec.base.data.warmupBars;
  const returnBlocks = { count: returnBlockCount, bars: Math.max(1, Math.floor(traded / returnBlockCount)) };
  return {
    ...written,
    metrics: { ...written.metrics, ...(written.data.warmupBars > 0 ? { warmup: "left-out" as const } : {}) },
    record: { ...written.record, returnBlocks, failedLanes: "alone" },
  };
}

const neverByBars = 1_000_000_000;

/** The spec of an item: bars of many lanes take long, so that its checkpoints are made by time, unless the base says something else. Neither changes a result. */
function itemRunSpec(spec: Spec, { checkpointSeconds = 5 }: ItemSizing): Spec {
  const { everyBars, everySeconds = checkpointSeconds } = spec.checkpoint;
  const isUsual = everyBars === usualCheckpointBars;
  return { ...spec, checkpoint: { everyBars: isUsual ? neverByBars : everyBars, everySeconds, keep: 1 } };
}

/**
 * Plans the in-sample runs of a sweep: looks up which lanes exist, packs the others into runs, creates these and stores the list. Repeating it changes nothing.
 */
export async function expandSweep(
  sweep: SweepRecord,
  opened: OpenedSweep,
  sizing: ItemSizing,
  stores: SweepStores,
): Promise<ExpandedSweep> {
  const lanes = sweepLanes(opened);
  const families = await laneFamilies(opened);
  const { items, cachedLanes } = await createItems(
    sweep,
    opened,
    { lanes, families, wanted: (window) => lanesTried(lanes, window), prefix: "i" },
    sizing,
    stores,
  );
  const { count: laneCount, refused } = lanes;
  const expanded: ExpandedSweep = { format: 1, laneCount, cachedLanes, refused, families, items };
  const planHash = await putDocument(expanded, stores.objects);
  const counts = { total: laneCount * families.flat().length, cached: cachedLanes, completed: 0, failed: 0 };
  await changeSweep(
    sweep.sweepId,
    (stored) => (stored.planHash === undefined ? { ...stored, planHash, counts } : undefined),
    stores.sweeps,
  );
  return expanded;
}

/** The family of the lanes over each in-sample range of each window, in order. */
export async function laneFamilies(opened: OpenedSweep): Promise<readonly (readonly string[])[]> {
  const families: string[][] = [];
  for (const { inSample } of opened.plan.windows) {
    const own: string[] = [];
    for (const bars of inSample) {
      const digest = await rangeDigest({ startBar: startOf(bars, opened), endBar: bars.endBar }, opened.snapshot);
      own.push(laneFamily(inSampleSpec(opened, bars, []), opened.strategyDigest, digest));
    }
    families.push(own);
  }
  return families;
}

/** Lanes whose results a sweep needs, of all its windows. */
export type WantedLanes = {
  readonly lanes: SweepLanes;
  readonly families: readonly (readonly string[])[];
  readonly wanted: (window: number) => readonly number[];
  /** Of the ids of their runs: tells rounds apart. */
  readonly prefix: string;
};

/** Creates the runs of those lanes that are not known yet, and counts those that are. */
export async function createItems(
  sweep: SweepRecord,
  opened: OpenedSweep,
  { lanes, families, wanted, prefix }: WantedLanes,
  sizing: ItemSizing,
  stores: SweepStores,
): Promise<{ readonly items: readonly ExpandedItem[]; readonly cachedLanes: number }> {
  const items: ExpandedItem[] = [];
  let cachedLanes = 0;
  const ranges = families.flat().length;
  const keys = lanes.params.map((params) => (params === undefined ? undefined : laneKey(params)));
  for (const { index, inSample } of opened.plan.windows) {
    const taken = wanted(index).flatMap((lane) => {
      const key = keys[lane];
      return key === undefined ? [] : [{ lane, key }];
    });
    for (const [range, bars] of inSample.entries()) {
      const family = families[index]?.[range] as string;
      const known = await loadFamily(family, stores);
      const missing = taken.filter(({ key }) => !known.has(key)).map(({ lane }) => lane);
      cachedLanes += taken.length - missing.length;
      const [startBar, { endBar }] = [startOf(bars, opened), bars];
      const perItem = lanesPerRun(endBar - startBar, missing.length, ranges, sizing);
      for (let from = 0; from < missing.length; from += perItem) {
        const numbers = missing.slice(from, from + perItem);
        // Other sweeps may add lanes before the list is stored: the same place in another list is another run.
        const content = createHash("sha256")
          .update(JSON.stringify([family, numbers]))
          .digest("hex")
          .slice(0, 8);
        const runId = `${sweep.sweepId}-${prefix}${items.length}-${content}`;
        items.push({ runId, window: index, range, lanes: numbers, family, startBar, endBar });
      }
    }
  }
  for (const item of items) {
    const bars = opened.plan.windows[item.window]?.inSample[item.range] as BarRange;
    const points = item.lanes.map((lane) => lanes.points[lane] as Point);
    await stores.runs.createRun(
      newItemRun(sweep, opened, item, itemRunSpec(inSampleSpec(opened, bars, points), sizing)),
    );
  }
  return { items, cachedLanes };
}

/** The first bar of a range with its warm-up. */
function startOf(bars: BarRange, { warmup }: OpenedSweep): number {
  return bars.startBar - warmupBefore(bars, warmup);
}

/** A run of a sweep, to be created. */
export function newItemRun(
  sweep: SweepRecord,
  { strategy, strategyDigest }: OpenedSweep,
  { runId, startBar, endBar }: Pick<ExpandedItem, "runId" | "startBar" | "endBar">,
  spec: Spec,
): NewRun {
  return {
    runId,
    engineVersion,
    specDigest: specDigest(spec, strategyDigest),
    snapshotId: sweep.snapshotId,
    name: sweep.name,
    strategy: strategy.name,
    spec: z.json().parse(spec),
    startBar,
    endBar,
    createdAtMs: sweep.createdAtMs,
    sweepId: sweep.sweepId,
  };
}
