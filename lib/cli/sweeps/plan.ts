import { availableParallelism } from "node:os";
import type { SweepEstimate } from "../../api/sweep-estimate.ts";
import { estimateSweep } from "../../cloud/estimate-sweep.ts";
import { usualPlace } from "../../cloud/planned-place.ts";
import { pricesOf } from "../../cloud/prices.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { countText, dollarsText, durationText } from "../quantity-text.ts";
import { parseChanges } from "../set-fields.ts";
import { readSweepFile } from "../spec-file.ts";
import { assertNoWorkers, type SweepFlags } from "./run.ts";

/** `sweep plan`: windows, lanes and items of a sweep, and what it would take here and on AWS, from the speed measured on some of its lanes. */
export async function planSweepFile(file: string, flags: SweepFlags, console: Console): Promise<ExitCode> {
  const limit = flags.maxLanes === undefined ? [] : [{ path: ["maxLanes"], value: flags.maxLanes }];
  const spec = readSweepFile(file, [...parseChanges(flags.set), ...limit]);
  const document = await atPlace<SweepEstimate>(flags, {
    local: ({ stores }) => {
      const { workers = availableParallelism(), region = usualPlace.region } = flags;
      pricesOf(region);
      const measuredOn = { text: "this machine", share: 1 };
      return estimateSweep(spec, { workers, measuredOn, place: { ...usualPlace, region } }, stores);
    },
    cloud: async ({ sweeps, strategies }) => {
      const { cloudSweepSpec } = await import("../cloud/cloud-spec.ts");
      assertNoWorkers(flags);
      return sweeps.plan(await cloudSweepSpec(spec, strategies));
    },
  });
  console.answer(document, planText(document));
  return 0;
}

function planText({
  windows,
  points,
  lanes,
  runs,
  items,
  laneBars,
  laneBarsPerSecond,
  measuredOn,
  local,
  cloud,
  warnings,
}: SweepEstimate): string {
  return [
    `Windows      ${countText(windows.length)}`,
    `Lanes        ${countText(points)} parameter sets, ${countText(lanes)} with windows`,
    `Runs         ${countText(runs)}: ${countText(items)} items of lanes, the rest of winners`,
    `Lane-bars    ${countText(laneBars)} at ${countText(Math.round(laneBarsPerSecond))} a second and thread (measured on ${measuredOn})`,
    ...(local === null
      ? []
      : [
          `Computed     about ${durationText(Math.ceil(local.seconds * 1_000))} on ${local.workers} threads of ${measuredOn}`,
        ]),
    `On AWS       ${countText(cloud.items)} items, ${Math.round(cloud.usage.lambdaGbSeconds * 10) / 10} GB-seconds, ${countText(cloud.usage.stateTransitions)} state transitions, ${cloud.dollars === null ? "unknown prices" : dollarsText(cloud.dollars)} (${cloud.region}, ${cloud.memoryMb} MB, prices of ${cloud.pricesDate})`,
    ...warnings,
  ].join("\n");
}
