import type { SweepEstimate } from "../api/sweep-estimate.ts";
import { engineVersion } from "../engine/engine-version.ts";
import { Simulation } from "../engine/simulation.ts";
import { onlyInstrument } from "../market/open-snapshot.ts";
import type { RunStores } from "../run/opened-run.ts";
import { compileProgram } from "../run/program.ts";
import { inSampleSpec, sweepLanes } from "../sweep/expand-sweep.ts";
import { type OpenedSweep, openSweep } from "../sweep/open-sweep.ts";
import { estimateWork, planItems } from "../sweep/plan-items.ts";
import { sweepOverheadSeconds } from "../sweep/sweep-overhead.ts";
import type { SweepSpec } from "../sweep/sweep-spec.ts";
import { isWalk } from "../sweep/winner-runs.ts";
import { type AttemptWork, attemptUsage, billOf, segmentUsage, sumUsage } from "./cost-model.ts";
import { assumptions } from "./estimate-run.ts";
import { knownPrices, pricesDate } from "./prices.ts";

/** Where an estimate of costs is made for; deployments may differ. */
const place = { region: "us-east-1", memoryMb: 1_769, architecture: "x86_64" } as const;
/** Lanes and bars that the speed is measured on. */
const sample = { lanes: 20, bars: 65_536, seconds: 1 };
const cloudTargetSeconds = 120;

/** What a sweep would take on so many threads and on AWS, from the speed measured for a second on some of its lanes. Throws what is wrong with the spec. */
export async function estimateSweep(spec: SweepSpec, workers: number, stores: RunStores): Promise<SweepEstimate> {
  const opened = await openSweep(spec, stores);
  return estimateOf(opened, await measuredSpeed(opened), workers);
}

function estimateOf(opened: OpenedSweep, laneBarsPerSecond: number, workers: number): SweepEstimate {
  const { plan, spec, warmup } = opened;
  const lanes = spec.method.kind === "tpe" ? spec.method.n : plan.points.count;
  const sizing = { laneBarsPerSecond, targetSeconds: 2, mostLanes: 500 };
  const items = planItems(plan.windows, lanes, warmup, sizing);
  const cloudItems = planItems(plan.windows, lanes, warmup, { ...sizing, targetSeconds: cloudTargetSeconds });
  const judged = plan.windows.length * spec.topK;
  const here = estimateWork(items, laneBarsPerSecond, workers);
  const overhead = sweepOverheadSeconds({
    items: items.length,
    winners: judged,
    winnersWait: spec.capital === "chained" && isWalk(opened),
    rows: lanes * plan.windows.length,
    workers,
  });
  const inCloud = cloudWork(cloudItems, judged, laneBarsPerSecond);
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
function cloudWork(
  items: readonly { startLane: number; endLane: number; startBar: number; endBar: number }[],
  judged: number,
  speed: number,
) {
  const works = items.map(
    ({ startLane, endLane, startBar, endBar }) => ((endLane - startLane) * (endBar - startBar)) / speed,
  );
  const { overheadSeconds, longestSegmentSeconds } = assumptions;
  const { memoryMb, architecture, region } = place;
  const usages = [...works, ...Array.from({ length: judged }, () => 0)].map((seconds) => {
    const segments = Math.max(1, Math.ceil(seconds / longestSegmentSeconds));
    const attempt: AttemptWork = { seconds: 2 * overheadSeconds, memoryMb, segments, parts: 0 };
    const segment = {
      seconds: seconds / segments + overheadSeconds,
      memoryMb,
      stateBytes: 200_000,
      parts: 0,
      chunks: 1,
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

/** Lane-bars a second of one thread, measured on the first lanes over the first bars of the first window. */
async function measuredSpeed(opened: OpenedSweep): Promise<number> {
  const { strategy, snapshot, plan } = opened;
  const bars = plan.windows[0]?.inSample[0] ?? opened.bars;
  const endBar = Math.min(bars.endBar, bars.startBar + sample.bars);
  const numbers = Array.from({ length: Math.min(sample.lanes, plan.points.count) }, (_, lane) => lane);
  const { points, params } = sweepLanes(opened, numbers);
  const taken = points.filter((_, lane) => params[lane] !== undefined);
  const { timeframe, lot } = onlyInstrument(snapshot.manifest);
  const spec = inSampleSpec(opened, bars, taken);
  const chunk = await snapshot.read(bars.startBar, endBar);
  let laneBars = 0;
  const startedAtMs = performance.now();
  // Repeated for a second, so that what is measured is compiled code.
  while (taken.length > 0 && performance.now() - startedAtMs < sample.seconds * 1_000) {
    const simulation = new Simulation(compileProgram(spec, strategy, { timeframe, startBar: bars.startBar, lot }));
    simulation.advance(chunk);
    simulation.takeFacts();
    laneBars += taken.length * (endBar - bars.startBar);
  }
  return laneBars === 0 ? 1_000_000 : (laneBars / (performance.now() - startedAtMs)) * 1_000;
}
