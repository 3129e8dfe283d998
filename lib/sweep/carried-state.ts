import { add, type Fixed, parseFixed, toNumber } from "../engine/money.ts";
import { type OpeningAccount, openingAccountOf } from "../engine/opening-account.ts";
import { loadState } from "../run/checkpoint.ts";
import { parseSpec } from "../run/parse-spec.ts";
import type { RunRecord } from "../run/run-store.ts";
import { MissingCheckpointError } from "../run/segment.ts";
import type { BarTimes } from "./bar-calendar.ts";
import type { SweepStores } from "./open-sweep.ts";
import { SweepSpecError } from "./sweep-spec-error.ts";
import type { SweepWindow } from "./windows.ts";

/** What a window began with from the one before it: units (negative when short), open trades and waiting orders. */
export type Inherited = { readonly units: number; readonly openTrades: number; readonly orders: number };

/** Positions can only be carried from one bar to the next. Throws SweepSpecError when out-of-sample ranges leave bars out between them. */
export function assertConsecutive(windows: readonly SweepWindow[], { startBar, openTimeMs }: BarTimes): void {
  for (const [next, { outOfSample }] of windows.entries()) {
    const end = windows[next - 1]?.outOfSample[0]?.endBar;
    const start = outOfSample[0]?.startBar;
    if (end === undefined || start === undefined || end === start) continue;
    const [left, day] = [start - end, new Date(openTimeMs[start - startBar] as number).toISOString()];
    throw new SweepSpecError(
      `state: "carried" expects each out-of-sample range to begin at the bar after the one before it, found ${left} ${left === 1 ? "bar" : "bars"} between those of windows ${next - 1} and ${next}, which begins at bar ${start} (${day}). Use a windows.step as long as outOfSample, in the same unit, or state: fresh.`,
    );
  }
}

/** The account that a completed run of one lane left. The run's head stands before a close that its end may have forced: of one that did so it must not be asked. */
export async function accountLeftBy(run: RunRecord, { runs, objects }: SweepStores): Promise<OpeningAccount> {
  const head = await runs.getCheckpoint(run.runId, run.headSequence);
  const [lane] = head === undefined ? [] : (await loadState(head, objects)).lanes;
  if (lane !== undefined) return openingAccountOf(lane.broker);
  throw new MissingCheckpointError(
    `Run "${run.runId}" has lost its last checkpoint, expected the account that the next window begins with. Remove the sweep and start it again.`,
  );
}

/** What a winner's run began with; undefined for one that began flat. */
export function inheritedBy({ runId, spec }: Pick<RunRecord, "runId" | "spec">): Inherited | undefined {
  const { opening } = parseSpec(spec, `The stored spec of run "${runId}"`).account;
  if (opening === undefined) return undefined;
  const { trades, orders } = opening;
  const held = trades.reduce<Fixed>((sum, { quantity }) => add(sum, parseFixed(quantity)), 0);
  const units = trades[0]?.direction === -1 ? -toNumber(held) : toNumber(held);
  return { units, openTrades: trades.length, orders: orders.length };
}
