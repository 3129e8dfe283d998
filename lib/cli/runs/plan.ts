import { type Bill, billOf, type Usage } from "../../cloud/cost-model.ts";
import { assumptions, estimateRun, type RunEstimate } from "../../cloud/estimate-run.ts";
import { type Architecture, priceSources, pricesDate, pricesOf } from "../../cloud/prices.ts";
import { sampleRun } from "../../cloud/sample-run.ts";
import { inSampleWarnings, modelsOfRun } from "../../run/models-of-run.ts";
import { planRun } from "../../run/start-run.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { assertLocal } from "../place.ts";
import { countOf, countText, dollarsText, durationText, ratioText, sizeText } from "../quantity-text.ts";
import { parseChanges } from "../set-fields.ts";
import { readSpecFile } from "../spec-file.ts";
import { left, nameList, right, textTable } from "../text-table.ts";

export type PlanFlags = CloudFlags & {
  readonly segmentBars?: number;
  readonly set?: readonly string[];
  readonly memory: number;
  readonly architecture: Architecture;
};

/** The region whose prices are meant when none is given. */
const usualRegion = "us-east-1";

/** `plan`: what a run will be on AWS, and what it will cost there; computes the first bars here to measure. */
export async function planSpec(file: string, flags: PlanFlags, console: Console): Promise<ExitCode> {
  assertLocal(
    flags,
    "plan",
    "Plan with the same bars on this machine: the spec, the bars and the strategy are all it needs.",
  );
  const { segmentBars, memory: memoryMb, architecture, region = usualRegion } = flags;
  const prices = pricesOf(region);
  const length = segmentBars === undefined ? [] : [{ path: ["checkpoint", "everyBars"], value: segmentBars }];
  const spec = readSpecFile(file, [...parseChanges(flags.set), ...length]);
  const document = await atHome(async ({ stores }) => {
    const plan = await planRun(spec, stores);
    const existing = await stores.runs.findCompleted(plan);
    console.note("Computing the first bars to measure the speed of the strategy.");
    const sample = await sampleRun(plan, stores, () => performance.now());
    const bars = plan.endBar - plan.startBar;
    const manifest = await stores.snapshots.get(plan.snapshotId);
    const shape = {
      bars,
      segmentBars: spec.checkpoint.everyBars,
      chunkBars: manifest?.chunkBars ?? bars,
      memoryMb,
      sample,
    };
    const estimate = estimateRun(shape);
    const models = await modelsOfRun(plan, stores);
    return {
      name: plan.name,
      strategy: plan.strategy,
      lanes: plan.laneCount,
      data: { snapshot: spec.data.snapshot, snapshotId: plan.snapshotId, bars },
      ...(models.length === 0 ? {} : { models }),
      specDigest: plan.specDigest,
      alreadyComputedAs: existing?.runId ?? null,
      segments: estimate.segments,
      segmentBars: estimate.segmentBars,
      seconds: estimate.seconds,
      memoryMb,
      architecture,
      usage: estimate.usage,
      dollars: billOf(estimate.usage, prices, architecture),
      factBytes: estimate.factBytes,
      dollarsPerMonthKept: (estimate.factBytes / 1e9) * prices.s3GbMonth,
      sample,
      assumptions,
      prices: { region, date: pricesDate, sources: priceSources },
      warnings: [...inSampleWarnings(models), ...warningsOf(estimate, shape.segmentBars)],
    };
  });
  console.answer(document, planText(document));
  return 0;
}

type PlanDocument = {
  readonly name: string;
  readonly strategy: string;
  readonly lanes: number;
  readonly data: { readonly snapshot: string; readonly bars: number };
  readonly alreadyComputedAs: string | null;
  readonly segments: number;
  readonly segmentBars: number;
  readonly seconds: number;
  readonly memoryMb: number;
  readonly architecture: Architecture;
  readonly usage: Usage;
  readonly dollars: Bill;
  readonly factBytes: number;
  readonly dollarsPerMonthKept: number;
  readonly sample: { readonly bars: number; readonly barsPerSecond: number; readonly stateBytes: number };
  readonly prices: { readonly region: string; readonly date: string };
  readonly warnings: readonly string[];
};

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
      `Reading ${sizeText(estimate.factBytes)} of facts back takes about ${durationText(estimate.finishSeconds * 1_000)}, longer than an invocation may: record less with record.equityEvery or record.facts.`,
    );
  }
  return warnings;
}

function planText(plan: PlanDocument): string {
  const { data, segments, segmentBars, seconds, memoryMb, architecture, usage, dollars, sample, prices } = plan;
  const head = nameList([
    ["Run", `${plan.name} (${plan.strategy}, ${countOf(plan.lanes, "lane")})`],
    ["Data", `${data.snapshot}: ${countOf(data.bars, "bar")}`],
    [
      "Measured",
      `${countText(sample.barsPerSecond)} bars/s over the first ${countOf(sample.bars, "bar")} on this machine; state ${sizeText(sample.stateBytes)}`,
    ],
    ["Segments", `${countText(segments)} of up to ${countOf(segmentBars, "bar")}`],
    ["Time", `about ${durationText(seconds * 1_000)}, with functions of ${countText(memoryMb)} MB (${architecture})`],
    ["Facts", `${sizeText(plan.factBytes)}, ${dollarsText(plan.dollarsPerMonthKept)} a month while they are kept`],
    plan.alreadyComputedAs === null
      ? undefined
      : ["Exists", `${plan.alreadyComputedAs} has this result on this machine`],
  ]);
  const rows = billLines(usage, dollars).map(([service, uses, price]) => [`  ${service}`, uses, dollarsText(price)]);
  const table = textTable(
    [left("  SERVICE"), left("USES"), right("DOLLARS")],
    [...rows, ["  total", "", dollarsText(dollars.total)]],
  );
  const origin = `List prices of ${prices.region} of ${prices.date}, without free tiers, storage of bars, logs and alarms. An estimate: the assumptions are in --json.`;
  return [head, table, ...plan.warnings, origin].join("\n\n");
}

function billLines(usage: Usage, bill: Bill): readonly (readonly [string, string, number])[] {
  const { lambdaGbSeconds, lambdaRequests, stateTransitions, s3Puts, s3Gets, apiRequests } = usage;
  return [
    ["Lambda", `${ratioText(lambdaGbSeconds)} GB-s, ${countOf(lambdaRequests, "invocation")}`, bill.lambda],
    ["Step Functions", countOf(stateTransitions, "transition"), bill.stepFunctions],
    [
      "DynamoDB",
      `${countOf(usage.dynamodbWriteUnits, "write unit")}, ${countOf(usage.dynamodbReadUnits, "read unit")}`,
      bill.dynamodb,
    ],
    ["S3", `${countOf(s3Puts, "put")}, ${countOf(s3Gets, "get")}`, bill.s3],
    ["HTTP API", countOf(apiRequests, "request"), bill.httpApi],
  ];
}
