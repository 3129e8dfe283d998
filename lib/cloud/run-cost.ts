import type { RunCost } from "../report/run-document.ts";
import type { FunctionHost } from "../run/function-host.ts";
import type { RunRecord, SegmentRecord } from "../run/run-store.ts";
import { attemptUsage, billOf, segmentUsage, sumUsage, type Usage } from "./cost-model.ts";
import { assumptions } from "./estimate-run.ts";
import { knownPrices, pricesDate } from "./prices.ts";

/** The function that computed a run's first segment on AWS, and what the run has used there. */
export type RunUse = { readonly host: FunctionHost; readonly usage: Usage };

/** The size of a run's state and, where it is not the usual one, of its record. */
type RunSizes = { readonly stateBytes: number; readonly runBytes?: number };

/**
 * What a run has used of AWS so far, from its records; undefined when no function computed a segment of it. Restoring and committing, which the records do not
 * time, and the last step are taken as `plan` takes them.
 */
export function runUse(
  run: Pick<RunRecord, "status" | "attempt">,
  segments: readonly SegmentRecord[],
  sizes: RunSizes,
): RunUse | undefined {
  const billed = segments.flatMap((segment) =>
    segment.function === undefined ? [] : [{ segment, host: segment.function }],
  );
  const [first] = billed;
  if (first === undefined) return undefined;
  const { host } = first;
  const parts = billed.reduce((sum, { segment }) => sum + segment.parts.length, 0);
  const attempt = attemptUsage({
    seconds: 2 * assumptions.overheadSeconds,
    memoryMb: host.memoryMb,
    segments: billed.length,
    parts: run.status === "completed" ? parts : 0,
  });
  const usage = sumUsage([
    ...billed.map(({ segment, host: own }) => [usageOf(segment, own, sizes), 1] as const),
    [attempt, run.attempt],
  ]);
  return { host, usage };
}

/** What a run has used of AWS so far and its list price: nothing for segments that were computed elsewhere. Null dollars when a region's prices are not in the table. */
export function runCost(run: RunRecord, segments: readonly SegmentRecord[], stateBytes: number): RunCost {
  const use = runUse(run, segments, { stateBytes });
  return use === undefined ? { dollars: 0 } : costOf(use);
}

/** The list price of what was used. */
export function costOf({ host, usage }: RunUse): RunCost {
  const prices = knownPrices(host.region);
  return {
    dollars: prices === undefined ? null : billOf(usage, prices, host.architecture).total,
    usage: { ...usage },
    memoryMb: host.memoryMb,
    architecture: host.architecture,
    region: host.region,
    pricesDate,
  };
}

/** Chunks are those of 65,536 bars that snapshots have. */
const chunkBars = 65_536;

function usageOf({ startBar, endBar, durationMs, parts }: SegmentRecord, host: FunctionHost, sizes: RunSizes): Usage {
  return segmentUsage({
    seconds: durationMs / 1_000 + assumptions.overheadSeconds,
    memoryMb: host.memoryMb,
    ...sizes,
    parts: parts.length,
    chunks: Math.floor((endBar - 1) / chunkBars) - Math.floor(startBar / chunkBars) + 1,
  });
}
