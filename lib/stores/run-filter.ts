import type { RunFilter, RunKey, RunRecord } from "../run/run-store.ts";

/** Whether a list with this filter shows the run. */
export function matchesFilter(
  run: RunRecord,
  { strategy, status, createdFromMs, createdToMs, sweeps }: RunFilter,
): boolean {
  return (
    (strategy === undefined || run.strategy === strategy) &&
    (status === undefined || run.status === status) &&
    (createdFromMs === undefined || run.createdAtMs >= createdFromMs) &&
    (createdToMs === undefined || run.createdAtMs < createdToMs) &&
    (sweeps === undefined || run.sweepId === undefined)
  );
}

/** Whether the run computes what the key names. A fork followed another spec before its checkpoint, whatever its key says. */
export function hasRunKey(run: RunRecord, { engineVersion, specDigest, snapshotId }: RunKey): boolean {
  const isSame = run.engineVersion === engineVersion && run.specDigest === specDigest && run.snapshotId === snapshotId;
  return isSame && run.origin?.kind !== "fork";
}
