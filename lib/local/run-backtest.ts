import { type Bars, barCount, sliceBars } from "../engine/bars.ts";
import { allRows } from "../engine/fact-columns.ts";
import type { Facts } from "../engine/facts.ts";
import type { JsonValue } from "../engine/json.ts";
import type { Lane } from "../engine/lane.ts";
import type { Metrics } from "../engine/metrics.ts";
import { toNumber } from "../engine/money.ts";
import { Simulation } from "../engine/simulation.ts";
import { type OpenTradeView, type Strategy, viewTrade } from "../engine/strategy.ts";
import { modelFields } from "../models/model-name.ts";
import { loadStrategy } from "../run/opened-run.ts";
import { parseSpec, SpecError } from "../run/parse-spec.ts";
import { compileProgram } from "../run/program.ts";
import { conclude, digestFacts, newDigests } from "../run/result.ts";
import { loadModels, resolveModels } from "../run/run-models.ts";
import type { Spec, SpecInput } from "../run/spec.ts";
import { openLocalStores } from "../stores/local/stores.ts";
import { type BacktestData, loadBacktestBars } from "./backtest-bars.ts";
import { homeFolder } from "./home.ts";
import { type FillFact, type OrderFact, plainFill, plainOrder, plainTrade, type TradeFact } from "./plain-facts.ts";

/**
 * A spec for code: as in a file, but the strategy may be an object made with defineStrategy, and `data` is only needed for a snapshot or a part of the bars.
 */
export type BacktestSpec = Omit<SpecInput, "data" | "strategy"> & {
  readonly strategy:
    | SpecInput["strategy"]
    | Strategy
    | { readonly use: Strategy; readonly params?: object; readonly lanes?: readonly object[] };
  readonly data?: Partial<SpecInput["data"]>;
};

/** What a backtest answers: per lane its parameters, metrics, facts and equity curve. Amounts and quantities are float64 here. */
export type BacktestResult = {
  /** Equal for equal spec, bars and engine version, wherever and however the run was cut. */
  readonly resultDigest: string;
  readonly lanes: readonly BacktestLane[];
  /** The first lane's, for a backtest with one. */
  readonly metrics: Metrics;
  readonly trades: readonly TradeFact[];
  readonly equity: readonly EquityPoint[];
};

export type BacktestLane = {
  readonly params: JsonValue;
  readonly metrics: Metrics;
  readonly trades: readonly TradeFact[];
  /** What is still open after the last bar, marked at its close. */
  readonly openTrades: readonly OpenTradeView[];
  readonly fills: readonly FillFact[];
  /** Triggers, rejections and cancellations. */
  readonly orders: readonly OrderFact[];
  readonly equity: readonly EquityPoint[];
};

export type EquityPoint = { readonly bar: number; readonly timeMs: number; readonly equity: number };

/** Bars folded at a time; the result does not depend on it. */
const chunkBars = 65_536;

/**
 * Runs a spec over bars in one piece, in memory, without checkpoints. Throws SpecError (and other InputErrors) for what is wrong with the spec, the parameters
 * or the data.
 */
export async function runBacktest(spec: BacktestSpec, data: BacktestData): Promise<BacktestResult> {
  const written = parseBacktestSpec(spec, data);
  const strategy = inlineStrategy(spec)?.use ?? (await loadStrategy(written)).strategy;
  const { bars, timeframe, lot } = await loadBacktestBars(written, data);
  const parsed = await withModels(written, strategy, timeframe);
  if (barCount(bars) === 0) throw new SpecError("There are no bars between data.from and data.to.");
  const program = compileProgram(parsed, strategy, { timeframe, startBar: bars.startBar, lot });

  const simulation = new Simulation(program);
  const digests = newDigests(program.lanes.length);
  const collected = program.lanes.map(() => new LaneCollector(bars, parsed.record.equityEvery));
  const endBar = bars.startBar + barCount(bars);
  for (let from = bars.startBar; from < endBar; from += chunkBars) {
    simulation.advance(sliceBars(bars, from, Math.min(from + chunkBars, endBar)));
    const facts = simulation.takeFacts();
    digestFacts(digests, facts);
    collect(collected, facts);
  }
  const conclusion = conclude(simulation, sliceBars(bars, endBar - 1, endBar), parsed, digests);
  collect(collected, conclusion.closing);
  const lanes = conclusion.lanes.map(({ params, metrics }, i): BacktestLane => {
    const facts = collected[i] as LaneCollector;
    const { openTrades } = (simulation.lanes[i] as Lane).broker.account;
    return {
      params,
      metrics,
      trades: facts.trades,
      openTrades: openTrades.map((trade) => viewTrade(trade, toNumber(trade.quantity))),
      fills: facts.fills,
      orders: facts.orders,
      equity: facts.equity(metrics.finalEquity),
    };
  });
  const [first] = lanes;
  if (first === undefined) throw new SpecError("strategy.lanes: expected at least one lane.");
  return {
    resultDigest: conclusion.resultDigest,
    lanes,
    metrics: first.metrics,
    trades: first.trades,
    equity: first.equity,
  };
}

type InlineStrategy = { readonly use: Strategy; readonly params?: object; readonly lanes?: readonly object[] };

function inlineStrategy(spec: BacktestSpec): InlineStrategy | undefined {
  const { strategy } = spec;
  if ("use" in strategy) return strategy;
  return "onBar" in strategy ? { use: strategy } : undefined;
}

function parseBacktestSpec(spec: BacktestSpec, data: BacktestData): Spec {
  const inline = inlineStrategy(spec);
  const strategy =
    inline === undefined
      ? spec.strategy
      : {
          name: inline.use.name,
          params: inline.params ?? {},
          ...(inline.lanes === undefined ? {} : { lanes: inline.lanes }),
        };
  const snapshot = "snapshot" in data ? data.snapshot : "bars in memory";
  return parseSpec({ ...spec, strategy, data: { ...spec.data, snapshot } }, "The spec");
}

/** The spec with the models that it names loaded, from where `backstitch models import` put them. */
async function withModels(spec: Spec, strategy: Strategy, timeframe: string): Promise<Spec> {
  if (modelFields(strategy.params).length === 0) return spec;
  const stores = await openLocalStores(homeFolder());
  try {
    const resolved = await resolveModels(spec, strategy, stores.objects);
    await loadModels(resolved, strategy, timeframe, stores.objects);
    return resolved;
  } finally {
    await stores.close();
  }
}

function collect(lanes: readonly LaneCollector[], facts: Facts): void {
  facts.lanes.forEach((lane, i) => {
    (lanes[i] as LaneCollector).add(lane);
  });
}

class LaneCollector {
  readonly trades: TradeFact[] = [];
  readonly fills: FillFact[] = [];
  readonly orders: OrderFact[] = [];
  readonly #points: number[] = [];
  readonly #bars: Bars;
  readonly #every: number;

  constructor(bars: Bars, every: number) {
    this.#bars = bars;
    this.#every = every;
  }

  add(facts: Facts["lanes"][number]): void {
    for (const trade of allRows(facts.trades)) this.trades.push(plainTrade(trade));
    for (const fill of allRows(facts.fills)) this.fills.push(plainFill(fill));
    for (const order of allRows(facts.orders)) this.orders.push(plainOrder(order));
    for (const piece of facts.equity) for (const point of piece) this.#points.push(point);
  }

  /** The kept points, the last bar always among them, with the equity after a forced close. */
  equity(finalEquity: number): EquityPoint[] {
    if (this.#points.length === 0) return [];
    const { startBar, openTimeMs } = this.#bars;
    const last = openTimeMs.length - 1;
    const at = (i: number, equity: number): EquityPoint => ({
      bar: startBar + i,
      timeMs: openTimeMs[i] as number,
      equity,
    });
    const points = this.#points.map((equity, k) => at(k * this.#every, equity));
    if (points[points.length - 1]?.bar === startBar + last) points.pop();
    return [...points, at(last, finalEquity)];
  }
}
