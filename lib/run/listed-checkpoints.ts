import type { CheckpointSummary, RunFilter, RunRecord, RunStore } from "./run-store.ts";

/** Which checkpoints are meant: of one run, or of the runs of a strategy or status; saved in [fromMs, toMs). */
export type CheckpointFilter = {
  readonly runs: Pick<RunFilter, "strategy" | "status">;
  /** Only of this run. */
  readonly run?: RunRecord;
  readonly fromMs: number;
  readonly toMs: number;
};

/** Where a page of checkpoints begins: the place among the runs, and the sequence after which to go on in the first of them. */
export type CheckpointPlace = { readonly runs?: string; readonly afterSequence: number };

export type ListedCheckpoint = CheckpointSummary & { readonly isHead: boolean };
export type CheckpointPage = { readonly items: readonly ListedCheckpoint[]; readonly next?: CheckpointPlace };

/** A page looks at no more runs than this, and may be shorter than its limit for it. */
const runsLookedAt = 100;

/** A page of checkpoints: runs newest first, each run's by sequence. `next` is absent on the last page. */
export async function listedCheckpoints(
  filter: CheckpointFilter,
  from: CheckpointPlace,
  limit: number,
  store: RunStore,
): Promise<CheckpointPage> {
  const items: ListedCheckpoint[] = [];
  let { runs: cursor, afterSequence } = from;
  for (let looked = 0; looked < runsLookedAt; looked++) {
    const page = filter.run === undefined ? await store.listRuns(filter.runs, 1, cursor) : onlyRun(filter);
    const [run] = page.items;
    if (run === undefined) return { items };
    for (const checkpoint of await store.listCheckpoints(run.runId)) {
      const { sequence, createdAtMs } = checkpoint;
      if (sequence <= afterSequence || createdAtMs < filter.fromMs || createdAtMs >= filter.toMs) continue;
      if (items.length === limit)
        return {
          items,
          next: {
            ...(cursor === undefined ? {} : { runs: cursor }),
            afterSequence: lastSequence(items, run) ?? afterSequence,
          },
        };
      items.push({ ...checkpoint, isHead: sequence === run.headSequence });
    }
    if (page.next === undefined) return { items };
    cursor = page.next;
    afterSequence = 0;
  }
  return { items, next: { ...(cursor === undefined ? {} : { runs: cursor }), afterSequence } };
}

/** A run that is named may still be left out by the other filters. */
function onlyRun({ run, runs }: CheckpointFilter): { readonly items: readonly RunRecord[]; readonly next?: string } {
  const isMeant =
    run !== undefined && (runs.strategy ?? run.strategy) === run.strategy && (runs.status ?? run.status) === run.status;
  return { items: isMeant ? [run] : [] };
}

function lastSequence(items: readonly ListedCheckpoint[], run: RunRecord): number | undefined {
  return items.findLast(({ runId }) => runId === run.runId)?.sequence;
}
