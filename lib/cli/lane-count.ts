import { laneParams } from "../run/program.ts";
import type { RunRecord } from "../run/run-store.ts";
import { storedSpec } from "../run/stored-spec.ts";
import { countOf } from "./quantity-text.ts";
import { OutputError } from "./write-file.ts";

/** How many lanes the run has; throws OutputError when `lane`, as --lane gave it, is none of them. */
export function laneCountWith(lane: number | undefined, run: RunRecord): number {
  const laneCount = laneParams(storedSpec(run)).length;
  assertLane(lane, run.runId, laneCount);
  return laneCount;
}

/** Throws OutputError when `lane`, as --lane gave it, is none of the run's. */
export function assertLane(lane: number | undefined, runId: string, laneCount: number): void {
  if (lane === undefined || lane < laneCount) return;
  throw new OutputError(
    `--lane ${lane}: run "${runId}" has ${countOf(laneCount, "lane")}, expected 0 to ${laneCount - 1}.`,
  );
}
