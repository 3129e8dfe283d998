import fc from "fast-check";
import { expect, test } from "vitest";
import { blockBars } from "../../lib/engine/bar-block.ts";
import { type Bars, barCount, sliceBars } from "../../lib/engine/bars.ts";
import { canonicalJson } from "../../lib/engine/canonical-json.ts";
import { allRows } from "../../lib/engine/fact-columns.ts";
import type { Facts, Fill, Trade } from "../../lib/engine/facts.ts";
import type { LaneProgram } from "../../lib/engine/lane.ts";
import { toFixed } from "../../lib/engine/money.ts";
import type { OrderEvent } from "../../lib/engine/orders.ts";
import type { Settings, Sizing } from "../../lib/engine/settings.ts";
import { type Program, Simulation, type SimulationState, stateJson } from "../../lib/engine/simulation.ts";
import { smaCross } from "../../lib/strategies/sma-cross.ts";
import { barsOf, type Row } from "./bars-of.ts";
import { randomOrders } from "./random-orders.ts";

const barTotal = 600;

const moves = fc.array(fc.double({ min: -0.02, max: 0.02, noNaN: true }), { minLength: barTotal, maxLength: barTotal });
/** Bars that begin shortly before the end of a block, so that the run crosses it. */
const bars = fc
  .tuple(moves, fc.integer({ min: 1, max: barTotal }))
  .map(([steps, before]) => walk(steps, blockBars - before));

const sizing: fc.Arbitrary<Sizing> = fc.oneof(
  fc.integer({ min: 1, max: 50 }).map((units) => ({ kind: "units" as const, units: toFixed(units) })),
  fc.record({
    kind: fc.constant("fraction" as const),
    fraction: fc.double({ min: 0.05, max: 1, noNaN: true }),
    of: fc.constantFrom("cash" as const, "equity" as const),
    basis: fc.constantFrom("fill" as const, "decision" as const),
  }),
  fc.record({
    kind: fc.constant("notional" as const),
    notional: fc.integer({ min: 100, max: 5_000 }).map(toFixed),
    basis: fc.constantFrom("fill" as const, "decision" as const),
  }),
);

const settings: fc.Arbitrary<Settings> = fc.record({
  // The largest amount is beyond what float64 counts exactly, so that the ledger's bigints are met too.
  cash: fc.constantFrom(2_000, 100_000, 3e9).map(toFixed),
  shorting: fc.boolean(),
  fill: fc.constantFrom("next-open" as const, "close" as const),
  commission: fc.record({
    rate: fc.constantFrom(0, 0.001),
    perUnit: fc.constantFrom(0, 0.01),
    fixed: fc.constantFrom(0, toFixed(1)),
    minimum: fc.constantFrom(0, toFixed(2)),
    maximum: fc.constantFrom(null, toFixed(20)),
  }),
  slippageBps: fc.constantFrom(0, 5),
  sizing,
  quantity: fc.constantFrom(
    { lot: toFixed(1), minimum: 0, maximum: null },
    { lot: toFixed(0.001), minimum: toFixed(0.01), maximum: toFixed(500) },
  ),
  pyramiding: fc.integer({ min: 1, max: 4 }),
  fundsCheck: fc.constantFrom("fill" as const, "submission" as const),
  warmupBars: fc.constantFrom(0, 40),
  equityEvery: fc.constantFrom(1, 1, 7),
  facts: fc.constantFrom("full" as const, "full" as const, "summary" as const),
  seed: fc.integer({ min: 0, max: 1_000 }),
});

const lane: fc.Arbitrary<LaneProgram> = fc.oneof(
  fc.record({
    strategy: fc.constant(randomOrders),
    params: fc.record({ activity: fc.constantFrom(0.05, 0.3, 0.8), length: fc.integer({ min: 2, max: 30 }) }),
    settings,
  }),
  fc.record({
    strategy: fc.constant(smaCross),
    params: fc.record({
      fast: fc.integer({ min: 1, max: 5 }),
      slow: fc.integer({ min: 6, max: 30 }),
      side: fc.constantFrom("long", "both"),
    }),
    settings,
  }),
);

const cuts = fc
  .uniqueArray(fc.integer({ min: 1, max: barTotal - 1 }), { maxLength: 12 })
  .map((found) => found.toSorted((a, b) => a - b));

test("segments that each begin from the saved JSON give the facts and the state of one that is not cut", () => {
  fc.assert(
    fc.property(bars, fc.array(lane, { minLength: 1, maxLength: 4 }), cuts, (whole, lanes, at) => {
      const program: Program = { timeframe: "1h", startBar: whole.startBar, lanes };
      expect(inSegments(program, whole, at)).toEqual(inSegments(program, whole, []));
    }),
    { numRuns: 60 },
  );
});

test("chunks of any size give the facts and the state of a single chunk", () => {
  fc.assert(
    fc.property(bars, fc.array(lane, { minLength: 1, maxLength: 3 }), cuts, (whole, lanes, at) => {
      const program: Program = { timeframe: "1h", startBar: whole.startBar, lanes };
      expect(inChunks(program, whole, at)).toEqual(inChunks(program, whole, []));
    }),
    { numRuns: 30 },
  );
});

/** Runs each segment on a simulation of its own, made from the text of the state that the one before saved. */
function inSegments(program: Program, whole: Bars, at: readonly number[]): Outcome {
  let simulation = new Simulation(program);
  const taken: Facts[] = [];
  for (const piece of pieces(whole, at)) {
    simulation = new Simulation(
      program,
      taken.length === 0 ? undefined : (JSON.parse(stateText(simulation)) as SimulationState),
    );
    simulation.advance(piece);
    taken.push(simulation.takeFacts());
  }
  return outcome(simulation, taken);
}

function inChunks(program: Program, whole: Bars, at: readonly number[]): Outcome {
  const simulation = new Simulation(program);
  for (const piece of pieces(whole, at)) simulation.advance(piece);
  return outcome(simulation, [simulation.takeFacts()]);
}

type Outcome = { readonly state: string; readonly lanes: readonly LaneOutcome[] };
type LaneOutcome = { fills: Fill[]; trades: Trade[]; orders: OrderEvent[]; equityBits: bigint[] };

function outcome(simulation: Simulation, taken: readonly Facts[]): Outcome {
  const lanes = simulation.lanes.map((_, i) => ({
    fills: taken.flatMap((facts) => allRows(facts.lanes[i].fills)),
    trades: taken.flatMap((facts) => allRows(facts.lanes[i].trades)),
    orders: taken.flatMap((facts) => allRows(facts.lanes[i].orders)),
    equityBits: taken.flatMap((facts) =>
      facts.lanes[i].equity.flatMap((equity) => [...new BigUint64Array(equity.slice().buffer)]),
    ),
  }));
  return { state: stateText(simulation), lanes };
}

function stateText(simulation: Simulation): string {
  return canonicalJson(stateJson(simulation.save()));
}

function pieces(whole: Bars, at: readonly number[]): Bars[] {
  const bounds = [0, ...at, barCount(whole)].map((position) => whole.startBar + position);
  return bounds.slice(1).map((end, i) => sliceBars(whole, bounds[i], end));
}

/** Bars whose opens and closes move by these fractions in turn, and whose range is a little wider. */
function walk(steps: readonly number[], startBar: number): Bars {
  let price = 100;
  const rows: Row[] = steps.map((step) => {
    const open = price * (1 + step / 10);
    const close = open * (1 + step);
    price = close;
    return [
      open,
      Math.max(open, close) * (1 + Math.abs(step) / 3),
      Math.min(open, close) * (1 - Math.abs(step) / 2),
      close,
    ];
  });
  return barsOf(rows, { startBar });
}
