import { type FoundRun, type FoundRuns, findRuns, type RunQuery } from "../../report/find-runs.ts";
import { metricDefinitions } from "../../report/metric-definitions.ts";
import { metricText } from "../../report/metrics-section.ts";
import { isMetricName } from "../../sweep/metric-directions.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { filterText } from "../filter-text.ts";
import { atPlace } from "../place.ts";
import { countText, minuteText, percentText, shortId } from "../quantity-text.ts";
import { left, right, textTable } from "../text-table.ts";

export type ListRunsFlags = RunQuery & CloudFlags & { readonly limit: number; readonly cursor?: string };

/** `ls`: a page of runs, newest first. */
export async function listRuns(flags: ListRunsFlags, console: Console): Promise<ExitCode> {
  const { strategy, status, from, to, tag, metric, limit, cursor } = flags;
  const query: RunQuery = {
    ...(strategy && { strategy }),
    ...(status && { status }),
    ...(from && { from }),
    ...(to && { to }),
    ...(tag && { tag }),
    ...(metric && { metric }),
  };
  const { runs, next, looked, where } = await atPlace<FoundRuns & { readonly where: string }>(flags, {
    local: async ({ folder, stores }) => ({ ...(await findRuns(query, limit, cursor, stores)), where: folder }),
    cloud: async (remote) => ({ ...(await remote.runs.list(query, limit, cursor)), where: remote.url }),
  });
  const stopped = next !== null && runs.length < limit ? `Looked at ${countText(looked)} runs. ` : "";
  const more =
    next === null
      ? ""
      : `\n\n${stopped}More: ${console.hint(`backstitch ls${filterText(query)} --limit ${limit} --cursor ${next}`)}`;
  const isAll = Object.keys(query).length === 0;
  const none = `No runs in ${where}${isAll ? ` yet. Start one: ${console.hint("backstitch run SPEC.yaml")}` : " match."}`;
  console.answer({ runs, next, looked }, (runs.length === 0 ? none : runsTable(runs)) + more);
  return 0;
}

function runsTable(runs: readonly FoundRun[]): string {
  const columns = [
    left("RUN"),
    left("STRATEGY"),
    left("STATUS"),
    right("BARS"),
    right("DONE"),
    left("CREATED (UTC)"),
    left("RESULT DIGEST"),
    ...(runs.some(({ match }) => match !== undefined) ? [left("FIRST LANE THAT MEETS IT")] : []),
  ];
  const rows = runs.map((run) => [
    run.runId,
    run.strategy,
    run.stale ? `${run.status} (interrupted: resume)` : run.status,
    countText(run.endBar - run.startBar),
    percentText((run.headBar - run.startBar) / (run.endBar - run.startBar)),
    minuteText(run.createdAtMs),
    run.resultDigest === null ? "" : shortId(run.resultDigest),
    run.match === undefined ? "" : matchText(run.match),
  ]);
  return textTable(columns, rows);
}

function matchText({ lane, metrics }: NonNullable<FoundRun["match"]>): string {
  const values = Object.entries(metrics).map(
    ([name, value]) => `${name} ${isMetricName(name) ? metricText(value, metricDefinitions[name].unit) : value}`,
  );
  return `${lane}: ${values.join(", ")}`;
}
