import fc from "fast-check";
import { type Bars, barCount } from "../../../lib/engine/bars.ts";
import { allRows } from "../../../lib/engine/fact-columns.ts";
import type { Fill, Trade } from "../../../lib/engine/facts.ts";
import type { LaneProgram } from "../../../lib/engine/lane.ts";
import { laneMetrics, type Metrics } from "../../../lib/engine/metrics.ts";
import type { OrderEvent } from "../../../lib/engine/orders.ts";
import { Simulation } from "../../../lib/engine/simulation.ts";
import type { Strategy } from "../../../lib/engine/strategy.ts";
import { parseSpec } from "../../../lib/run/parse-spec.ts";
import { compileProgram } from "../../../lib/run/program.ts";
import type { SpecInput } from "../../../lib/run/spec.ts";
import { builtInStrategies } from "../../../lib/strategies/built-in.ts";
import { barsOf } from "../bars-of.ts";
import { randomOrders } from "../random-orders.ts";

const side = fc.constantFrom("long", "short", "both");
const length = (min: number, max: number) => fc.integer({ min, max });

/** A built-in strategy, or one that orders at random, with parameters that trade often on a few hundred bars. */
const strategies: fc.Arbitrary<{ readonly strategy: Strategy; readonly params: object }> = fc.oneof(
  builtIn("buy-and-hold", {}),
  builtIn("sma-cross", { fast: length(1, 5), slow: length(6, 20), side }),
  builtIn("macd-cross", { fast: length(2, 5), slow: length(6, 12), signal: length(2, 6), side }),
  builtIn("donchian-breakout", { entry: length(2, 12), exit: length(1, 6), side }),
  builtIn("bollinger-reversion", { length: length(3, 20), deviations: fc.constantFrom(0.5, 1, 2), side }),
  builtIn("rsi-reversion", {
    length: length(2, 10),
    lower: length(20, 45),
    upper: length(55, 80),
    exit: length(40, 60),
    side,
  }),
  ...[1, 2].map(() =>
    fc.record({
      strategy: fc.constant(randomOrders),
      params: fc.record({ activity: fc.constantFrom(0.1, 0.5), length: length(2, 20) }),
    }),
  ),
);

function builtIn(name: string, params: { readonly [name: string]: fc.Arbitrary<unknown> }) {
  const strategy = builtInStrategies.get(name);
  if (strategy === undefined) throw new Error(`No built-in strategy ${name}.`);
  return fc.record({ strategy: fc.constant(strategy), params: fc.record(params) });
}

const limits = fc.constantFrom({}, { lot: 0.001, minimum: 0.01, maximum: 500 });
const basis = fc.constantFrom("fill" as const, "decision" as const);
const sizing: fc.Arbitrary<SpecInput["sizing"]> = fc.oneof(
  fc.tuple(length(1, 50), limits).map(([units, rest]) => ({ kind: "units" as const, units, ...rest })),
  fc
    .tuple(fc.constantFrom(0.1, 0.5, 1), fc.constantFrom("cash" as const, "equity" as const), basis, limits)
    .map(([fraction, of, from, rest]) => ({ kind: "fraction" as const, fraction, of, basis: from, ...rest })),
  fc
    .tuple(length(100, 5_000), basis, limits)
    .map(([notional, from, rest]) => ({ kind: "notional" as const, notional, basis: from, ...rest })),
);
const commission: fc.Arbitrary<NonNullable<SpecInput["execution"]>["commission"]> = fc.constantFrom(
  { kind: "none" },
  { kind: "percent", percent: 0.13, fixed: 0.7 },
  { kind: "percent", percent: 0.1, minimum: 1.37, maximum: 9 },
  { kind: "per-unit", perUnit: 0.007, fixed: 1 },
  { kind: "fixed", amount: 2.345 },
);

/** A strategy with its account; what the spec leaves out is its default. */
export const laneCases: fc.Arbitrary<LaneCase> = fc.record({
  strategy: strategies,
  settings: fc.record({
    account: fc.record({ cash: fc.constantFrom(2_000, 100_000, 3e9), shorting: fc.boolean() }),
    sizing,
    execution: fc.record({
      fill: fc.constantFrom("next-open" as const, "close" as const),
      commission,
      slippage: fc.constantFrom(0, 7).map((bps) => ({ kind: "bps" as const, bps })),
      pyramiding: length(1, 3),
      fundsCheck: fc.constantFrom("fill" as const, "submission" as const),
    }),
    seed: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  }),
});
export type LaneCase = {
  readonly strategy: { readonly strategy: Strategy; readonly params: object };
  readonly settings: Omit<SpecInput, "strategy" | "data">;
};

export function laneProgram({ strategy: { strategy, params }, settings }: LaneCase): LaneProgram {
  const spec = parseSpec(
    { ...settings, data: { snapshot: "bars" }, strategy: { name: strategy.name, params } },
    "The spec",
  );
  const [lane] = compileProgram(spec, strategy, { timeframe: "1h", startBar: 0, lot: undefined }).lanes;
  if (lane === undefined) throw new Error("A program has at least one lane.");
  return lane;
}

/** Price steps of a walk, as fractions. */
export const walks = (count: number) =>
  fc.array(fc.double({ min: -0.03, max: 0.03, noNaN: true }), { minLength: count, maxLength: count });

/** Hourly bars that walk from 100 by these steps; prices keep four decimals, as prices do. */
export function walk(steps: readonly number[]): Bars {
  let price = 100;
  const tick = (value: number) => Math.max(0.01, Math.round(value * 10_000) / 10_000);
  return barsOf(
    steps.map((step) => {
      const open = tick(price * (1 + step / 7));
      const close = tick(open * (1 + step));
      price = close;
      return [open, tick(Math.max(open, close) * 1.004), tick(Math.min(open, close) * 0.997), close];
    }),
  );
}

/** Everything that folding the bars in one piece left behind, lane by lane. */
export type Folded = {
  readonly fills: readonly Fill[];
  readonly trades: readonly Trade[];
  readonly orders: readonly OrderEvent[];
  readonly equity: readonly number[];
  readonly state: unknown;
  readonly metrics: Metrics;
};

export function fold(lanes: readonly LaneProgram[], bars: Bars): Folded[] {
  const simulation = new Simulation({ timeframe: "1h", startBar: bars.startBar, lanes });
  if (barCount(bars) > 0) simulation.advance(bars);
  const { lanes: facts } = simulation.takeFacts();
  const state = simulation.save();
  return facts.map((lane, i) => ({
    fills: allRows(lane.fills),
    trades: allRows(lane.trades),
    orders: allRows(lane.orders),
    equity: lane.equity.flatMap((piece) => [...piece]),
    state: structuredClone(state.lanes[i]),
    metrics: laneMetrics(simulation.lanes[i] as (typeof simulation.lanes)[number], simulation.periods, "1h", null),
  }));
}
