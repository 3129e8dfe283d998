import { firstBroken, parseConditions } from "../sweep/conditions.ts";
import { type ExpandedSweep, expandLanes, type SweepLanes, sweepLanes } from "../sweep/expand-sweep.ts";
import { objectiveValue } from "../sweep/objective.ts";
import type { OpenedSweep, SweepStores } from "../sweep/open-sweep.ts";
import { ask, newOptimiser, tell } from "../sweep/optimiser.ts";
import type { ItemSizing } from "../sweep/plan-items.ts";
import type { MethodSpec } from "../sweep/sweep-spec.ts";
import { SweepSpecError } from "../sweep/sweep-spec-error.ts";
import type { SweepRecord } from "../sweep/sweep-store.ts";
import { loadWindowLanes, type WindowLane } from "../sweep/window-lanes.ts";

/** The trials that an optimiser has asked for and their results. */
export type Trials = {
  readonly expanded: ExpandedSweep;
  readonly lanes: SweepLanes;
  readonly indexOf: (lane: number) => number;
};

/**
 * Rounds of lanes: the optimiser asks, the lanes are computed, it is told. Its state follows from the lanes of the rounds before, which are kept: an attempt that
 * begins again asks for the same ones, finds them computed and goes on. Undefined when it was stopped.
 */
export async function optimise(
  sweep: SweepRecord,
  opened: OpenedSweep,
  method: Extract<MethodSpec, { kind: "tpe" }>,
  sizing: ItemSizing,
  stores: SweepStores,
  computeItems: (expanded: ExpandedSweep) => Promise<void>,
  stop: AbortSignal,
): Promise<Trials | undefined> {
  const { space } = opened.plan.points;
  if (space === undefined || opened.spec.windows.kind !== "none") {
    throw new SweepSpecError(
      `method.kind: "tpe" chooses by what it has seen, so that it needs windows: { kind: none }; found "${opened.spec.windows.kind}". Use random or sobol for walk-forward windows.`,
    );
  }
  const names = space.axes.map(({ name }) => name);
  const where = parseConditions("where", opened.spec.where, names);
  const { n, seed, round, startup } = method;
  const settings = { space, where, direction: opened.plan.objective.direction, seed, window: 0, round, startup };
  let state = newOptimiser;
  const items: ExpandedSweep["items"][number][] = [];
  for (;;) {
    const before = state.asked.length;
    state = ask(settings, state, Math.min(round - (before % round), n - before));
    const lanes = sweepLanes(opened, state.asked);
    const expanded = await expandLanes(sweep, opened, lanes, sizing, stores, `r${before}-`);
    items.push(...expanded.items);
    await computeItems(expanded);
    if (stop.aborted) return undefined;
    const numbers = state.asked;
    if (state.asked.length === before || state.asked.length >= n)
      return { expanded: { ...expanded, items }, lanes, indexOf: (lane) => numbers[lane] as number };
    const all = await loadWindowLanes(0, { ...expanded, items }, lanes, stores);
    state = tell(
      state,
      all.slice(before).map((lane) => trialValue(lane, opened)),
    );
  }
}

/** What the optimiser is told of a lane: null when it failed or may not win. */
function trialValue({ metrics }: WindowLane, { plan }: OpenedSweep): number | null {
  if (metrics === null || firstBroken(plan.constraints, metrics) !== undefined) return null;
  return objectiveValue(plan.objective, metrics);
}
