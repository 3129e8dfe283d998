import { type Bars, barCount, sliceBars } from "../lib/engine/bars.ts";
import type { Facts } from "../lib/engine/facts.ts";
import type { LaneProgram } from "../lib/engine/lane.ts";
import { laneMetrics, type Metrics } from "../lib/engine/metrics.ts";
import { toFixed } from "../lib/engine/money.ts";
import type { Settings } from "../lib/engine/settings.ts";
import { Simulation } from "../lib/engine/simulation.ts";
import { smaCross } from "../lib/strategies/sma-cross.ts";

const timeframe = "1m";
/** As often as a run's segments do. */
const takeFactsEveryBars = 100_000;

/** One lane of the benchmark case: 10 units long above the cross, 0.1 % commission a side, market orders at the next open. */
export function benchmarkLane(fast: number, slow: number, facts: Settings["facts"]): LaneProgram {
  const settings: Settings = {
    cash: toFixed(1_000_000),
    shorting: false,
    fill: "next-open",
    commission: { rate: 0.001, perUnit: 0, fixed: 0, minimum: 0, maximum: null },
    slippageBps: 0,
    sizing: { kind: "units", units: toFixed(10) },
    quantity: { lot: toFixed(1), minimum: 0, maximum: null },
    pyramiding: 1,
    fundsCheck: "fill",
    warmupBars: 0,
    equityEvery: 1,
    facts,
    seed: 1,
  };
  return { strategy: smaCross, params: smaCross.params.parse({ fast, slow }), settings };
}

/** Runs the lanes over the bars and takes the facts as a run does; the open position is marked at the last close. */
export function simulate(
  lanes: readonly LaneProgram[],
  bars: Bars,
): { readonly metrics: readonly Metrics[]; readonly facts: readonly Facts[] } {
  const simulation = new Simulation({ timeframe, startBar: 0, lanes });
  const endBar = barCount(bars);
  const facts: Facts[] = [];
  for (let bar = 0; bar < endBar; bar += takeFactsEveryBars) {
    simulation.advance(sliceBars(bars, bar, Math.min(endBar, bar + takeFactsEveryBars)));
    facts.push(simulation.takeFacts());
  }
  simulation.end(sliceBars(bars, endBar - 1, endBar), false);
  return { metrics: simulation.lanes.map((lane) => laneMetrics(lane, simulation.periods, timeframe, null)), facts };
}
