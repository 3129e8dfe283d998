import type { Bars } from "./bars.ts";
import { Broker, type SavedBroker } from "./broker.ts";
import { canonicalJson, tagNumbers, untagNumbers } from "./canonical-json.ts";
import type { ColumnSet, ColumnView } from "./column-set.ts";
import type { Column } from "./columns.ts";
import { EquityCurve, type EquityFigures } from "./equity-curve.ts";
import type { LaneFacts } from "./facts.ts";
import type { JsonValue } from "./json.ts";
import { LaneBar } from "./lane-bar.ts";
import { toNumber } from "./money.ts";
import { openingBroker } from "./opening-account.ts";
import { RandomGenerator, type RandomState, seedRandom } from "./random.ts";
import { isMark, nextMarkAfter, type ReturnMark, returnPowers, returnsSoFar } from "./return-marks.ts";
import type { Settings } from "./settings.ts";
import type { Strategy } from "./strategy.ts";

/** One parameter set of a run: the strategy, its parameters as the schema returned them, and the account's settings. */
export type LaneProgram = { readonly strategy: Strategy; readonly params: unknown; readonly settings: Settings };

/** A strategy threw: the message says which strategy, lane and bar; `cause` is what was thrown. */
export class StrategyError extends Error {
  override readonly name = "StrategyError";
}

/** The columns that a lane's strategy reads, by the strategy's own names. */
export function laneColumns(program: LaneProgram): { readonly [name: string]: Column } {
  return program.strategy.columns(program.params);
}

/** One account that one strategy trades: folds chunk after chunk, and can be saved and restored between any two. */
export class Lane {
  readonly index: number;
  readonly program: LaneProgram;
  broker: Broker;
  curve: EquityCurve;
  /** Why the lane stopped alone; undefined while it goes on. */
  failure: LaneFailure | undefined;
  /** The running returns at the ends of the blocks so far, where the settings ask for them. */
  readonly returnMarks: ReturnMark[];
  readonly #firstBar: number;
  readonly #tradesFrom: number;
  readonly #views: readonly ColumnView[];
  readonly #wakeViews: readonly ColumnView[];
  readonly #random: RandomGenerator;
  readonly #bar: LaneBar;
  #equity: Float64Array[] = [];
  #factsBeforeFailure: Omit<LaneFacts, "equity"> | undefined;

  constructor(index: number, program: LaneProgram, columns: ColumnSet, firstBar: number, saved?: SavedLane) {
    const { strategy, params, settings } = program;
    this.index = index;
    this.program = program;
    this.#firstBar = firstBar;
    this.#tradesFrom = firstBar + settings.warmupBars;
    this.failure = saved?.failure;
    this.returnMarks = [...(saved?.returnMarks ?? [])];
    this.broker = new Broker(settings);
    const figures = saved?.figures ?? (settings.returnBlocks === undefined ? {} : returnPowers);
    this.curve = new EquityCurve(toNumber(settings.cash), figures);
    if (saved !== undefined) this.broker.restore(saved.broker);
    else if (settings.opening !== undefined) {
      this.broker.restore(openingBroker(settings.opening));
      this.curve.startPeriods();
    }
    const views = Object.fromEntries(
      Object.entries(laneColumns(program)).map(([name, column]) => [name, columns.view(column)]),
    );
    this.#views = Object.values(views);
    this.#wakeViews = strategy.wakeOn.map((name) => {
      const view = views[name];
      if (view === undefined)
        throw new RangeError(
          `Strategy "${strategy.name}" wakes on "${name}", which is not among its columns ${Object.keys(views).join(", ")}.`,
        );
      return view;
    });
    this.#random = new RandomGenerator(saved?.random ?? seedRandom(settings.seed, canonicalJson(tagNumbers(params))));
    this.#bar = new LaneBar({
      params,
      state: saved === undefined ? strategy.initialState(params) : untagNumbers(saved.strategy),
      columns: views,
      broker: this.broker,
      random: this.#random,
      firstBar,
    });
  }

  /** Folds these bars; the columns are computed for them already. `scratch` has room for one number a bar. */
  advance(bars: Bars, periodStarts: Int32Array, scratch: Float64Array): void {
    const count = bars.close.length;
    const { facts, equityEvery } = this.program.settings;
    const keepsAll = facts === "full" && equityEvery === 1;
    const equity = keepsAll ? new Float64Array(count) : scratch.subarray(0, count);
    if (this.#isLeftOut(bars)) equity.fill(this.curve.figures.lastEquity);
    else this.#trade(bars, periodStarts, equity);
    if (keepsAll) this.#equity.push(equity);
    else if (facts === "full") this.#equity.push(this.#sample(bars, equity));
  }

  #trade(bars: Bars, periodStarts: Int32Array, equity: Float64Array): void {
    const count = bars.close.length;
    let i = 0;
    while (i < count && this.failure === undefined) i = this.#step(bars, equity, i);
    // What a failed lane was worth stands for the rest, so that curves stay equally long.
    if (this.failure !== undefined) equity.fill(this.failure.equity, i);
    else {
      this.curve.endChunk(bars, equity, periodStarts);
      this.#markReturns(bars.startBar + count - this.#tradesFrom);
    }
  }

  /** Whether these bars are warm-up that metrics do not count. A lane that holds something, as after a fork, counts them, unless it holds it from their end on. */
  #isLeftOut(bars: Bars): boolean {
    const { warmupFigures, opening } = this.program.settings;
    if (bars.startBar >= this.#tradesFrom) return false;
    if (opening !== undefined) return true;
    if (warmupFigures === undefined) return false;
    return this.failure === undefined && this.broker.idle && this.broker.account.units === 0;
  }

  /** The next bar after `bar` at which this lane's figures are looked at, so that a stretch must end before it. */
  cutAfter(bar: number): number {
    const { warmupFigures, opening, returnBlocks } = this.program.settings;
    const leavesOut = warmupFigures !== undefined || opening !== undefined;
    if (bar < this.#tradesFrom) return leavesOut ? this.#tradesFrom : Number.POSITIVE_INFINITY;
    if (returnBlocks === undefined) return Number.POSITIVE_INFINITY;
    return this.#tradesFrom + nextMarkAfter(bar - this.#tradesFrom, returnBlocks);
  }

  #markReturns(barsTraded: number): void {
    const { returnBlocks } = this.program.settings;
    if (returnBlocks === undefined || !isMark(barsTraded, returnBlocks)) return;
    this.returnMarks.push(returnsSoFar(this.curve.figures));
  }

  /**
   * Does the bars from position `i` to the next decision, that included; only one bar while orders still wait after its fills. Returns the position
   * after them. (A function of its own, so that the optimiser keeps it from chunk to chunk.)
   */
  #step(bars: Bars, equity: Float64Array, i: number): number {
    if (!this.broker.idle) this.broker.match(bars, i);
    const limit = this.broker.idle ? bars.close.length : i + 1;
    const next = this.#nextDecision(bars, i, limit);
    const decides = next < limit;
    const end = decides ? next + 1 : limit;
    this.#hold(bars, equity, i, end);
    if (decides) this.#decide(bars, next, equity);
    return end;
  }

  /** Marks the account over the positions [from, to), in which no order fills. */
  #hold(bars: Bars, equity: Float64Array, from: number, to: number): void {
    const { cash, units } = this.broker.account;
    if (units === 0) {
      this.curve.flat(cash, bars, equity, from, to);
    } else {
      this.curve.hold(cash, units, bars, equity, from, to);
      this.broker.account.seeRange(bars, from, to);
    }
  }

  /** The first position in [from, end) at which the strategy is to be asked, or `end`. */
  #nextDecision(bars: Bars, from: number, end: number): number {
    const warm = this.#firstBar + this.program.settings.warmupBars - bars.startBar;
    let k = Math.max(from, Math.min(warm, end));
    if (this.#wakeViews.length === 1) {
      const only = this.#wakeViews[0] as ColumnView;
      for (; k < end; k++) {
        k = nextNonZero(only.values, only.lookback, k, end);
        if (k < end && this.#isDefined(k)) return k;
      }
      return end;
    }
    for (; k < end; k++) if (this.#isAwake(k) && this.#isDefined(k)) return k;
    return end;
  }

  #isAwake(k: number): boolean {
    if (this.#wakeViews.length === 0) return true;
    for (const view of this.#wakeViews) if (view.values[view.lookback + k] !== 0) return true;
    return false;
  }

  #isDefined(k: number): boolean {
    for (let v = 0; v < this.#views.length; v++) {
      const view = this.#views[v] as ColumnView;
      if (Number.isNaN(view.values[view.lookback + k])) return false;
    }
    return true;
  }

  #decide(bars: Bars, i: number, equity: Float64Array): void {
    for (let v = 0; v < this.#views.length; v++) (this.#views[v] as ColumnView).cursor = i;
    this.#bar.moveTo(bars, i);
    try {
      this.program.strategy.onBar(this.#bar);
    } catch (cause) {
      const { strategy, params } = this.program;
      const message = cause instanceof Error ? cause.message : String(cause);
      if (this.program.settings.failedLanes === "alone") {
        // Without the place in the code: a path differs from one machine to another, and this is part of state and result.
        this.#stopAlone({ bar: this.#bar.index, message, equity: equity[i] as number });
        return;
      }
      throw new StrategyError(
        `Strategy "${strategy.name}" failed at bar ${this.#bar.index} in lane ${this.index} (parameters ${JSON.stringify(params)}): ${message}${placeOf(cause)}`,
        { cause },
      );
    }
    if (this.program.settings.fill === "close" && !this.broker.idle) this.broker.matchClose(bars, i);
  }

  /** A stopped lane has an empty account and empty figures: what it had depends on where the bars were cut. */
  #stopAlone(failure: LaneFailure): void {
    const { settings } = this.program;
    this.failure = failure;
    this.#factsBeforeFailure = this.broker.takeFacts();
    this.broker = new Broker(settings);
    this.curve = new EquityCurve(toNumber(settings.cash));
    this.returnMarks.length = 0;
  }

  /** Every n-th equity point, counted from the first bar of the run. */
  #sample(bars: Bars, equity: Float64Array): Float64Array {
    const every = this.program.settings.equityEvery;
    const done = bars.startBar - this.#firstBar;
    const kept: number[] = [];
    for (let i = (every - (done % every)) % every; i < equity.length; i += every) kept.push(equity[i] as number);
    return Float64Array.from(kept);
  }

  /** The facts since the last call. */
  takeFacts(): LaneFacts {
    const equity = this.#equity;
    this.#equity = [];
    const facts = this.#factsBeforeFailure ?? this.broker.takeFacts();
    this.#factsBeforeFailure = undefined;
    return { ...facts, equity };
  }

  /** What the strategy says of the run when it ends; undefined for one that says nothing. */
  report(): { readonly [name: string]: JsonValue } | undefined {
    const last = Object.entries(this.#bar.columns).map(([name, view]) => [name, view.values.at(-1) ?? Number.NaN]);
    return this.program.strategy.report?.(Object.fromEntries(last), this.#bar.state);
  }

  save(): SavedLane {
    if (this.failure !== undefined) return this.#savedFailure(this.failure);
    return {
      ...(this.returnMarks.length === 0 ? {} : { returnMarks: [...this.returnMarks] }),
      broker: this.broker.save(),
      figures: { ...this.curve.figures },
      random: this.#random.save(),
      strategy: tagNumbers(this.#bar.state, "$.state"),
    };
  }

  #savedFailure(failure: LaneFailure): SavedLane {
    const { params, settings } = this.program;
    return {
      failure,
      broker: this.broker.save(),
      figures: { ...this.curve.figures },
      random: seedRandom(settings.seed, canonicalJson(tagNumbers(params))),
      strategy: null,
    };
  }
}

/** Why and at which bar a lane stopped alone, and what it was worth there. */
export type LaneFailure = { readonly bar: number; readonly message: string; readonly equity: number };

export type SavedLane = {
  readonly broker: SavedBroker;
  readonly figures: EquityFigures;
  readonly random: RandomState;
  readonly strategy: JsonValue;
  /** Present when the lane stopped alone; the rest is then that of a lane that has not begun. */
  readonly failure?: LaneFailure;
  /** Present from the first mark on. */
  readonly returnMarks?: readonly ReturnMark[];
};

/** The first position k in [from, end) with values[offset + k] not zero, or `end`. */
function nextNonZero(values: Float64Array, offset: number, from: number, end: number): number {
  const stop = offset + end;
  let k = offset + from;
  while (k < stop && values[k] === 0) k++;
  return k - offset;
}

/** Where a strategy threw, from the first line of its stack; empty when there is none. */
function placeOf(cause: unknown): string {
  const frame = cause instanceof Error ? /\n\s+at ([^\n]*)/.exec(cause.stack ?? "")?.[1] : undefined;
  return frame === undefined ? "" : ` (at ${frame.replace(/\?digest=[0-9a-f]+/, "")})`;
}
