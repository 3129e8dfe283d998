import { type RunEntry, runEntry } from "../../report/run-document.ts";
import { type RunFilterFlags, runFilter } from "../../run/run-filter.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { countText, minuteText, percentText, shortId } from "../quantity-text.ts";
import { left, right, textTable } from "../text-table.ts";

export type ListRunsFlags = RunFilterFlags & CloudFlags & { readonly limit: number; readonly cursor?: string };

type Listed = { readonly runs: readonly RunEntry[]; readonly next: string | null; readonly where: string };

/** `ls`: a page of runs, newest first. */
export async function listRuns(flags: ListRunsFlags, console: Console): Promise<ExitCode> {
  const { strategy, status, from, to, limit, cursor } = flags;
  const filter = { ...(strategy && { strategy }), ...(status && { status }), ...(from && { from }), ...(to && { to }) };
  const { runs, next, where } = await atPlace<Listed>(flags, {
    local: async ({ folder, stores }) => {
      const page = await stores.runs.listRuns(runFilter(filter), limit, cursor);
      return { runs: page.items.map(runEntry), next: page.next ?? null, where: folder };
    },
    cloud: async (remote) => ({ ...(await remote.runs.list(filter, limit, cursor)), where: remote.url }),
  });
  const more = next === null ? "" : `\n\nMore: ${console.hint(`backstitch ls --limit ${limit} --cursor ${next}`)}`;
  const isAll = Object.keys(filter).length === 0;
  const none = `No runs in ${where}${isAll ? ` yet. Start one: ${console.hint("backstitch run SPEC.yaml")}` : " match."}`;
  console.answer({ runs, next }, runs.length === 0 ? none : runsTable(runs) + more);
  return 0;
}

function runsTable(runs: readonly RunEntry[]): string {
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
    run.stale ? `${run.status} (interrupted: resume)` : run.status,
    countText(run.endBar - run.startBar),
    percentText((run.headBar - run.startBar) / (run.endBar - run.startBar)),
    minuteText(run.createdAtMs),
    run.resultDigest === null ? "" : shortId(run.resultDigest),
  ]);
  return textTable(columns, rows);
}
