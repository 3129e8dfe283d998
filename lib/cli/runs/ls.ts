import { runEntry } from "../../report/run-document.ts";
import { type RunFilterFlags, runFilter } from "../../run/run-filter.ts";
import { isStale } from "../../run/run-owner.ts";
import type { RunRecord } from "../../run/run-store.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { countText, minuteText, percentText, shortId } from "../quantity-text.ts";
import { left, right, textTable } from "../text-table.ts";

export type ListRunsFlags = RunFilterFlags & { readonly limit: number; readonly cursor?: string };

/** `ls`: a page of runs, newest first. */
export function listRuns(flags: ListRunsFlags, console: Console): Promise<ExitCode> {
  return atHome(async ({ folder, stores }) => {
    const { items, next } = await stores.runs.listRuns(runFilter(flags), flags.limit, flags.cursor);
    const more = next === undefined ? "" : `\n\nMore: backstitch ls --limit ${flags.limit} --cursor ${next}`;
    const none = `No runs in ${folder}${Object.keys(runFilter(flags)).length === 0 ? " yet. Start one: backstitch run SPEC.yaml" : " match."}`;
    console.answer(
      { runs: items.map(runEntry), next: next ?? null },
      items.length === 0 ? none : runsTable(items) + more,
    );
    return 0;
  });
}

function runsTable(runs: readonly RunRecord[]): string {
  const columns = [
    left("RUN"),
    left("STRATEGY"),
    left("STATUS"),
    right("BARS"),
    right("DONE"),
    left("CREATED (UTC)"),
    left("RESULT DIGEST"),
  ];
  const rows = runs.map((run) => [
    run.runId,
    run.strategy,
    isStale(run, Date.now()) ? `${run.status} (interrupted: resume)` : run.status,
    countText(run.endBar - run.startBar),
    percentText((run.headBar - run.startBar) / (run.endBar - run.startBar)),
    minuteText(run.createdAtMs),
    run.resultDigest === undefined ? "" : shortId(run.resultDigest),
  ]);
  return textTable(columns, rows);
}
