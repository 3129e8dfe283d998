import type { RunRecord } from "../run/run-store.ts";
import type { ExpandedItem } from "../sweep/expand-sweep.ts";
import { finishItem, loadResultObject } from "../sweep/lane-results.ts";
import { objectiveValue } from "../sweep/objective.ts";
import type { OpenedSweep, SweepStores } from "../sweep/open-sweep.ts";
import type { ItemSizing } from "../sweep/plan-items.ts";
import type { SweepRecord } from "../sweep/sweep-store.ts";
import { nextTrials, planTrials, type Trials } from "../sweep/trials.ts";
import { takeAttempt } from "./execute-run.ts";
import { LaneBarCount, type SweepPace } from "./sweep-pace.ts";
import type { SweepPool } from "./sweep-pool.ts";

/** How far a sweep is. */
export type SweepProgress = {
  readonly lanesDone: number;
  readonly lanesTotal: number;
  readonly cached: number;
  /** Objective of the best lane so far. */
  readonly best: number | undefined;
  /** Undefined before the first bars of this attempt. */
  readonly pace: SweepPace | undefined;
};

export type SweepWorkOptions = {
  readonly stores: SweepStores;
  readonly workers: number;
  readonly onProgress: (progress: SweepProgress) => void;
  /** Aborted to make every run checkpoint at the end of its chunk and stop. */
  readonly stop: AbortSignal;
};

/** A run whose worker is lost is begun again so many times. */
const mostAttempts = 3;

/** The runs of one attempt, and what has come of them. */
export class SweepWork {
  readonly #options: SweepWorkOptions;
  readonly #opened: OpenedSweep;
  readonly #pool: SweepPool;
  readonly #laneBars = new LaneBarCount();
  #progress: SweepProgress = { lanesDone: 0, lanesTotal: 0, cached: 0, best: undefined, pace: undefined };
  /** When the first run of this attempt was taken up. */
  #beganAtMs: number | undefined;
  /** Lanes of rounds to come. */
  #unplanned = 0;

  constructor(options: SweepWorkOptions, opened: OpenedSweep, pool: SweepPool) {
    this.#options = options;
    this.#opened = opened;
    this.#pool = pool;
  }

  /** Computes all lanes in-sample, round after round where there are rounds; undefined when it was stopped. Throws SweepRoundError. */
  async computeTrials(sweep: SweepRecord, sizing: () => Promise<ItemSizing>): Promise<Trials | undefined> {
    const { stores, stop } = this.#options;
    let next: Trials | undefined = await planTrials(sweep, this.#opened, sizing, stores);
    for (;;) {
      const trials: Trials = next;
      await this.#computeDue(trials);
      if (stop.aborted) return undefined;
      next = await nextTrials(sweep, this.#opened, trials, stores);
      if (next === undefined) return trials;
    }
  }

  /** Computes the runs that are due and not done, and remembers their lanes. */
  async #computeDue({ due, rows: { asked, total, cached } }: Trials): Promise<void> {
    const { stores, stop } = this.#options;
    const own = due.reduce((sum, { lanes }) => sum + lanes.length, 0);
    this.#unplanned = total - asked;
    this.#laneBars.plan(due);
    this.#beganAtMs ??= performance.now();
    this.#tell({ cached, lanesDone: asked - own, lanesTotal: total });
    // No more at a time than twice the workers: attempts of the others are not taken yet.
    const queue = [...due];
    const take = async (): Promise<void> => {
      for (let item = queue.shift(); item !== undefined && !stop.aborted; item = queue.shift()) {
        const run = await stores.runs.getRun(item.runId);
        if (run === undefined) throw new Error(`Run "${item.runId}" of a sweep is gone. Start the sweep again.`);
        this.#laneBars.find(run.runId, run.headBar - run.startBar);
        await this.#finish(item, await this.computeRun(run));
      }
    };
    await Promise.all(Array.from({ length: 2 * this.#options.workers }, take));
  }

  /** Computes a run unless it is completed; the run as it is then. */
  async computeRun(run: RunRecord): Promise<RunRecord> {
    const { stores, stop } = this.#options;
    let current = run;
    for (let tries = 0; tries < mostAttempts && current.status !== "completed" && !stop.aborted; tries++) {
      const taken = await takeAttempt(current, stores.runs);
      if (taken.kind === "started") {
        const { kind } = await this.#pool.compute(taken.run, (bars) => this.#see(run.runId, bars));
        current = (await stores.runs.getRun(run.runId)) ?? current;
        if (kind !== "lost") return current;
      } else current = taken.run;
    }
    return current;
  }

  async #finish(item: ExpandedItem, run: RunRecord): Promise<void> {
    const { stores, stop } = this.#options;
    if (run.status !== "completed" && stop.aborted) return;
    await finishItem(run, item.family, stores);
    const result = run.resultHash === undefined ? undefined : await loadResultObject(run.resultHash, stores.objects);
    const values = (result?.lanes ?? []).flatMap(({ metrics, failure }) => {
      const value = failure === undefined ? objectiveValue(this.#opened.plan.objective, metrics) : null;
      return value === null ? [] : [value];
    });
    const sign = this.#opened.plan.objective.direction === "maximise" ? 1 : -1;
    const { lanesDone, best } = this.#progress;
    const all = best === undefined ? values : [...values, best];
    this.#tell({
      lanesDone: lanesDone + item.lanes.length,
      best: all.length === 0 ? undefined : all.reduce((a, b) => (sign * b > sign * a ? b : a)),
    });
  }

  #see(runId: string, bars: number): void {
    if (this.#laneBars.see(runId, bars) !== 0) this.#tell({});
  }

  #tell(change: Omit<Partial<SweepProgress>, "pace">): void {
    const { lanesTotal } = { ...this.#progress, ...change };
    const seconds = (performance.now() - (this.#beganAtMs ?? 0)) / 1_000;
    const pace = this.#laneBars.pace(seconds, lanesTotal, this.#unplanned);
    this.#progress = { ...this.#progress, ...change, pace };
    this.#options.onProgress(this.#progress);
  }
}
