import fc from "fast-check";
import { expect, test } from "vitest";
import { type Bars, sliceBars } from "../../lib/engine/bars.ts";
import { canonicalJson } from "../../lib/engine/canonical-json.ts";
import { allRows } from "../../lib/engine/fact-columns.ts";
import type { Fill, LaneFacts, Trade } from "../../lib/engine/facts.ts";
import { laneMetrics } from "../../lib/engine/metrics.ts";
import { parseFixed, toFixed, toNumber } from "../../lib/engine/money.ts";
import { type OpeningAccount, openingAccountOf } from "../../lib/engine/opening-account.ts";
import type { OrderEvent } from "../../lib/engine/orders.ts";
import type { Settings } from "../../lib/engine/settings.ts";
import { Simulation, type SimulationState, stateJson } from "../../lib/engine/simulation.ts";
import type { Strategy } from "../../lib/engine/strategy.ts";
import { openingAccountSchema } from "../../lib/run/opening-account.ts";
import { generatedBars } from "../simulation/generated-bars.ts";
import numberedOrders from "../simulation/numbered-orders.ts";
import { barsOf } from "./bars-of.ts";
import { scripted } from "./scripted.ts";

const settings: Settings = {
  cash: toFixed(10_000),
  shorting: true,
  fill: "next-open",
  commission: { rate: 0.001, perUnit: 0, fixed: 0, minimum: 0, maximum: null },
  slippageBps: 2,
  sizing: { kind: "fraction", fraction: 0.3, of: "equity", basis: "fill" },
  quantity: { lot: toFixed(0.01), minimum: 0, maximum: null },
  pyramiding: 3,
  fundsCheck: "fill",
  warmupBars: 0,
  equityEvery: 1,
  facts: "full",
  seed: 1,
};

type Facts = {
  readonly fills: Fill[];
  readonly trades: Trade[];
  readonly orders: OrderEvent[];
  readonly equity: number[];
};

function factsOf({ fills, trades, orders, equity }: LaneFacts): Facts {
  return {
    fills: allRows(fills),
    trades: allRows(trades),
    orders: allRows(orders),
    equity: equity.flatMap((piece) => [...piece]),
  };
}

type Asked = {
  readonly strategy: Strategy;
  readonly params: unknown;
  readonly bars: Bars;
  readonly settings: Settings;
  /** Where the run is cut into segments, each on a simulation made from the text of a state. */
  readonly cuts?: readonly number[];
};

/** One run over [startBar, endBar), with its warm-up before; its state at the end and what it did after the warm-up. */
function run(startBar: number, endBar: number, { strategy, params, bars, settings: own, cuts = [] }: Asked) {
  const first = startBar - own.warmupBars;
  const program = { timeframe: "1d", startBar: first, lanes: [{ strategy, params, settings: own }] } as const;
  let simulation = new Simulation(program);
  const facts: Facts = { fills: [], trades: [], orders: [], equity: [] };
  for (const end of [...cuts.filter((cut) => cut > first && cut < endBar), endBar]) {
    simulation.advance(sliceBars(bars, simulation.barIndex, end));
    const [lane] = simulation.takeFacts().lanes;
    if (lane === undefined) throw new Error("There is one lane.");
    const added = factsOf(lane);
    facts.fills.push(...added.fills);
    facts.trades.push(...added.trades);
    facts.orders.push(...added.orders);
    facts.equity.push(...added.equity);
    simulation = new Simulation(program, JSON.parse(canonicalJson(stateJson(simulation.save()))) as SimulationState);
  }
  const [lane] = simulation.lanes;
  if (lane === undefined) throw new Error("There is one lane.");
  return { facts: { ...facts, equity: facts.equity.slice(own.warmupBars) }, lane, simulation };
}

/** The account as a spec holds it: through its text and its schema. */
function handedOn(account: OpeningAccount): OpeningAccount {
  return openingAccountSchema.parse(JSON.parse(JSON.stringify(account)));
}

const barTotal = 260;
const warmup = 12;
const cuts = (least: number) =>
  fc
    .uniqueArray(fc.integer({ min: least, max: barTotal - 1 }), { maxLength: 6 })
    .map((found) => found.toSorted((a, b) => a - b));

test("runs that begin with the account of the one before do what one run over all bars does", () => {
  const cases = fc.record({
    seed: fc.integer({ min: 1, max: 1_000 }),
    draw: fc.integer({ min: 1, max: 1_000 }),
    activity: fc.constantFrom(0.1, 0.4, 0.9),
    fill: fc.constantFrom("next-open", "close"),
    windows: cuts(warmup + 1),
    segments: cuts(1),
  });
  fc.assert(
    fc.property(cases, ({ seed, draw, activity, fill, windows, segments }) => {
      const bars: Bars = { startBar: 0, ...generatedBars(barTotal, seed, 86_400_000) };
      const own: Settings = { ...settings, fill, warmupBars: warmup, warmupFigures: "left-out" };
      const asked: Asked = {
        strategy: numberedOrders,
        params: { draw, activity, throwsAt: -1 },
        bars,
        settings: own,
        cuts: segments,
      };
      const whole = run(warmup, barTotal, asked);
      const joined: Facts = { fills: [], trades: [], orders: [], equity: [] };
      let opening: OpeningAccount | undefined;
      let worth = settings.cash;
      for (const [k, startBar] of [warmup, ...windows].entries()) {
        const inherited = opening === undefined ? {} : { opening: handedOn(opening) };
        const window = { ...asked, settings: { ...own, cash: worth, ...inherited } };
        const part = run(startBar, windows[k] ?? barTotal, window);
        for (const name of ["fills", "trades", "orders", "equity"] as const)
          (joined[name] as unknown[]).push(...part.facts[name]);
        opening = openingAccountOf(part.lane.broker.save());
        worth = toFixed(part.lane.curve.figures.lastEquity);
      }
      expect(joined).toEqual(whole.facts);
      expect(opening).toEqual(openingAccountOf(whole.lane.broker.save()));
    }),
    { numRuns: 60 },
  );
});

test("an account that begins with a position is worth its cash and the position, and its first bar is a return", () => {
  // Bought 10 at 100 in bar 1 of the run before, which ended at 110: worth 9,000 + 10 × 110 = 10,100.
  const free: Settings = { ...settings, commission: { ...settings.commission, rate: 0 }, slippageBps: 0 };
  const before = run(0, 3, {
    strategy: scripted({ 0: (bar) => bar.buy({ quantity: 10 }) }),
    params: {},
    bars: barsOf([100, 100, 110, 121, 99, 99]),
    settings: free,
  });
  const opening = openingAccountOf(before.lane.broker.save());
  expect(opening).toMatchObject({ cash: "9000", trades: [{ entryBar: 1, quantity: "10", highest: 110, lowest: 100 }] });
  // A day each: 121 is worth 9,000 + 1,210, and 99, at which the position is sold a bar later, 9,990.
  const after = run(3, 6, {
    strategy: scripted({ 1: (bar) => bar.closePosition() }),
    params: {},
    bars: barsOf([100, 100, 110, 121, 99, 99], { stepMs: 86_400_000 }),
    settings: { ...free, cash: toFixed(10_100), opening },
  });
  expect(after.facts.equity).toEqual([10_210, 9_990, 9_990]);
  expect(after.facts.trades).toMatchObject([
    { tradeId: 1, entryBar: 1, exitBar: 5, netProfit: parseFixed("-10"), maxAdverse: -10, maxFavorable: 210 },
  ]);
  after.simulation.end(sliceBars(barsOf([100, 100, 110, 121, 99, 99]), 5, 6), false);
  const metrics = laneMetrics(after.lane, after.simulation.periods, "1d", null);
  expect(metrics).toMatchObject({ finalEquity: 9_990, maxDrawdownAmount: 220, periods: 3, closedTrades: 1, fills: 1 });
  expect(metrics.totalReturn).toBe(9_990 / 10_100 - 1);
  expect(metrics.bestPeriodReturn).toBe(10_210 / 10_100 - 1);
  expect(toNumber(after.lane.broker.account.feesPaid)).toBe(0);
});

test("what waits at the start can be filled by the first bar, and is not before it", () => {
  const bars = barsOf([100, [100, 101, 89, 100], [100, 106, 99, 105], 105]);
  const strategy = scripted({ 0: (bar) => bar.buy({ quantity: 2, limit: 90, id: "dip" }) });
  const opening = openingAccountOf(run(0, 1, { strategy, params: {}, bars, settings }).lane.broker.save());
  const idle = { strategy: scripted({}), params: {}, bars };
  const opened: Settings = { ...settings, opening: handedOn(opening) };
  expect(run(1, 3, { ...idle, settings: opened }).facts.fills).toMatchObject([{ bar: 1, orderId: "dip", price: 90 }]);
  // Bar 1 is warm-up now: the account opens after it.
  expect(run(2, 3, { ...idle, settings: { ...opened, warmupBars: 1 } }).facts.fills).toEqual([]);
});
