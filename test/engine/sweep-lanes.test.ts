import fc from "fast-check";
import { expect, test } from "vitest";
import { defineStrategy, z } from "../../lib/backstitch.ts";
import { type Bars, sliceBars } from "../../lib/engine/bars.ts";
import { canonicalJson } from "../../lib/engine/canonical-json.ts";
import type { EquityFigures } from "../../lib/engine/equity-curve.ts";
import { type LaneProgram, StrategyError } from "../../lib/engine/lane.ts";
import { toFixed } from "../../lib/engine/money.ts";
import { allReturns, returnsSoFar } from "../../lib/engine/return-marks.ts";
import type { Settings } from "../../lib/engine/settings.ts";
import { type Program, Simulation, type SimulationState, stateJson } from "../../lib/engine/simulation.ts";
import { barsOf } from "./bars-of.ts";

const barTotal = 400;

/** In and out again every few bars; throws at one bar of the run. */
const swinger = defineStrategy({
  name: "swinger",
  params: z.strictObject({ every: z.int(), throwsAt: z.int() }),
  initialState: () => ({}),
  onBar(bar) {
    if (bar.barsDone === bar.params.throwsAt) throw new Error("enough");
    if (bar.barsDone % bar.params.every !== 0) return;
    if (bar.position === 0) bar.buy();
    else bar.closePosition();
  },
});

const settings: Settings = {
  cash: toFixed(10_000),
  shorting: false,
  fill: "next-open",
  commission: { rate: 0.001, perUnit: 0, fixed: 0, minimum: 0, maximum: null },
  slippageBps: 0,
  sizing: { kind: "units", units: toFixed(20) },
  quantity: { lot: toFixed(1), minimum: 0, maximum: null },
  pyramiding: 1,
  fundsCheck: "fill",
  warmupBars: 50,
  equityEvery: 1,
  facts: "summary",
  seed: 1,
  warmupFigures: "left-out",
  returnBlocks: { count: 7, bars: 50 },
  failedLanes: "alone",
};

const never = -1;
const lane = (every: number, throwsAt = never, change: Partial<Settings> = {}): LaneProgram => ({
  strategy: swinger,
  params: { every, throwsAt },
  settings: { ...settings, ...change },
});

/** A day each, up and down. */
const bars = barsOf(
  Array.from({ length: barTotal }, (_, i) => 100 + 10 * Math.sin(i / 9) + (i % 7)),
  { stepMs: 86_400_000 },
);

/** Each segment on a simulation of its own, made from the text of the state that the one before saved. */
function computed(lanes: readonly LaneProgram[], whole: Bars, cuts: readonly number[]): Simulation {
  const program: Program = { timeframe: "1d", startBar: whole.startBar, lanes };
  let saved: SimulationState | undefined;
  for (const [i, end] of [...cuts, barTotal].entries()) {
    const simulation = new Simulation(program, saved);
    simulation.advance(sliceBars(whole, whole.startBar + (cuts[i - 1] ?? 0), whole.startBar + end));
    if (end === barTotal) return simulation;
    saved = JSON.parse(stateText(simulation)) as SimulationState;
  }
  throw new Error("The last segment ends with the bars.");
}

function stateText(simulation: Simulation): string {
  return canonicalJson(stateJson(simulation.save()));
}

const cuts = fc
  .uniqueArray(fc.integer({ min: 1, max: barTotal - 1 }), { maxLength: 8 })
  .map((found) => found.toSorted((a, b) => a - b));

test("segments give the state of one that is not cut, with lanes that stop alone, return marks and a warm-up left out", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 0, max: barTotal + 50 })), {
        minLength: 1,
        maxLength: 4,
      }),
      cuts,
      (written, at) => {
        const lanes = written.map(([every, throwsAt]) => lane(every, throwsAt));
        expect(stateText(computed(lanes, bars, at))).toBe(stateText(computed(lanes, bars, [])));
      },
    ),
    { numRuns: 60 },
  );
});

test("a lane that throws stops alone, at the bar of its error, and the lane beside it goes on", () => {
  const { lanes } = computed([lane(9, 200), lane(9)], bars, [120]);
  const alone = computed([lane(9)], bars, []);
  expect(lanes.map(({ failure }) => failure?.bar)).toEqual([200, undefined]);
  expect(lanes[0]?.failure?.message).toBe("enough");
  expect(lanes[1]?.save()).toEqual(alone.lanes[0]?.save());
});

test("a lane that throws ends the run where lanes do not fail alone", () => {
  const { failedLanes: _, ...strict } = settings;
  const program: Program = { timeframe: "1d", startBar: 0, lanes: [{ ...lane(9, 200), settings: strict }] };
  expect(() => new Simulation(program).advance(bars)).toThrow(StrategyError);
});

test("return marks stand at the ends of the blocks after the warm-up, whatever the cuts", () => {
  const periods = (at: readonly number[]) => computed([lane(9)], bars, at).lanes[0]?.returnMarks.map((m) => m.periods);
  // The first day has no return, for none is before it, and the newest one is not over; the last block ends with the run and has no mark.
  expect(periods([])).toEqual([48, 98, 148, 198, 248, 298]);
  expect(periods([100, 101, 333])).toEqual([48, 98, 148, 198, 248, 298]);
});

test("the marks of the blocks are the figures of runs that end there", () => {
  const { lanes } = computed([lane(9)], bars, []);
  const shorter = new Simulation({ timeframe: "1d", startBar: 0, lanes: [lane(9)] });
  shorter.advance(sliceBars(bars, 0, 200));
  expect(lanes[0]?.returnMarks[2]).toEqual(returnsSoFar(figuresOf(shorter)));
});

test("the powers at the end are those of the returns themselves, and lanes without blocks keep none", () => {
  const simulation = computed([lane(9, never, { facts: "full" })], bars, []);
  const [facts] = simulation.takeFacts().lanes;
  const equity = (facts?.equity ?? []).flatMap((piece) => [...piece]);
  // From the first bar after the warm-up on, to the last, on which the lane still holds something.
  simulation.end(sliceBars(bars, barTotal - 1, barTotal), false);
  const closed = equity.slice(settings.warmupBars);
  expect(closed.at(-1)).not.toBe(closed.at(-2));
  const returns = closed.slice(1).map((value, i) => value / (closed[i] as number) - 1);
  const marks = allReturns(figuresOf(simulation));
  expect(marks).toEqual({
    ...returnsSoFar(figuresOf(simulation)),
    returnCubes: expect.closeTo(
      returns.reduce((sum, value) => sum + value ** 3, 0),
      15,
    ),
    returnFourths: expect.closeTo(
      returns.reduce((sum, value) => sum + value ** 4, 0),
      15,
    ),
  });
  expect([marks.periods, Math.abs(marks.returnCubes ?? 0) > 1e-6]).toEqual([barTotal - 51, true]);
  const { returnBlocks: _, ...plain } = settings;
  const without = new Simulation({ timeframe: "1d", startBar: 0, lanes: [{ ...lane(9), settings: plain }] });
  without.advance(bars);
  expect(Object.keys(allReturns(figuresOf(without)))).toEqual(["periods", "returnMean", "returnDeviations"]);
});

test("a warm-up that is left out changes no figure of the bars after it", () => {
  const cold = computed([lane(9, never)], bars, []).lanes[0];
  const { warmupFigures: _, ...counted } = settings;
  const warm = computed([{ ...lane(9), settings: counted }], bars, []).lanes[0];
  expect([cold?.curve.figures.periods, warm?.curve.figures.periods]).toEqual([barTotal - 50 - 2, barTotal - 2]);
  expect(cold?.broker.save()).toEqual(warm?.broker.save());
});

test("nothing trades in the warm-up, and the first bar after it may", () => {
  const before = new Simulation({ timeframe: "1d", startBar: 0, lanes: [lane(10)] });
  before.advance(sliceBars(bars, 0, 50));
  expect([before.lanes[0]?.broker.idle, before.lanes[0]?.broker.account.units]).toEqual([true, 0]);
  before.advance(sliceBars(bars, 50, 51));
  expect(before.lanes[0]?.broker.idle).toBe(false);
});

/** The running figures of the only lane. */
function figuresOf({ lanes: [lane] }: Simulation): EquityFigures {
  if (lane === undefined) throw new Error("The simulation has a lane.");
  return lane.curve.figures;
}
