import type { JsonValue } from "../engine/json.ts";
import type { Metrics } from "../engine/metrics.ts";
import { changeOwnSweep } from "./change-sweep.ts";
import type { OpenedSweep, SweepStores } from "./open-sweep.ts";
import { type Selection, selectBest } from "./selection.ts";
import { putDocument } from "./sweep-objects.ts";
import type { SweepRecord } from "./sweep-store.ts";
import type { Trials } from "./trials.ts";
import { loadWindowLanes } from "./window-lanes.ts";

/** A lane that was chosen in a window. */
export type Winner = {
  readonly lane: number;
  readonly value: number;
  readonly params: JsonValue;
  readonly inSample: Metrics;
};

/** The winners of every window, best first (object of kind "sweeps"). */
export type SelectedSweep = {
  readonly format: 1;
  readonly windows: readonly {
    readonly window: number;
    readonly winners: readonly Winner[];
    readonly selection: Omit<Selection, "winners">;
  }[];
};

/** Chooses the best lanes of every window by the objective under the constraints. No choice looks at what is out of sample. */
export async function selectWinners(
  sweep: SweepRecord,
  opened: OpenedSweep,
  { expanded, lanes }: Pick<Trials, "expanded" | "lanes">,
  stores: SweepStores,
): Promise<SelectedSweep> {
  const { plan, spec } = opened;
  const windows: SelectedSweep["windows"][number][] = [];
  for (const { index } of plan.windows) {
    const all = await loadWindowLanes(index, expanded, lanes, stores);
    // Of equals the first that the window tried wins, whatever other windows tried before it.
    const inOrder = all.map(({ metrics }, order) => ({ lane: order, metrics }));
    const { winners, ...selection } = selectBest(inOrder, plan.objective, plan.constraints, spec.topK);
    windows.push({
      window: index,
      selection,
      winners: winners.flatMap(({ lane: order, value }) => {
        const found = all[order];
        return found?.metrics ? [{ lane: found.lane, value, params: found.params, inSample: found.metrics }] : [];
      }),
    });
  }
  const selected: SelectedSweep = { format: 1, windows };
  const winnersHash = await putDocument(selected, stores.objects);
  await changeOwnSweep(sweep, (stored) => ({ ...stored, winnersHash }), stores.sweeps);
  return selected;
}
