import { findSweeps, type SweepQuery } from "../../report/find-sweeps.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { filterText } from "../filter-text.ts";
import { atPlace } from "../place.ts";
import { countText, minuteText, shortId } from "../quantity-text.ts";
import { left, right, textTable } from "../text-table.ts";

export type ListSweepsFlags = SweepQuery & CloudFlags & { readonly limit: number; readonly cursor?: string };

/** `sweep ls`: a page of sweeps, newest first. */
export async function listSweeps(flags: ListSweepsFlags, console: Console): Promise<ExitCode> {
  const { strategy, status, tag, from, to, metric, limit, cursor } = flags;
  const query: SweepQuery = {
    ...(strategy && { strategy }),
    ...(status && { status }),
    ...(tag && { tag }),
    ...(from && { from }),
    ...(to && { to }),
    ...(metric && { metric }),
  };
  const { sweeps, next, looked } = await atPlace(flags, {
    local: ({ stores }) => findSweeps(query, limit, cursor, stores),
    cloud: (remote) => remote.sweeps.list(query, limit, cursor),
  });
  const columns = [
    left("SWEEP"),
    left("STRATEGY"),
    left("STATUS"),
    right("LANES"),
    right("FAILED"),
    left("CREATED (UTC)"),
    left("RESULT DIGEST"),
  ];
  const rows = sweeps.map((sweep) => [
    sweep.sweepId,
    sweep.strategy,
    sweep.status,
    countText(sweep.counts.total),
    countText(sweep.counts.failed),
    minuteText(sweep.createdAtMs),
    sweep.resultDigest === null ? "" : shortId(sweep.resultDigest),
  ]);
  const stopped = next !== null && sweeps.length < limit ? `Looked at ${countText(looked)} sweeps. ` : "";
  const more =
    next === null
      ? ""
      : `\n\n${stopped}More: ${console.hint(`backstitch sweep ls${filterText(query)} --limit ${limit} --cursor ${next}`)}`;
  const none = Object.keys(query).length === 0 ? "No sweeps." : "No sweeps match.";
  console.answer({ sweeps, next, looked }, (sweeps.length === 0 ? none : textTable(columns, rows)) + more);
  return 0;
}
