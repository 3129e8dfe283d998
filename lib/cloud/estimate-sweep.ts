import type { SweepEstimate } from "../api/sweep-estimate.ts";
import { engineVersion } from "../engine/engine-version.ts";
import type { RunStores } from "../run/opened-run.ts";
import { itemsHere, itemsOnAws, itemsPerWorker, measuredSizing } from "../sweep/item-sizing.ts";
import { type OpenedSweep, openSweep } from "../sweep/open-sweep.ts";
import { estimateWork, type ItemSizing, planItems, type SweepItem } from "../sweep/plan-items.ts";
import { type LaneSample, sampleLanes } from "../sweep/sample-lanes.ts";
import { sweepWarnings } from "../sweep/sweep-models.ts";
import { sweepOverheadSeconds } from "../sweep/sweep-overhead.ts";
import type { SweepSpec } from "../sweep/sweep-spec.ts";
import { isWalk } from "../sweep/winner-runs.ts";
import { type AttemptWork, attemptUsage, billOf, segmentUsage, sumUsage, type Usage } from "./cost-model.ts";
import { assumptions } from "./estimate-run.ts";
import type { MeasuredOn, PlannedPlace } from "./planned-place.ts";
import { knownPrices, pricesDate } from "./prices.ts";
import { sweepStepsUsage } from "./sweep-steps-usage.ts";

/** Of a run's record beside its lanes. */
const plainRunBytes = 3_000;
const measuredFor = { ms: 1_000, share: Number.POSITIVE_INFINITY };

export type SweepPlaces = {
  /** On AWS. */
  readonly place: PlannedPlace;
  readonly measuredOn: MeasuredOn;
  /** Threads of this machine; undefined where it computes no sweeps. */
  readonly workers: number | undefined;
};

/** What a sweep would take on so many threads and on AWS, from the speed measured for a second on some of its lanes. Throws what is wrong with the spec. */
export async function estimateSweep(spec: SweepSpec, places: SweepPlaces, stores: RunStores): Promise<SweepEstimate> {
  const opened = await openSweep(spec, stores);
  const sample = await sampleLanes(opened, measuredFor);
  const laneBarsPerSecond = sample.laneBarsPerSecond / places.measuredOn.share;
  const { snapshotId } = opened.snapshot.manifest;
  const warnings = await sweepWarnings({ spec: opened.spec, snapshotId }, stores);
  return { warnings, ...estimateOf(opened, { ...sample, laneBarsPerSecond }, places) };
}

function estimateOf(
  opened: OpenedSweep,
  sample: LaneSample,
  { place, measuredOn, workers }: SweepPlaces,
): Omit<SweepEstimate, "warnings"> {
  const { plan, spec, warmup } = opened;
  const { laneBarsPerSecond } = sample;
  const { method } = spec;
  // A round of an optimiser is computed before the next is asked for.
  const [lanes, round] =
    method.kind === "tpe"
      ? [Math.min(method.n, plan.points.count), method.round]
      : [plan.points.count, plan.points.count];
  const itemsOf = (sizing: ItemSizing) =>
    planItems(plan.windows, lanes, warmup, { ...sizing, mostLanes: Math.min(round, sizing.mostLanes) });
  const cloudItems = itemsOf(measuredSizing(sample, itemsOnAws));
  const leastItems = itemsPerWorker * (workers ?? 0);
  const items = workers === undefined ? cloudItems : itemsOf({ ...measuredSizing(sample, itemsHere), leastItems });
  const judged = plan.windows.length * spec.topK;
  const winnersWait = spec.capital === "chained" && isWalk(opened);
  const rows = lanes * plan.windows.reduce((sum, { inSample }) => sum + inSample.length, 0);
  const here = estimateWork(items, laneBarsPerSecond, workers ?? 1);
  const overhead = (threads: number) =>
    sweepOverheadSeconds({ items: items.length, winners: judged, winnersWait, rows, workers: threads });
  const rounds = Math.ceil(lanes / round);
  const steps = sweepStepsUsage({
    maps: rounds + (winnersWait ? plan.windows.length : 1),
    runs: cloudItems.length + judged,
    windows: plan.windows.length,
    rows,
    attempts: 1,
    memoryMb: place.memoryMb,
  });
  const usage = sumUsage([...runsUsage(cloudItems, judged, sample, place), steps].map((one) => [one, 1] as const));
  const prices = knownPrices(place.region);
  const dollars = prices === undefined ? null : billOf(usage, prices, place.architecture).total;
  return {
    engineVersion,
    windows: plan.windows.map(({ index, inSample, outOfSample }) => ({ index, inSample, outOfSample })),
    points: lanes,
    lanes: rows,
    runs: items.length + judged,
    items: items.length,
    laneBars: here.laneBars,
    laneBarsPerSecond,
    measuredOn: measuredOn.text,
    local: workers === undefined ? null : { workers, seconds: here.seconds + overhead(workers) },
    cloud: { ...place, items: cloudItems.length, usage: { ...usage }, dollars, pricesDate },
  };
}

/** Each item and each winner is an execution of its own: plan, segments, finish. */
function runsUsage(
  items: readonly SweepItem[],
  judged: number,
  sample: LaneSample,
  { memoryMb }: PlannedPlace,
): readonly Usage[] {
  const { overheadSeconds, fullProcessorMb } = assumptions;
  const laneBarsPerSecond = sample.laneBarsPerSecond * Math.min(1, memoryMb / fullProcessorMb);
  const works = items.map(({ startLane, endLane, startBar, endBar }) => ({
    lanes: endLane - startLane,
    seconds: ((endLane - startLane) * (endBar - startBar)) / laneBarsPerSecond,
  }));
  const winners = Array.from({ length: judged }, () => ({ lanes: 1, seconds: 0 }));
  return [...works, ...winners].map(({ lanes, seconds }) => {
    const segments = Math.max(1, Math.ceil(seconds / itemsOnAws.checkpointSeconds));
    const attempt: AttemptWork = { seconds: 2 * overheadSeconds, memoryMb, segments, parts: 0 };
    const segment = {
      seconds: seconds / segments + overheadSeconds,
      memoryMb,
      stateBytes: lanes * sample.stateBytes,
      parts: 0,
      chunks: 1,
      runBytes: plainRunBytes + lanes * sample.pointBytes,
    };
    return sumUsage([
      [segmentUsage(segment), segments],
      [{ ...attemptUsage(attempt), apiRequests: 0 }, 1],
    ]);
  });
}
