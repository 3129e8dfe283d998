import { BarBlock, blockBars } from "./bar-block.ts";
import { type Bars, barCount } from "./bars.ts";
import type { ColumnSet, SavedColumns } from "./column-set.ts";
import type { Facts, LaneFacts } from "./facts.ts";
import type { JsonValue } from "./json.ts";
import { Lane, type LaneProgram, type SavedLane } from "./lane.ts";
import { programColumns } from "./program-columns.ts";
import { ReturnPeriods, type SavedReturnPeriods } from "./return-periods.ts";
import type { Timeframe } from "./timeframe.ts";

/** The lanes that read the same bars from `startBar` on. */
export type Program = {
  readonly timeframe: Timeframe;
  readonly startBar: number;
  readonly lanes: readonly LaneProgram[];
};

/** The state of all lanes after the bars before `barIndex`: all that a later bar can depend on, as JSON. */
export type SimulationState = {
  readonly barIndex: number;
  readonly columns: SavedColumns;
  readonly periods: SavedReturnPeriods;
  readonly lanes: readonly SavedLane[];
};

/** The bars do not follow the ones before. */
export class BarOrderError extends Error {
  override readonly name = "BarOrderError";
}

/**
 * A run in memory: `advance` folds bars into every lane, `takeFacts` gives what they added, `save` gives the state between any two calls. Lanes share the
 * columns that they have in common and nothing else.
 */
export class Simulation {
  readonly program: Program;
  readonly lanes: readonly Lane[];
  readonly periods: ReturnPeriods;
  readonly #columns: ColumnSet;
  #barIndex: number;
  #factsFrom: number;
  readonly #block = new BarBlock();
  readonly #scratch = new Float64Array(blockBars);

  constructor(program: Program, saved?: SimulationState) {
    this.program = program;
    this.#columns = programColumns(program);
    if (saved !== undefined) this.#columns.restore(saved.columns);
    this.periods = new ReturnPeriods(program.timeframe, saved?.periods);
    this.lanes = program.lanes.map((lane, i) => new Lane(i, lane, this.#columns, program.startBar, saved?.lanes[i]));
    this.#barIndex = saved?.barIndex ?? program.startBar;
    this.#factsFrom = this.#barIndex;
  }

  /** Absolute number of the next bar. */
  get barIndex(): number {
    return this.#barIndex;
  }

  /** Folds these bars, which must begin at `barIndex`. */
  advance(bars: Bars): void {
    if (bars.startBar !== this.#barIndex) {
      throw new BarOrderError(`The simulation expects bar ${this.#barIndex}, found bar ${bars.startBar}.`);
    }
    const endBar = bars.startBar + barCount(bars);
    while (this.#barIndex < endBar) {
      const aligned = this.#barIndex + blockBars - (this.#barIndex % blockBars);
      const blockEnd = Math.min(endBar, aligned, this.#lanesCutAt());
      this.#advanceBlock(this.#block.load(bars, this.#barIndex, blockEnd));
      this.#barIndex = blockEnd;
    }
  }

  /** The next bar before which the lanes want their stretch to end: they share the settings that say so. */
  #lanesCutAt(): number {
    const [lane] = this.lanes;
    return lane === undefined ? Number.POSITIVE_INFINITY : lane.cutAfter(this.#barIndex);
  }

  #advanceBlock(bars: Bars): void {
    this.#columns.compute(bars);
    const periodStarts = this.periods.advance(bars.openTimeMs);
    for (const lane of this.lanes) lane.advance(bars, periodStarts, this.#scratch);
  }

  /** What the bars since the last call added. */
  takeFacts(): Facts {
    const startBar = this.#factsFrom;
    this.#factsFrom = this.#barIndex;
    return { startBar, endBar: this.#barIndex, lanes: this.lanes.map((lane) => lane.takeFacts()) };
  }

  save(): SimulationState {
    return {
      barIndex: this.#barIndex,
      columns: this.#columns.save(),
      periods: this.periods.save(),
      lanes: this.lanes.map((lane) => lane.save()),
    };
  }

  /**
   * Ends the run at `lastBar` (one bar, the newest that was folded): closes positions if asked, closes the last return period and the open drawdown.
   * The simulation cannot go on after it; a run that may be extended saves its state before.
   */
  end(lastBar: Bars, closeOpenTrades: boolean): readonly LaneFacts[] {
    for (const lane of this.lanes) {
      if (closeOpenTrades) lane.broker.closeAll(lastBar, 0);
      const { cash, units } = lane.broker.account;
      lane.curve.end(cash + units * (lastBar.close[0] as number), lastBar.openTimeMs[0] as number);
    }
    return this.lanes.map((lane) => lane.takeFacts());
  }
}

/** The state as JSON, for checkpoints. */
export function stateJson(state: SimulationState): JsonValue {
  return state as unknown as JsonValue;
}
