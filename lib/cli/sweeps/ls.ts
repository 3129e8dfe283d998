import { findSweeps } from "../../report/find-sweeps.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { assertLocal } from "../place.ts";
import { countText, minuteText, shortId } from "../quantity-text.ts";
import { left, right, textTable } from "../text-table.ts";

export type ListSweepsFlags = CloudFlags & {
  readonly strategy?: string;
  readonly tag?: string;
  readonly limit: number;
  readonly cursor?: string;
};

/** `sweep ls`: a page of sweeps, newest first. */
export async function listSweeps(flags: ListSweepsFlags, console: Console): Promise<ExitCode> {
  assertLocal(flags, "sweep ls", "Leave --cloud out.");
  const { strategy, tag, limit, cursor } = flags;
  const filter = { ...(strategy && { strategy }), ...(tag && { tag }) };
  const { sweeps, next } = await atHome(({ stores }) => findSweeps(filter, limit, cursor, stores));
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
  const more = next === null ? "" : `\n\nMore: backstitch sweep ls --limit ${limit} --cursor ${next}`;
  console.answer({ sweeps, next }, sweeps.length === 0 ? "No sweeps." : textTable(columns, rows) + more);
  return 0;
}
