import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { type Bars, sliceBars } from "../../lib/engine/bars.ts";
import { canonicalJson } from "../../lib/engine/canonical-json.ts";
import type { Column } from "../../lib/engine/columns.ts";
import { allRows } from "../../lib/engine/fact-columns.ts";
import type { Fill } from "../../lib/engine/facts.ts";
import { toFixed } from "../../lib/engine/money.ts";
import type { Settings } from "../../lib/engine/settings.ts";
import { type Program, Simulation, stateJson } from "../../lib/engine/simulation.ts";
import { type BarContext, defineStrategy } from "../../lib/engine/strategy.ts";
import { canonicalFeatures, featureColumns } from "../../lib/features/feature-columns.ts";
import { parseFeatureGrammar } from "../../lib/features/feature-grammar.ts";
import { openBundle } from "../../lib/models/bundle.ts";
import { decide } from "../../lib/models/decision.ts";
import { parseDecisionSection } from "../../lib/models/decision-section.ts";
import { denseNetworkModel } from "../../lib/models/dense-network.ts";
import { loadModel } from "../../lib/models/load-model.ts";
import { modelColumns } from "../../lib/models/model-columns.ts";
import { classify } from "../../lib/models/model-output.ts";
import { barsOf } from "../engine/bars-of.ts";
import { bundleFiles } from "./bundle-files.ts";

const document = {
  training_data: { timeframes: { list: ["1h", "4h"], base_timeframe: "1h" } },
  indicators: { rsi_5: { type: "rsi", period: 5 } },
  fuzzy_sets: { rsi: { indicator: "rsi_5", low: [0, 20, 50], high: [50, 80, 100] } },
  nn_inputs: [{ fuzzy_set: "rsi", timeframes: "all" }],
};
const grammar = parseFeatureGrammar(document, "test");
const features = canonicalFeatures(grammar).map(({ name }) => name);
// Low of the hour is bought, high of the hour sold, and the four-hourly view leans against it.
const weights = [6, -6, 1, -1, 0, 0, 0, 0, -6, 6, -1, 1];
const network = denseNetworkModel(
  [{ inputs: 4, outputs: 3, weights, biases: [0, 0.5, 0], activation: "none" }],
  "test",
);
const model = loadModel(openBundle(bundleFiles({ model: network, features, metadata: { features } }), "test"));
const { rules } = parseDecisionSection(
  { confidence_threshold: 0.5, filters: { min_signal_separation_bars: 3 } },
  "test",
);
const meaning = { kind: "classification", scale: "logits", classes: ["BUY", "HOLD", "SELL"] } as const;

/** Buys and sells as the model says; its last signal's bar is its state. */
const modelStrategy = defineStrategy({
  name: "model",
  params: z.strictObject({}),
  columns: () => {
    const { outputs, status } = modelColumns(
      model,
      featureColumns(grammar, {}).map(({ column }) => column),
    );
    const [buy, hold, sell] = outputs;
    return { buy, hold, sell, status } as { [name in "buy" | "hold" | "sell" | "status"]: Column };
  },
  initialState: (): { lastBar: number | null } => ({ lastBar: null }),
  onBar(bar) {
    const { buy, hold, sell } = bar.columns;
    const decision = decide(rules, {
      opinion: classify([buy.now, hold.now, sell.now], meaning),
      position: bar.position > 0 ? "LONG" : "FLAT",
      now: { bar: bar.index, timeMs: bar.timeMs },
      lastSignal: bar.state.lastBar === null ? null : { bar: bar.state.lastBar, timeMs: 0 },
    });
    if (decision.signal === "HOLD") return;
    bar.state = { lastBar: bar.index };
    trade(bar, decision.signal);
  },
});

function trade(bar: Pick<BarContext, "buy" | "closePosition">, signal: "BUY" | "SELL"): void {
  if (signal === "BUY") bar.buy();
  else bar.closePosition();
}

const settings: Settings = {
  cash: toFixed(100_000),
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
  facts: "full",
  seed: 1,
};

test("a run with a model gives the same facts and the same state however it is cut", () => {
  fc.assert(
    fc.property(walks, fc.array(fc.nat({ max: 600 }), { maxLength: 5 }), (bars, cuts) => {
      const [whole, pieces] = [run(bars, []), run(bars, cuts)];
      expect(pieces).toEqual(whole);
    }),
    { numRuns: 30 },
  );
});

test("the model trades on a walk", () => {
  const [bars] = fc.sample(walks, { numRuns: 1, seed: 5 });
  expect(run(bars ?? barsOf([100]), []).fills).toBeGreaterThan(10);
});

const walks = fc
  .tuple(
    fc.array(fc.double({ min: -0.02, max: 0.02, noNaN: true }), { minLength: 600, maxLength: 600 }),
    fc.integer({ min: 7800, max: 8192 }),
  )
  .map(([steps, startBar]) => {
    let price = 100;
    return barsOf(
      steps.map((step) => {
        price *= 1 + step;
        return price;
      }),
      { startBar },
    );
  });

function run(bars: Bars, cuts: readonly number[]) {
  const program: Program = {
    timeframe: "1h",
    startBar: bars.startBar,
    lanes: [{ strategy: modelStrategy, params: {}, settings }],
  };
  const bounds = [0, ...cuts.toSorted((a, b) => a - b), bars.close.length];
  let simulation = new Simulation(program);
  const fills: Fill[] = [];
  for (let i = 1; i < bounds.length; i++) {
    simulation.advance(sliceBars(bars, bars.startBar + bounds[i - 1], bars.startBar + bounds[i]));
    for (const lane of simulation.takeFacts().lanes) fills.push(...allRows(lane.fills));
    simulation = new Simulation(program, JSON.parse(canonicalJson(stateJson(simulation.save()))));
  }
  return { fills: fills.length, facts: fills, state: canonicalJson(stateJson(simulation.save())) };
}
