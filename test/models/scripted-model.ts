import { emptyColumns } from "../../lib/market/bar-rows.ts";
import { type DenseLayer, denseNetworkModel } from "../../lib/models/dense-network.ts";
import { addModel } from "../../lib/run/model-catalog.ts";
import type { RunStores } from "../../lib/run/opened-run.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { plannedRun } from "../simulation/planned-run.ts";
import { putSnapshot } from "../simulation/put-snapshot.ts";
import { live } from "../simulation/run-lives.ts";
import { readOutcome } from "../simulation/run-outcome.ts";
import { bundleFiles } from "./bundle-files.ts";

/** A bar of a day with one price, and what the model is to say at its close, in 1024ths: BUY and SELL of a classifier, the predicted return of a regression. */
export type ScriptedBar = { readonly price: number; readonly says: number; readonly sell?: number };

const features = ["1d_bought_raw", "1d_sold_raw", "1d_price_raw"];
const source = (name: string) => ({ type: "sma", period: 1, source: name });
const strategy = {
  name: "scripted",
  training_data: { timeframes: { list: ["1d"] } },
  indicators: { bought: source("volume"), sold: source("high"), price: source("close") },
  fuzzy_sets: {},
  nn_inputs: ["bought", "sold", "price"].map((raw_indicator) => ({ raw_indicator, timeframes: "all" })),
};

// What a bar says stands in its volume (by 1024 higher, for it may be negative) and in how far its high is above its close: exact in float32.
const unit = 1 / 1024;
const classifier: DenseLayer = {
  inputs: 3,
  outputs: 3,
  weights: [unit, 0, 0, -unit, -unit, unit, 0, unit, -unit],
  biases: [-1, 2, 0],
  activation: "none",
};
const regression: DenseLayer = { inputs: 3, outputs: 1, weights: [unit, 0, 0], biases: [-1], activation: "none" };

export type Filled = readonly [bar: number, side: string, quantity: number, price: number];

/** The fills of a run over these bars with the model "scripted", as `scriptedRun` does it. */
export async function scriptedFills(...run: Parameters<typeof scriptedRun>): Promise<readonly Filled[]> {
  return (await scriptedRun(...run)).fills;
}

/** A run over these bars with the model "scripted", its fills and what its strategy reports; orders fill at the decision's close, at no cost, in eighths of a unit. */
export async function scriptedRun(
  kind: "classification" | "regression",
  bars: readonly ScriptedBar[],
  params: object,
  more: Partial<SpecInput> = {},
): Promise<{ readonly fills: readonly Filled[]; readonly report: unknown }> {
  const stores = await storesOf(bars);
  const classification = { kind, scale: "probabilities", classes: ["BUY", "HOLD", "SELL"] };
  const files = bundleFiles({
    features,
    model: denseNetworkModel([kind === "regression" ? regression : classifier], "test"),
    metadata: {
      name: "scripted",
      features,
      strategy: { ...strategy, decisions: { output_format: kind } },
      output: kind === "regression" ? { kind } : classification,
      training: { symbols: ["X"], timeframes: ["1d"], from: "2000-01-01", to: "2010-01-01" },
    },
  });
  await addModel(files, undefined, 1, stores.objects);
  const spec: SpecInput = {
    data: { snapshot: "bars" },
    account: { cash: 10_000 },
    strategy: {
      name: "model",
      params: { model: "scripted", ...("separationHours" in params ? {} : { separationBars: 0 }), ...params },
    },
    sizing: { kind: "units", units: 10, lot: 0.125 },
    execution: { fill: "close", pyramiding: 20 },
    ...more,
  };
  const { runId } = await plannedRun(spec, undefined, stores);
  await live(runId, stores);
  const { facts, lanes } = await readOutcome(runId, stores);
  const fills = facts.fills.map(
    ([, bar, , , , , , side, quantity, price]): Filled => [
      Number(bar),
      String(side),
      // Stored in units of 10⁻⁸.
      Number(quantity) / 1e8,
      Number(price),
    ],
  );
  return { fills, report: lanes[0]?.report };
}

async function storesOf(bars: readonly ScriptedBar[]): Promise<RunStores> {
  const stores = await openMemoryStores();
  const columns = emptyColumns(bars.length, "plain");
  for (const [i, { price, says, sell = 0 }] of bars.entries()) {
    columns.openTimeMs[i] = Date.UTC(2020, 0, 1 + i);
    columns.open[i] = columns.low[i] = columns.close[i] = price;
    columns.high[i] = price + sell;
    columns.volume[i] = says + 1024;
  }
  await putSnapshot(columns, { name: "bars", timeframe: "1d", chunkBars: 65_536 }, stores);
  return stores;
}
