import type { SweepEstimate } from "../api/sweep-estimate.ts";
import { engineVersion } from "../engine/engine-version.ts";
import type { RunStores } from "../run/opened-run.ts";
import { itemsHere, itemsOnAws, itemsPerWorker, measuredSizing } from "../sweep/item-sizing.ts";
import { type OpenedSweep, openSweep } from "../sweep/open-sweep.ts";
import { estimateWork, planItems, type SweepItem } from "../sweep/plan-items.ts";
import { type LaneSample, sampleLanes } from "../sweep/sample-lanes.ts";
import { sweepOverheadSeconds } from "../sweep/sweep-overhead.ts";
import type { SweepSpec } from "../sweep/sweep-spec.ts";
import { isWalk } from "../sweep/winner-runs.ts";
import { type AttemptWork, attemptUsage, billOf, segmentUsage, sumUsage } from "./cost-model.ts";
import { assumptions } from "./estimate-run.ts";
import { knownPrices, pricesDate } from "./prices.ts";

/** Where an estimate of costs is made for; deployments may differ. */
const place = { region: "us-east-1", memoryMb: 1_769, architecture: "x86_64" } as const;
/** Of a run's record beside its lanes. */
const plainRunBytes = 3_000;
const measuredFor = { ms: 1_000, share: Number.POSITIVE_INFINITY };

/** What a sweep would take on so many threads and on AWS, from the speed measured for a second on some of its lanes. Throws what is wrong with the spec. */
export async function estimateSweep(spec: SweepSpec, workers: number, stores: RunStores): Promise<SweepEstimate> {
  const opened = await openSweep(spec, stores);
  return estimateOf(opened, await sampleLanes(opened, measuredFor), workers);
}

function estimateOf(opened: OpenedSweep, sample: LaneSample, workers: number): SweepEstimate {
  const { plan, spec, warmup } = opened;
  const { laneBarsPerSecond } = sample;
  const lanes = spec.method.kind === "tpe" ? spec.method.n : plan.points.count;
  const sizing = { ...measuredSizing(sample, itemsHere), leastItems: itemsPerWorker * workers };
  const items = planItems(plan.windows, lanes, warmup, sizing);
  const cloudItems = planItems(plan.windows, lanes, warmup, measuredSizing(sample, itemsOnAws));
  const judged = plan.windows.length * spec.topK;
  const here = estimateWork(items, laneBarsPerSecond, workers);
  const overhead = sweepOverheadSeconds({
    items: items.length,
    winners: judged,
    winnersWait: spec.capital === "chained" && isWalk(opened),
    rows: lanes * plan.windows.length,
    workers,
  });
  const inCloud = cloudWork(cloudItems, judged, sample);
  return {
    engineVersion,
    windows: plan.windows.map(({ index, inSample, outOfSample }) => ({ index, inSample, outOfSample })),
    points: lanes,
    lanes: lanes * plan.windows.length,
    runs: items.length + judged,
    items: items.length,
    laneBars: here.laneBars,
    laneBarsPerSecond,
    local: { workers, seconds: here.seconds + overhead },
    cloud: { ...place, items: cloudItems.length, ...inCloud, pricesDate },
  };
}

/** Each item and each winner is an execution of its own: plan, segments, finish. */
function cloudWork(items: readonly SweepItem[], judged: number, sample: LaneSample) {
  const { overheadSeconds } = assumptions;
  const { memoryMb, architecture, region } = place;
  const works = items.map(({ startLane, endLane, startBar, endBar }) => ({
    lanes: endLane - startLane,
    seconds: ((endLane - startLane) * (endBar - startBar)) / sample.laneBarsPerSecond,
  }));
  const winners = Array.from({ length: judged }, () => ({ lanes: 1, seconds: 0 }));
  const usages = [...works, ...winners].map(({ lanes, seconds }) => {
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
      [attemptUsage(attempt), 1],
    ]);
  });
  const usage = sumUsage(usages.map((one) => [one, 1] as const));
  const prices = knownPrices(region);
  return { usage: { ...usage }, dollars: prices === undefined ? null : billOf(usage, prices, architecture).total };
}
