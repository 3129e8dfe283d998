import { changeSweep } from "./change-sweep.ts";
import { firstBroken, parseConditions } from "./conditions.ts";
import { createItems, type ExpandedItem, laneFamilies } from "./expand-sweep.ts";
import { objectiveValue } from "./objective.ts";
import type { OpenedSweep, SweepStores } from "./open-sweep.ts";
import { ask, newOptimiser, type OptimiserState, tell } from "./optimiser.ts";
import type { ItemSizing } from "./plan-items.ts";
import { lanesTried, type SweepLanes, sweepLanes } from "./sweep-lanes.ts";
import { getDocument, putDocument } from "./sweep-objects.ts";
import type { MethodSpec } from "./sweep-spec.ts";
import { SweepSpecError } from "./sweep-spec-error.ts";
import type { SweepRecord } from "./sweep-store.ts";
import { loadWindowLanes, type WindowLane } from "./window-lanes.ts";

export type TpeMethod = Extract<MethodSpec, { kind: "tpe" }>;

/**
 * How far the optimisers of a sweep are (object of kind "sweeps"). Each window has its own; all are asked and told together, so that a round is as wide as there are
 * windows. Stored when a round begins, with its runs, which any attempt then goes on with.
 */
export type RoundsPlan = {
  readonly format: 1;
  /** Of each window; what is asked and not told is the round under way. */
  readonly states: readonly OptimiserState[];
  readonly families: readonly (readonly string[])[];
  /** Of all rounds; those of the round under way begin at `dueFrom`. */
  readonly items: readonly ExpandedItem[];
  readonly dueFrom: number;
  readonly cachedLanes: number;
  /** Every round is cut as the first was. */
  readonly sizing: ItemSizing;
};

/** A plan with the hash by which the sweep's record names it. */
export type StoredRounds = { readonly plan: RoundsPlan; readonly planHash: string };

/** A run of a round ended without a result. What an optimiser was told never changes, so that it is told nothing: the round goes on when the sweep is resumed. */
export class SweepRoundError extends Error {
  override readonly name = "SweepRoundError";
}

/** The round under way, as it is stored, or the first. `sizing` is asked for the first only. */
export async function roundUnderWay(
  sweep: SweepRecord,
  opened: OpenedSweep,
  method: TpeMethod,
  sizing: () => Promise<ItemSizing>,
  stores: SweepStores,
): Promise<StoredRounds> {
  if (sweep.planHash !== undefined) return loadRounds(sweep.planHash, stores);
  const nothing: RoundsPlan = {
    format: 1,
    states: opened.plan.windows.map(() => newOptimiser),
    families: await laneFamilies(opened),
    items: [],
    dueFrom: 0,
    cachedLanes: 0,
    sizing: await sizing(),
  };
  const states = nothing.states.map((state, window) => askRound(state, window, opened, method));
  return beginRound(sweep, opened, method, { before: nothing, planHash: undefined, states }, stores);
}

/** Tells the results of the round under way and begins the next; undefined when no further trials are asked for. Throws SweepRoundError unless its runs are done. */
export async function nextRound(
  sweep: SweepRecord,
  opened: OpenedSweep,
  method: TpeMethod,
  { plan, planHash }: StoredRounds,
  stores: SweepStores,
): Promise<StoredRounds | undefined> {
  await assertDone(plan.items.slice(plan.dueFrom), stores);
  const lanes = lanesOfRounds(opened, method, plan.states);
  const states: OptimiserState[] = [];
  for (const [window, state] of plan.states.entries()) {
    const due = lanesTried(lanes, window).slice(state.told.length);
    const results = await loadWindowLanes(window, plan, lanes, stores, due);
    const values = results.map((lane) => trialValue(lane, opened));
    states.push(askRound(tell(state, values), window, opened, method));
  }
  if (states.every(({ asked, told }) => asked.length === told.length)) return undefined;
  return beginRound(sweep, opened, method, { before: plan, planHash, states }, stores);
}

/**
 * The lanes of all rounds: a point has one number, whichever windows try it, and keeps it in later rounds. Of windows that try other points each knows its own, in
 * the order of its trials.
 */
export function lanesOfRounds(
  opened: OpenedSweep,
  { round }: TpeMethod,
  states: readonly Pick<OptimiserState, "asked">[],
): SweepLanes {
  const laneOf = new Map<number, number>();
  const most = Math.max(...states.map(({ asked }) => asked.length));
  for (let from = 0; from < most; from += round)
    for (const { asked } of states)
      for (const point of asked.slice(from, from + round)) if (!laneOf.has(point)) laneOf.set(point, laneOf.size);
  const tried = states.map(({ asked }) => asked.map((point) => laneOf.get(point) as number));
  return { ...sweepLanes(opened, [...laneOf.keys()]), tried };
}

/** Rows that all rounds together ask for: a row is a lane over one in-sample range. */
export function rowsInTheEnd(
  { families }: Pick<RoundsPlan, "families">,
  { n }: TpeMethod,
  { plan }: OpenedSweep,
): number {
  return families.flat().length * Math.min(n, plan.points.count);
}

type NewRound = {
  readonly before: RoundsPlan;
  readonly planHash: string | undefined;
  /** With the trials of the new round. */
  readonly states: readonly OptimiserState[];
};

/** Creates the runs of a round and names it in the sweep's record. */
async function beginRound(
  sweep: SweepRecord,
  opened: OpenedSweep,
  method: TpeMethod,
  { before, planHash, states }: NewRound,
  stores: SweepStores,
): Promise<StoredRounds> {
  const lanes = lanesOfRounds(opened, method, states);
  const { items, cachedLanes } = await createItems(
    sweep,
    opened,
    {
      lanes,
      families: before.families,
      wanted: (window) => lanesTried(lanes, window).slice(states[window]?.told.length),
      prefix: `r${before.items.length}-`,
    },
    before.sizing,
    stores,
  );
  const plan: RoundsPlan = {
    ...before,
    states,
    items: [...before.items, ...items],
    dueFrom: before.items.length,
    cachedLanes: before.cachedLanes + cachedLanes,
  };
  const nextHash = await putDocument(plan, stores.objects);
  const total = rowsInTheEnd(plan, method, opened);
  await changeSweep(
    sweep.sweepId,
    (stored) =>
      stored.planHash === planHash
        ? { ...stored, planHash: nextHash, counts: { ...stored.counts, total, cached: plan.cachedLanes } }
        : undefined,
    stores.sweeps,
  );
  // Somebody else may have been faster, and have cut the same trials into other runs: those that the record names count.
  const stored = (await stores.sweeps.getSweep(sweep.sweepId))?.planHash;
  return stored === undefined || stored === nextHash ? { plan, planHash: nextHash } : loadRounds(stored, stores);
}

function askRound(
  state: OptimiserState,
  window: number,
  { spec, plan }: OpenedSweep,
  { n, round, seed, startup }: TpeMethod,
): OptimiserState {
  const { space } = plan.points;
  if (space === undefined) throw new SweepSpecError("space: an optimiser needs one, found none.");
  const names = space.axes.map(({ name }) => name);
  const where = parseConditions("where", spec.where, names);
  const settings = { space, where, direction: plan.objective.direction, seed, window, round, startup };
  return ask(settings, state, Math.min(round, n - state.asked.length));
}

async function assertDone(items: readonly ExpandedItem[], { runs }: SweepStores): Promise<void> {
  for (const { runId } of items) {
    const run = await runs.getRun(runId);
    if (run?.status === "completed") continue;
    const why = run?.reason === undefined ? "" : ` (${run.reason.name}: ${run.reason.message})`;
    throw new SweepRoundError(
      `Run "${runId}" of the optimiser's round is ${run?.status ?? "gone"}${why}. Remove the cause and resume the sweep: what is done stays done.`,
    );
  }
}

/** What the optimiser is told of a lane: null when it failed or may not win. */
function trialValue({ metrics }: WindowLane, { plan }: OpenedSweep): number | null {
  if (metrics === null || firstBroken(plan.constraints, metrics) !== undefined) return null;
  return objectiveValue(plan.objective, metrics);
}

async function loadRounds(planHash: string, { objects }: SweepStores): Promise<StoredRounds> {
  return { plan: await getDocument<RoundsPlan>(planHash, objects), planHash };
}
