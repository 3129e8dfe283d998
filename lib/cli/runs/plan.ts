import type { RunPlan } from "../../api/run-plan.ts";
import type { Bill, Usage } from "../../cloud/cost-model.ts";
import { usualPlace } from "../../cloud/planned-place.ts";
import { type Architecture, pricesOf } from "../../cloud/prices.ts";
import { planRun } from "../../run/start-run.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { countOf, countText, dollarsText, durationText, ratioText, sizeText } from "../quantity-text.ts";
import { parseChanges } from "../set-fields.ts";
import { readSpecFile } from "../spec-file.ts";
import { left, nameList, right, textTable } from "../text-table.ts";

export type PlanFlags = CloudFlags & {
  readonly segmentBars?: number;
  readonly set?: readonly string[];
  readonly memory?: number;
  readonly architecture?: Architecture;
};

/** `plan`: what a run will be on AWS, and what it will cost there; computes the first bars to measure, here or, of a snapshot on AWS, in the API. */
export async function planSpec(file: string, flags: PlanFlags, console: Console): Promise<ExitCode> {
  const { segmentBars, memory, architecture } = flags;
  const length = segmentBars === undefined ? [] : [{ path: ["checkpoint", "everyBars"], value: segmentBars }];
  const spec = readSpecFile(file, [...parseChanges(flags.set), ...length]);
  const wanted = { ...(memory && { memoryMb: memory }), ...(architecture && { architecture }) };
  const document = await atPlace<RunPlan>(flags, {
    local: async ({ stores }) => {
      const { planRunOnAws } = await import("../../cloud/plan-run.ts");
      const { region = usualPlace.region } = flags;
      pricesOf(region);
      const plan = await planRun(spec, stores);
      console.note("Computing the first bars to measure the speed of the strategy.");
      return planRunOnAws(plan, { ...usualPlace, ...wanted, region }, { text: "this machine", share: 1 }, stores);
    },
    cloud: async ({ runs, strategies }) => {
      const { cloudSpec } = await import("../cloud/cloud-spec.ts");
      return runs.plan(await cloudSpec(spec, strategies), wanted);
    },
  });
  console.answer(document, planText(document));
  return 0;
}

function planText(plan: RunPlan): string {
  const { data, segments, segmentBars, seconds, memoryMb, architecture, usage, dollars, sample, prices } = plan;
  const head = nameList([
    ["Run", `${plan.name} (${plan.strategy}, ${countOf(plan.lanes, "lane")})`],
    ["Data", `${data.snapshot}: ${countOf(data.bars, "bar")}`],
    [
      "Measured",
      `${countText(sample.barsPerSecond)} bars/s over the first ${countOf(sample.bars, "bar")} on ${sample.measuredOn}; state ${sizeText(sample.stateBytes)}`,
    ],
    ["Segments", `${countText(segments)} of up to ${countOf(segmentBars, "bar")}`],
    ["Time", `about ${durationText(seconds * 1_000)}, with functions of ${countText(memoryMb)} MB (${architecture})`],
    ["Facts", `${sizeText(plan.factBytes)}, ${priceText(plan.dollarsPerMonthKept)} a month while they are kept`],
    plan.alreadyComputedAs === null ? undefined : ["Exists", `${plan.alreadyComputedAs} has this result`],
  ]);
  const rows = billLines(usage, dollars).map(([service, uses, price]) => [`  ${service}`, uses, priceText(price)]);
  const table = textTable(
    [left("  SERVICE"), left("USES"), right("DOLLARS")],
    [...rows, ["  total", "", priceText(dollars?.total ?? null)]],
  );
  const origin =
    dollars === null
      ? `The prices of ${prices.region} are not in the table.`
      : `List prices of ${prices.region} of ${prices.date}, without free tiers, storage of bars, logs and alarms. An estimate: the assumptions are in --json.`;
  return [head, table, ...plan.warnings, origin].join("\n\n");
}

function priceText(dollars: number | null): string {
  return dollars === null ? "unknown" : dollarsText(dollars);
}

function billLines(usage: Usage, bill: Bill | null): readonly (readonly [string, string, number | null])[] {
  const { lambdaGbSeconds, lambdaRequests, stateTransitions, s3Puts, s3Gets, apiRequests } = usage;
  return [
    ["Lambda", `${ratioText(lambdaGbSeconds)} GB-s, ${countOf(lambdaRequests, "invocation")}`, bill?.lambda ?? null],
    ["Step Functions", countOf(stateTransitions, "transition"), bill?.stepFunctions ?? null],
    [
      "DynamoDB",
      `${countOf(usage.dynamodbWriteUnits, "write unit")}, ${countOf(usage.dynamodbReadUnits, "read unit")}`,
      bill?.dynamodb ?? null,
    ],
    ["S3", `${countOf(s3Puts, "put")}, ${countOf(s3Gets, "get")}`, bill?.s3 ?? null],
    ["HTTP API", countOf(apiRequests, "request"), bill?.httpApi ?? null],
  ];
}
