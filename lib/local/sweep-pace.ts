import type { ExpandedItem } from "../sweep/expand-sweep.ts";

/** How fast the lanes of a sweep go, by the bars folded into them, so that lanes under way count. */
export type SweepPace = {
  readonly lanesPerSecond: number;
  readonly secondsLeft: number;
  /** Done of all lanes over all their bars, 0 to 1; what was known before counts as done. */
  readonly share: number;
};

type ItemWork = { readonly lanes: number; readonly bars: number };

/** Counts the lane-bars of the runs of one attempt at a sweep. What an earlier attempt had done of them is done, and says nothing of the speed. */
export class LaneBarCount {
  readonly #items = new Map<string, ItemWork>();
  readonly #barsDone = new Map<string, number>();
  #lanes = 0;
  #planned = 0;
  #done = 0;
  #found = 0;

  /** Adds runs that are to be computed. */
  plan(items: readonly ExpandedItem[]): void {
    for (const { runId, lanes, startBar, endBar } of items) {
      const work = { lanes: lanes.length, bars: endBar - startBar };
      this.#items.set(runId, work);
      this.#lanes += work.lanes;
      this.#planned += work.lanes * work.bars;
    }
  }

  /** Bars of a run that were done when this attempt took it up. */
  find(runId: string, bars: number): void {
    this.#found += this.see(runId, bars);
  }

  /** Bars of a run that are done now: fewer than before when its worker was lost. Returns by how many lane-bars the count changed. */
  see(runId: string, bars: number): number {
    const change = (this.#items.get(runId)?.lanes ?? 0) * (bars - (this.#barsDone.get(runId) ?? 0));
    this.#barsDone.set(runId, bars);
    this.#done += change;
    return change;
  }

  /** The pace of so many seconds, where `unplanned` lanes of all are not among the runs yet; undefined before the first bars. */
  pace(seconds: number, lanesTotal: number, unplanned: number): SweepPace | undefined {
    const perSecond = (this.#done - this.#found) / seconds;
    if (this.#lanes === 0 || !(perSecond > 0)) return undefined;
    const barsPerLane = this.#planned / this.#lanes;
    const left = this.#planned - this.#done + unplanned * barsPerLane;
    return {
      lanesPerSecond: perSecond / barsPerLane,
      secondsLeft: left / perSecond,
      share: Math.max(0, 1 - left / (lanesTotal * barsPerLane)),
    };
  }
}
