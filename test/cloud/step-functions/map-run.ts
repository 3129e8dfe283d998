import type { Execution } from "./execution.ts";
import type { Json, JsonObject } from "./json.ts";

/** One run of a Distributed Map: its items, and the child execution of each item that was started. */
export type MapRun = {
  readonly arn: string;
  readonly label: string;
  readonly parent: Execution;
  readonly startDateMs: number;
  readonly items: readonly MapRunItem[];
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "ABORTED";
  stopDateMs?: number | undefined;
  /** 0 stands for no limit of one's own. */
  maxConcurrency: number;
  toleratedFailureCount: number;
  toleratedFailurePercentage: number;
  resultsWritten: number;
  redriveCount: number;
  redriveDateMs?: number | undefined;
  /** Called when the limits change, so that waiting items start. */
  limitsChanged: () => void;
};

export type MapRunItem = { readonly index: number; readonly input: Json; execution?: Execution | undefined };

/** Whether more items have failed than the run tolerates: more than the count, or than the share, whichever is given. */
export function isOverTolerance(run: MapRun): boolean {
  const { failed, timedOut, aborted, total } = countItems(run);
  const failures = failed + timedOut + aborted;
  if (failures === 0) return false;
  const { toleratedFailureCount, toleratedFailurePercentage } = run;
  const isOverCount = failures > toleratedFailureCount;
  const isOverShare = failures * 100 > toleratedFailurePercentage * total;
  if (toleratedFailureCount > 0 && toleratedFailurePercentage > 0) return isOverCount || isOverShare;
  return toleratedFailurePercentage > 0 ? isOverShare : isOverCount;
}

/** A map run as DescribeMapRun answers it. */
export function mapRunDocument(run: MapRun): JsonObject {
  const counts = { ...countItems(run), resultsWritten: run.resultsWritten };
  return {
    mapRunArn: run.arn,
    executionArn: run.parent.arn,
    status: run.status,
    startDate: run.startDateMs / 1000,
    ...(run.stopDateMs === undefined ? {} : { stopDate: run.stopDateMs / 1000 }),
    maxConcurrency: run.maxConcurrency,
    toleratedFailureCount: run.toleratedFailureCount,
    toleratedFailurePercentage: run.toleratedFailurePercentage,
    itemCounts: counts,
    executionCounts: counts,
    redriveCount: run.redriveCount,
    ...(run.redriveDateMs === undefined ? {} : { redriveDate: run.redriveDateMs / 1000 }),
  };
}

function countItems(run: MapRun) {
  const counts = {
    pending: 0,
    running: 0,
    succeeded: 0,
    failed: 0,
    timedOut: 0,
    aborted: 0,
    total: run.items.length,
    pendingRedrive: 0,
    failuresNotRedrivable: 0,
  };
  for (const { execution } of run.items) {
    counts[execution === undefined ? "pending" : countNames[execution.status]] += 1;
    if (execution?.status === "FAILED" && execution.history.isTooLongToRedrive) counts.failuresNotRedrivable += 1;
  }
  return counts;
}

const countNames = {
  RUNNING: "running",
  SUCCEEDED: "succeeded",
  FAILED: "failed",
  TIMED_OUT: "timedOut",
  ABORTED: "aborted",
  PENDING_REDRIVE: "pendingRedrive",
} as const;
