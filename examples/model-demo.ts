/**
 * `npm run demo:model`: a trained model from end to end, without Python. Trains a small network on the first part of the S&P 500's daily bars, exports it as an ONNX bundle, imports the bundle,
 * and backtests it on the years that it has not seen. `node examples/model-demo.ts FOLDER` puts the state into FOLDER.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { readSpecFile } from "../lib/cli/spec-file.ts";
import { sliceBars } from "../lib/engine/bars.ts";
import { canonicalFeatures } from "../lib/features/feature-columns.ts";
import { parseFeatureGrammar } from "../lib/features/feature-grammar.ts";
import { executeRun } from "../lib/local/execute-run.ts";
import { barsFromCsv } from "../lib/market/bars-from-csv.ts";
import { importBars } from "../lib/market/import-bars.ts";
import { readBundleFolder } from "../lib/models/bundle-folder.ts";
import { exportBundle } from "../lib/models/export-bundle.ts";
import { trainClassifier } from "../lib/models/train-classifier.ts";
import { featureValues, forwardReturnClasses, trainingFigures, trainingRows } from "../lib/models/training-data.ts";
import { addModel } from "../lib/run/model-catalog.ts";
import { createRun, planRun } from "../lib/run/start-run.ts";
import { openLocalStores } from "../lib/stores/local/stores.ts";
import { sp500Trend } from "./sp500-trend.ts";

const root = join(import.meta.dirname, "..");
const home = resolve(process.argv[2] ?? join(root, ".backstitch", "demo-model"));
const file = join(root, "node_modules", "vega-datasets", "data", "sp500-2000.csv");
const trainingTo = "2012-12-31";
const say = (text: string): void => console.log(text);

rmSync(home, { recursive: true, force: true });
const stores = await openLocalStores(home);

say(`1. Train on the S&P 500's daily bars (from the package vega-datasets) up to ${trainingTo}`);
const all = await barsFromCsv({ file }, { timeframe: "1d" });
const trainingBars = all.openTimeMs.findLastIndex((timeMs) => timeMs <= Date.parse(trainingTo)) + 1;
const bars = sliceBars(all, 0, trainingBars);
const grammar = parseFeatureGrammar(sp500Trend, "examples/sp500-trend.ts");
const features = canonicalFeatures(grammar).map(({ name }) => name);
const figures = trainingFigures(grammar, bars);
// BUY where the next ten days gain more than half a percent, SELL where they lose more; the last ten training days look beyond their end and are left out.
const rows = trainingRows(featureValues(grammar, figures, bars), forwardReturnClasses(bars, 10, 0.005), bars);
const settings = { classCount: 3, hidden: [16], epochs: 40, batchRows: 32, learningRate: 0.003, decay: 1e-3, seed: 7 };
const { layers, losses } = trainClassifier(rows, settings);
say(
  `   ${rows.classes.length} rows of ${features.length} features; loss ${losses[0]?.toFixed(4)} → ${losses.at(-1)?.toFixed(4)}\n`,
);

say("2. Export it as an ONNX bundle, and import the bundle");
const bundle = join(home, "sp500-trend");
mkdirSync(bundle, { recursive: true });
const exported = exportBundle({
  name: "sp500-trend",
  version: "1",
  layers,
  strategy: sp500Trend,
  features,
  figures,
  training: { symbols: ["SP500"], timeframes: ["1d"], from: "2000-01-03", to: trainingTo },
});
for (const [name, bytes] of exported) writeFileSync(join(bundle, name), bytes);
const entry = await addModel(
  await readBundleFolder(bundle, process.availableMemory()),
  undefined,
  Date.now(),
  stores.objects,
);
say(`   ${relative(process.cwd(), bundle)}: model ${entry.name}, id ${entry.modelId.slice(0, 16)}…\n`);

say("3. Backtest it on the years after: examples/sp500-model.yaml");
await importBars(
  {
    files: [file],
    symbol: "SP500",
    timeframe: "1d",
    timeZone: "UTC",
    barLabel: "open",
    missing: "forward-fill",
    adjust: "none",
    currency: "USD",
    name: "sp500",
    nowMs: Date.now(),
  },
  stores,
);
const plan = await planRun(readSpecFile(join(root, "examples", "sp500-model.yaml"), []), stores);
const run = await createRun(plan, undefined, Date.now(), stores);
const end = await executeRun({ run, home, stores, onProgress: () => {}, stop: new AbortController().signal });
await stores.close();
if (end.kind !== "completed") throw new Error(`Run ${run.runId} ended as ${end.kind}.`);

const percent = (value: number | null | undefined): string => (value == null ? "–" : `${(value * 100).toFixed(2)} %`);
const [lane] = end.result.lanes;
const { metrics } = lane ?? {};
say(
  `   final equity ${metrics?.finalEquity.toFixed(2)} USD    total return ${percent(metrics?.totalReturn)}    CAGR ${percent(metrics?.cagr)}`,
);
say(
  `   Sharpe ${metrics?.sharpe?.toFixed(3)}    max drawdown ${percent(metrics?.maxDrawdown)}    ${metrics?.closedTrades} closed trades`,
);
say(`   buy and hold  ${percent(buyAndHold())}`);
say(`   inferences    ${lane?.report?.asked}, of which ${lane?.report?.faults} failed`);
say(`   result digest ${end.result.resultDigest}`);
say("\nLook at it:");
const where = `BACKSTITCH_HOME=${relative(process.cwd(), home)} npx backstitch`;
say(`   ${where} models show sp500-trend`);
say(`   ${where} show ${run.runId}`);

/** Return of the close from the first bar of the run to its last. */
function buyAndHold(): number {
  return all.close[plan.endBar - 1] / all.close[plan.startBar] - 1;
}
