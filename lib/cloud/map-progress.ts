import { DescribeMapRunCommand, ListMapRunsCommand, type SFNClient } from "@aws-sdk/client-sfn";
import type { SweepProgressNow } from "../api/sweep-workflow.ts";
import { sweepSpecSchema } from "../sweep/sweep-spec.ts";
import type { SweepRecord } from "../sweep/sweep-store.ts";
import { isRefusal } from "./executions.ts";
import { isSweepUnderWay } from "./sweep-execution-hold.ts";

type Progress = SweepProgressNow | undefined;

/** Step Functions lets these questions be asked about once a second in the long run, and many may watch. */
const keptMs = 5_000;
/** The newest sweeps that somebody watches. */
const keptSweeps = 100;

/**
 * Tells how far the lanes of a sweep are, by what Step Functions counts of the children of its map in-sample; an answer is kept for some seconds. Undefined of a sweep that
 * nobody computes, of an optimiser, whose rounds are maps of their own, and where an emulator does not count. Runs that were done before a new execution began are in no map: they
 * count when all is done.
 */
export function openMapProgress(sfn: SFNClient, nowMs: () => number): (sweep: SweepRecord) => Promise<Progress> {
  const kept = new Map<string, { readonly askedAtMs: number; readonly progress: Promise<Progress> }>();
  return (sweep) => {
    if (!isSweepUnderWay(sweep)) return Promise.resolve(undefined);
    const known = kept.get(sweep.sweepId);
    if (known !== undefined && nowMs() - known.askedAtMs < keptMs) return known.progress;
    const progress = progressOf(sweep, sfn, nowMs());
    kept.delete(sweep.sweepId);
    kept.set(sweep.sweepId, { askedAtMs: nowMs(), progress });
    for (const [oldest] of kept) if (kept.size > keptSweeps) kept.delete(oldest);
    return progress;
  };
}

async function progressOf(sweep: SweepRecord, sfn: SFNClient, nowMs: number): Promise<Progress> {
  const { executionArn, counts } = sweep;
  const lanes = counts.total - counts.cached;
  if (executionArn === undefined || lanes === 0) return undefined;
  if (sweepSpecSchema.parse(sweep.spec).method.kind === "tpe") return undefined;
  try {
    const { mapRuns = [] } = await sfn.send(new ListMapRunsCommand({ executionArn }));
    const own = mapRuns.find(({ mapRunArn = "" }) => mapRunArn.includes("/InSample:"));
    if (own === undefined) return undefined;
    const { itemCounts, startDate } = await sfn.send(new DescribeMapRunCommand({ mapRunArn: own.mapRunArn }));
    const { succeeded = 0, total = 0 } = itemCounts ?? {};
    if (total === 0 || startDate === undefined) return undefined;
    const done = Math.floor((lanes * succeeded) / total);
    const seconds = (nowMs - startDate.getTime()) / 1_000;
    const lanesPerSecond = done > 0 && done < lanes && seconds > 0 ? done / seconds : null;
    return {
      doneLanes: counts.cached + done,
      totalLanes: counts.total,
      share: (counts.cached + done) / counts.total,
      lanesPerSecond,
      best: null,
      secondsLeft: lanesPerSecond === null ? null : (lanes - done) / lanesPerSecond,
    };
  } catch (error) {
    if (error instanceof Error && isRefusal(error)) return undefined;
    throw error;
  }
}
