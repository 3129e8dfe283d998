import { findRun } from "../../run/find-run.ts";
import { type RunFilterFlags, runFilter } from "../../run/run-filter.ts";
import type { CheckpointSummary, RunRecord } from "../../run/run-store.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import type { LocalHome } from "../local-home.ts";
import { atPlace } from "../place.ts";
import { countText, minuteText, shortId, sizeText, timeText } from "../quantity-text.ts";
import { left, right, textTable } from "../text-table.ts";

export type ListCheckpointsFlags = RunFilterFlags & CloudFlags & { readonly limit: number };

/** `checkpoints ls`: those of one run, or of all runs that match. */
export async function listCheckpoints(
  reference: string | undefined,
  flags: ListCheckpointsFlags,
  console: Console,
): Promise<ExitCode> {
  const { strategy, status, from, to, limit } = flags;
  const filter = { ...(strategy && { strategy }), ...(status && { status }), ...(from && { from }), ...(to && { to }) };
  const { checkpoints, isComplete } = await atPlace<Found>(flags, {
    local: (home) => listHere(reference, flags, home),
    cloud: (remote) => remote.checkpoints.list(reference, filter, limit),
  });
  const rest = isComplete ? "" : `\n\nOnly of the newest ${limit} runs: more with --limit.`;
  const text = checkpoints.length === 0 ? emptyText(reference) : checkpointsTable(checkpoints);
  console.answer({ checkpoints, isComplete }, text + rest);
  return 0;
}

type Listed = CheckpointSummary & { readonly isHead: boolean };
type Found = { readonly checkpoints: readonly Listed[]; readonly isComplete: boolean };

async function listHere(reference: string | undefined, flags: ListCheckpointsFlags, home: LocalHome): Promise<Found> {
  const { runs, isComplete } = await chosenRuns(reference, flags, home);
  const { createdFromMs = Number.NEGATIVE_INFINITY, createdToMs = Number.POSITIVE_INFINITY } = runFilter(flags);
  const checkpoints: Listed[] = [];
  for (const run of runs) {
    for (const checkpoint of await home.stores.runs.listCheckpoints(run.runId)) {
      const { createdAtMs, sequence } = checkpoint;
      if (createdAtMs < createdFromMs || createdAtMs >= createdToMs) continue;
      checkpoints.push({ ...checkpoint, isHead: sequence === run.headSequence });
    }
  }
  return { checkpoints, isComplete };
}

/** The run that is named, or the newest that match; dates are those of checkpoints, not of runs. */
async function chosenRuns(
  reference: string | undefined,
  { strategy, status, limit }: ListCheckpointsFlags,
  { stores }: LocalHome,
): Promise<{ readonly runs: readonly RunRecord[]; readonly isComplete: boolean }> {
  if (reference === undefined) {
    const { items, next } = await stores.runs.listRuns(
      runFilter({ ...(strategy && { strategy }), ...(status && { status }) }),
      limit,
    );
    return { runs: items, isComplete: next === undefined };
  }
  const run = await findRun(reference, stores.runs);
  const matches = (strategy ?? run.strategy) === run.strategy && (status ?? run.status) === run.status;
  return { runs: matches ? [run] : [], isComplete: true };
}

function emptyText(reference: string | undefined): string {
  return reference === undefined
    ? "No checkpoint matches."
    : `No checkpoint of run ${reference} matches, or it has none yet.`;
}

function checkpointsTable(checkpoints: readonly Listed[]): string {
  const columns = [
    left("RUN"),
    right("SEQUENCE"),
    left("CHECKPOINT"),
    right("BAR"),
    left("BAR TIME"),
    right("SIZE"),
    left("CREATED (UTC)"),
    left(""),
  ];
  const rows = checkpoints.map(
    ({ runId, sequence, checkpointId, barIndex, barTimeMs, stateBytes, createdAtMs, isHead }) => [
      runId,
      String(sequence),
      shortId(checkpointId),
      countText(barIndex),
      timeText(barTimeMs),
      sizeText(stateBytes),
      minuteText(createdAtMs),
      isHead ? "newest" : "",
    ],
  );
  return textTable(columns, rows);
}
