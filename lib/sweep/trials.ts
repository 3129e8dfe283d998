import { type ExpandedItem, type ExpandedSweep, expandSweep } from "./expand-sweep.ts";
import type { OpenedSweep, SweepStores } from "./open-sweep.ts";
import {
  lanesOfRounds,
  nextRound,
  roundUnderWay,
  rowsInTheEnd,
  type StoredRounds,
  type TpeMethod,
} from "./optimiser-rounds.ts";
import type { ItemSizing } from "./plan-items.ts";
import { lanesTried, type SweepLanes, sweepLanes } from "./sweep-lanes.ts";
import { getDocument } from "./sweep-objects.ts";
import type { SweepRecord } from "./sweep-store.ts";

/** What a sweep tries in-sample: everything at once, or, of an optimiser, the rounds up to the one under way. A row is a lane over one in-sample range. */
export type Trials = {
  readonly lanes: SweepLanes;
  readonly expanded: Pick<ExpandedSweep, "families" | "items">;
  /** The runs that are to be done now. */
  readonly due: readonly ExpandedItem[];
  /** Rows that are there or asked for; and in the end, at most. */
  readonly rows: { readonly asked: number; readonly total: number; readonly cached: number };
  readonly rounds?: StoredRounds;
};

/** The trials as they are stored, or the first. `sizing` is asked only when runs are cut for the first time. Repeating it changes nothing. */
export async function planTrials(
  sweep: SweepRecord,
  opened: OpenedSweep,
  sizing: () => Promise<ItemSizing>,
  stores: SweepStores,
): Promise<Trials> {
  const { method } = opened.spec;
  if (method.kind === "tpe")
    return trialsOfRounds(opened, method, await roundUnderWay(sweep, opened, method, sizing, stores));
  const expanded =
    sweep.planHash === undefined
      ? await expandSweep(sweep, opened, await sizing(), stores)
      : await getDocument<ExpandedSweep>(sweep.planHash, stores.objects);
  const lanes = sweepLanes(opened);
  const total = rowsOf(lanes, expanded);
  return { lanes, expanded, due: expanded.items, rows: { asked: total, total, cached: expanded.cachedLanes } };
}

/** The trials after those whose runs are done now; undefined when these were the last. Throws SweepRoundError when a run of a round is not done. */
export async function nextTrials(
  sweep: SweepRecord,
  opened: OpenedSweep,
  { rounds }: Trials,
  stores: SweepStores,
): Promise<Trials | undefined> {
  const { method } = opened.spec;
  if (method.kind !== "tpe" || rounds === undefined) return undefined;
  const next = await nextRound(sweep, opened, method, rounds, stores);
  return next && trialsOfRounds(opened, method, next);
}

function trialsOfRounds(opened: OpenedSweep, method: TpeMethod, rounds: StoredRounds): Trials {
  const { plan } = rounds;
  const lanes = lanesOfRounds(opened, method, plan.states);
  const asked = rowsOf(lanes, plan);
  return {
    lanes,
    expanded: plan,
    due: plan.items.slice(plan.dueFrom),
    rows: { asked, total: rowsInTheEnd(plan, method, opened), cached: plan.cachedLanes },
    rounds,
  };
}

function rowsOf(lanes: SweepLanes, { families }: Pick<ExpandedSweep, "families">): number {
  return families.reduce((sum, ranges, window) => sum + ranges.length * lanesTried(lanes, window).length, 0);
}
