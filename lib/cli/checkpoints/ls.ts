import type { CheckpointSummary, RunRecord } from "../../run/run-store.ts";
import type { Console, ExitCode } from "../console.ts";
import { findRun } from "../find-run.ts";
import { atHome, type LocalHome } from "../local-home.ts";
import { countText, minuteText, shortId, sizeText, timeText } from "../quantity-text.ts";
import { type RunFilterFlags, runFilter } from "../runs/ls.ts";
import { left, right, textTable } from "../text-table.ts";

export type ListCheckpointsFlags = RunFilterFlags & { readonly limit: number };

/** `checkpoints ls`: those of one run, or of all runs that match. */
export function listCheckpoints(
  reference: string | undefined,
  flags: ListCheckpointsFlags,
  console: Console,
): Promise<ExitCode> {
  return atHome(async (home) => {
    const { runs, more } = await chosenRuns(reference, flags, home);
    const lists = await Promise.all(runs.map((run) => home.stores.runs.listCheckpoints(run.runId)));
    const checkpoints = runs.flatMap((run, index) =>
      (lists[index] ?? []).map((checkpoint) => ({ ...checkpoint, isHead: checkpoint.sequence === run.headSequence })),
    );
    const rest = more ? `\n\nOnly of the newest ${flags.limit} runs: more with --limit.` : "";
    console.answer(
      { checkpoints, isComplete: !more },
      checkpoints.length === 0 ? emptyText(reference, runs) : checkpointsTable(checkpoints) + rest,
    );
    return 0;
  });
}

type Listed = CheckpointSummary & { readonly isHead: boolean };

async function chosenRuns(
  reference: string | undefined,
  flags: ListCheckpointsFlags,
  { stores }: LocalHome,
): Promise<{ readonly runs: readonly RunRecord[]; readonly more: boolean }> {
  if (reference !== undefined) return { runs: [await findRun(reference, stores.runs)], more: false };
  const { items, next } = await stores.runs.listRuns(runFilter(flags), flags.limit);
  return { runs: items, more: next !== undefined };
}

function emptyText(reference: string | undefined, runs: readonly RunRecord[]): string {
  const [run] = runs;
  if (run === undefined) return "No run matches.";
  return reference === undefined ? "No run that matches has checkpoints." : `Run ${run.runId} has no checkpoints yet.`;
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
