import { createHash } from "node:crypto";
import { z } from "zod";
import { engineVersion } from "../engine/engine-version.ts";
import type { JsonValue } from "../engine/json.ts";
import { specDigest } from "../run/program.ts";
import type { NewRun } from "../run/run-store.ts";
import { type Spec, usualCheckpointBars } from "../run/spec.ts";
import { changeSweep } from "./change-sweep.ts";
import { laneFault } from "./check-lanes.ts";
import { laneFamily, laneKey, laneParamsOf, rangeDigest } from "./lane-family.ts";
import { loadFamily } from "./lane-results.ts";
import type { OpenedSweep, SweepStores } from "./open-sweep.ts";
import type { Point } from "./parameter-space.ts";
import { type ItemSizing, itemSpec, lanesPerRun } from "./plan-items.ts";
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
  readonly refused: readonly { readonly lane: number; readonly failure: string }[];
  /** The family of each window's ranges, in order. */
  readonly families: readonly (readonly string[])[];
  readonly items: readonly ExpandedItem[];
};

/** Blocks over which the returns of lanes are told apart: PBO splits them into halves. */
export const returnBlockCount = 16;

/** The lanes that a sweep tries: the parameters of each with their defaults, or why the strategy refuses them. */
export type SweepLanes = {
  readonly count: number;
  readonly points: readonly Point[];
  readonly params: readonly (JsonValue | undefined)[];
  readonly refused: ExpandedSweep["refused"];
};

/** Looks at every lane once. `numbers` are those of points when the sweep does not try all. */
export function sweepLanes({ spec, strategy, plan }: OpenedSweep, numbers?: readonly number[]): SweepLanes {
  const count = numbers?.length ?? plan.points.count;
  const points = Array.from({ length: count }, (_, lane) => plan.points.pointAt(numbers?.[lane] ?? lane));
  const refused: { lane: number; failure: string }[] = [];
  const params = points.map((point, lane) => {
    const failure = laneFault(strategy, spec.base.strategy.params, point);
    if (failure === undefined) return laneParamsOf(strategy, spec.base.strategy.params, point);
    refused.push({ lane, failure });
    return undefined;
  });
  return { count, points, params, refused };
}

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
  const expanded = await expandLanes(sweep, opened, lanes, sizing, stores);
  const planHash = await putDocument(expanded, stores.objects);
  const total = lanes.count * expanded.families.length;
  await changeSweep(
    sweep.sweepId,
    (stored) =>
      stored.planHash === undefined
        ? { ...stored, planHash, counts: { total, cached: expanded.cachedLanes, completed: 0, failed: 0 } }
        : undefined,
    stores.sweeps,
  );
  return expanded;
}

/** The runs that these lanes still need, created. */
export async function expandLanes(
  sweep: SweepRecord,
  opened: OpenedSweep,
  lanes: SweepLanes,
  sizing: ItemSizing,
  stores: SweepStores,
  prefix = "i",
): Promise<ExpandedSweep> {
  const items: ExpandedItem[] = [];
  const families: string[][] = [];
  let cachedLanes = 0;
  const ranges = opened.plan.windows.reduce((sum, { inSample }) => sum + inSample.length, 0);
  const keys = lanes.params.map((params) => (params === undefined ? undefined : laneKey(params)));
  for (const { index, inSample } of opened.plan.windows) {
    const own: string[] = [];
    families.push(own);
    for (const [range, bars] of inSample.entries()) {
      const startBar = bars.startBar - warmupBefore(bars, opened.warmup);
      const digest = await rangeDigest({ startBar, endBar: bars.endBar }, opened.snapshot);
      const family = laneFamily(inSampleSpec(opened, bars, []), opened.strategyDigest, digest);
      own.push(family);
      const known = await loadFamily(family, stores);
      const missing = keys.flatMap((key, lane) => (key === undefined || known.has(key) ? [] : [lane]));
      cachedLanes += lanes.count - lanes.refused.length - missing.length;
      const perItem = lanesPerRun(bars.endBar - startBar, missing.length, ranges, sizing);
      for (let from = 0; from < missing.length; from += perItem) {
        const numbers = missing.slice(from, from + perItem);
        // Other sweeps may add lanes before the list is stored: the same place in another list is another run.
        const content = createHash("sha256")
          .update(JSON.stringify([family, numbers]))
          .digest("hex")
          .slice(0, 8);
        const runId = `${sweep.sweepId}-${prefix}${items.length}-${content}`;
        items.push({ runId, window: index, range, lanes: numbers, family, startBar, endBar: bars.endBar });
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
  return { format: 1, laneCount: lanes.count, cachedLanes, refused: lanes.refused, families, items };
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
