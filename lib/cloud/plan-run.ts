import type { RunPlan } from "../api/run-plan.ts";
import { countText } from "../report/figures.ts";
import { inSampleWarnings, modelsOfRun } from "../run/models-of-run.ts";
import type { RunStores } from "../run/opened-run.ts";
import type { PlannedRun } from "../run/start-run.ts";
import { billOf } from "./cost-model.ts";
import { assumptions, estimateRun, type RunEstimate } from "./estimate-run.ts";
import { type MeasuredOn, ofWholeProcessor, type PlannedPlace } from "./planned-place.ts";
import { knownPrices, priceSources, pricesDate } from "./prices.ts";
import { sampleRun } from "./sample-run.ts";

/** What a run will be on AWS, and what it will cost there; computes its first bars here to measure. Throws what `sampleRun` throws. */
export async function planRunOnAws(
  plan: PlannedRun,
  { region, memoryMb, architecture }: PlannedPlace,
  measuredOn: MeasuredOn,
  stores: RunStores,
): Promise<RunPlan> {
  const existing = await stores.runs.findCompleted(plan);
  const sample = ofWholeProcessor(await sampleRun(plan, stores, () => performance.now()), measuredOn);
  const bars = plan.endBar - plan.startBar;
  const { snapshot } = plan.spec.data;
  const manifest = await stores.snapshots.get(plan.snapshotId);
  const segmentBars = plan.spec.checkpoint.everyBars;
  const estimate = estimateRun({ bars, segmentBars, chunkBars: manifest?.chunkBars ?? bars, memoryMb, sample });
  const models = await modelsOfRun(plan, stores);
  const prices = knownPrices(region);
  return {
    name: plan.name,
    strategy: plan.strategy,
    lanes: plan.laneCount,
    data: { snapshot, snapshotId: plan.snapshotId, bars },
    ...(models.length === 0 ? {} : { models }),
    specDigest: plan.specDigest,
    alreadyComputedAs: existing?.runId ?? null,
    segments: estimate.segments,
    segmentBars: estimate.segmentBars,
    seconds: estimate.seconds,
    memoryMb,
    architecture,
    usage: estimate.usage,
    dollars: prices === undefined ? null : billOf(estimate.usage, prices, architecture),
    factBytes: estimate.factBytes,
    dollarsPerMonthKept: prices === undefined ? null : (estimate.factBytes / 1e9) * prices.s3GbMonth,
    sample: { ...sample, measuredOn: measuredOn.text },
    assumptions,
    prices: { region, date: pricesDate, sources: priceSources },
    warnings: [...inSampleWarnings(models), ...warningsOf(estimate, segmentBars)],
  };
}

function warningsOf(estimate: RunEstimate, asked: number): readonly string[] {
  const { longestSegmentSeconds } = assumptions;
  const warnings: string[] = [];
  if (estimate.segmentBars < asked && estimate.segments > 1) {
    warnings.push(
      `A segment of ${countText(asked)} bars does not fit into one invocation of ${longestSegmentSeconds} s: each ends at about ${countText(estimate.segmentBars)} bars, with a checkpoint.`,
    );
  }
  if (estimate.finishSeconds > longestSegmentSeconds) {
    warnings.push(
      `Reading ${countText(estimate.factBytes / 1e6)} MB of facts back takes about ${countText(estimate.finishSeconds)} s, longer than an invocation may: record less with record.equityEvery or record.facts.`,
    );
  }
  return warnings;
}
