import assert from "node:assert/strict";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { type Bars, barCount, sliceBars } from "../lib/engine/bars.ts";
import { canonicalJson } from "../lib/engine/canonical-json.ts";
import { allRows } from "../lib/engine/fact-columns.ts";
import { RandomGenerator, seedRandom } from "../lib/engine/random.ts";
import { Simulation } from "../lib/engine/simulation.ts";
import { canonicalFeatures } from "../lib/features/feature-columns.ts";
import { parseFeatureGrammar } from "../lib/features/feature-grammar.ts";
import { type Bundle, openBundle } from "../lib/models/bundle.ts";
import { decodeOnnx } from "../lib/models/decode-onnx.ts";
import type { DenseLayer } from "../lib/models/dense-network.ts";
import { encodeOnnx } from "../lib/models/encode-onnx.ts";
import { exportBundle } from "../lib/models/export-bundle.ts";
import { LoadedModel } from "../lib/models/inference.ts";
import { useBundle } from "../lib/models/loaded-models.ts";
import { modelKernel } from "../lib/models/model-columns.ts";
import { openSession } from "../lib/models/native-session.ts";
import { indexOfGreatest } from "../lib/models/softmax.ts";
import { featureValues, trainingFigures } from "../lib/models/training-data.ts";
import { model } from "../lib/strategies/model.ts";
import type { Bench, BenchRow } from "./bench.ts";
import { benchmarkBars } from "./benchmark-bars.ts";
import { benchmarkLane } from "./benchmark-case.ts";
import { sideBySide } from "./side-by-side.ts";

const batchRows = 1_024;
const barsWhole = 200_000;
/** One at a time is slow, and its speed does not depend on how many. */
const barsOneByOne = 20_000;
const runs = 7;

/** Sixteen features of a minute: eight oscillators, and fuzzy sets on two of them. */
const document = {
  name: "bench",
  training_data: { timeframes: { list: ["1m"], base_timeframe: "1m" } },
  indicators: {
    ...Object.fromEntries([5, 10, 20, 50].map((period) => [`rsi_${period}`, { type: "rsi", period }])),
    ...Object.fromEntries([1, 5, 10, 30].map((period) => [`roc_${period}`, { type: "roc", period }])),
    ...Object.fromEntries([10, 30].map((period) => [`distance_${period}`, { type: "distance_from_ma", period }])),
  },
  fuzzy_sets: Object.fromEntries(
    [5, 20].map((period) => [
      `f${period}`,
      { indicator: `rsi_${period}`, low: [0, 25, 45], middle: [30, 50, 70], high: [55, 75, 100] },
    ]),
  ),
  nn_inputs: [
    ...[5, 10, 20, 50].map((period) => ({
      raw_indicator: `rsi_${period}`,
      timeframes: "all",
      normalization: "minmax",
    })),
    ...[1, 5, 10, 30].map((period) => ({ raw_indicator: `roc_${period}`, timeframes: "all", normalization: "zscore" })),
    ...[10, 30].map((period) => ({ raw_indicator: `distance_${period}`, timeframes: "all", normalization: "zscore" })),
    ...[5, 20].map((period) => ({ fuzzy_set: `f${period}`, timeframes: "all" })),
  ],
  decisions: { confidence_threshold: 0.5, filters: { min_signal_separation_bars: 5 } },
};

export const modelsBench: Bench = {
  name: "models",
  measures:
    "a dense network 16→64→32→3 through the whole pipeline, beside one bar at a time and beside the runtime alone",
  run: measure,
};

async function measure(): Promise<readonly BenchRow[]> {
  const bars = benchmarkBars(barsWhole);
  const grammar = parseFeatureGrammar(document, "bench");
  const features = canonicalFeatures(grammar).map(({ name }) => name);
  assert.equal(features.length, 16);
  const figures = trainingFigures(grammar, sliceBars(bars, 0, 20_000));
  const files = exportBundle({
    name: "bench",
    version: "1",
    layers: randomLayers([16, 64, 32, 3]),
    strategy: document,
    features,
    figures,
    training: { symbols: ["X"], timeframes: ["1m"], from: "2000-01-01", to: "2000-12-31" },
  });
  const bundle = openBundle(files, "bench");
  const single = openBundle(new Map(files).set("model.onnx", oneRow(bundle.model)), "bench, one row");
  useBundle("batches", bundle);
  useBundle("single", single);
  const short = sliceBars(bars, 0, barsOneByOne);
  assert.equal(fills("batches", short), fills("single", short));

  const pipeline = sideBySide(
    () => simulate("batches", bars),
    () => simulate("single", short),
    runs,
  );
  const columns = featureValues(grammar, figures, bars);
  const loaded = new LoadedModel(bundle.id, bundle.model, bundle.metadata, bundle.ports);
  const kernel = modelKernel(loaded, 16);
  const outputs = kernel.outputs.map(() => new Float64Array(barsWhole));
  const session = openSession(bundle.model);
  const block = new Float32Array(batchRows * 16).fill(0.3);
  const input = { name: bundle.ports.input, values: block, dims: [batchRows, 16] };
  const inference = sideBySide(
    () => kernel.create({}).update(columns, outputs, 0),
    () => {
      for (let row = 0; row < barsWhole; row += batchRows) session.run(input, bundle.ports.output);
    },
    runs,
  );
  const awaitedMs = await bestAwaitedMs(bundle, columns);
  const perBar = pipeline.subject.bestMs / barsWhole;
  const perSingleBar = pipeline.reference.bestMs / barsOneByOne;
  return [
    {
      bars: barsWhole,
      pipelineBarsPerSecond: Math.round(1_000 / perBar),
      oneByOneBarsPerSecond: Math.round(1_000 / perSingleBar),
      timesOneByOne: perSingleBar / perBar,
      awaitedBarsPerSecond: Math.round((1_000 * barsOneByOne) / awaitedMs),
      timesAwaited: awaitedMs / barsOneByOne / perBar,
      inferenceBestMs: inference.subject.bestMs,
      runtimeAloneBestMs: inference.reference.bestMs,
      inferenceToRuntime: inference.reference.bestMs / inference.subject.bestMs,
    },
  ];
}

/** What one writes with the runtime's public interface: for every bar a tensor of one row, a call to wait for, and the greatest of its outputs; features and fills not counted. */
async function bestAwaitedMs({ model: bytes }: Bundle, columns: readonly Float64Array[]): Promise<number> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const [input, output] = [session.inputNames[0], session.outputNames[0]];
  let bestMs = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run++) {
    const beganMs = performance.now();
    let signals = 0;
    for (let bar = 0; bar < barsOneByOne; bar++) {
      const row = Float32Array.from(columns, (column) => column[bar]);
      const { [output]: answer } = await session.run({ [input]: new Tensor("float32", row, [1, columns.length]) });
      if (indexOfGreatest(answer.data as Float32Array) === 0) signals++;
    }
    bestMs = Math.min(bestMs, performance.now() - beganMs);
    assert(signals > 100);
  }
  await session.release();
  return bestMs;
}

function simulate(id: string, bars: Bars): Simulation {
  const lane = { ...benchmarkLane(10, 30, "full"), strategy: model, params: model.params.parse({ model: id }) };
  const simulation = new Simulation({ timeframe: "1m", startBar: bars.startBar, lanes: [lane] });
  simulation.advance(bars);
  assert.equal(simulation.barIndex, bars.startBar + barCount(bars));
  return simulation;
}

/** Every fill, as text. */
function fills(id: string, bars: Bars): string {
  const [lane] = simulate(id, bars).takeFacts().lanes;
  const rows = [...allRows(lane.fills)];
  assert(rows.length > 100, `expected many fills, found ${rows.length}`);
  return canonicalJson(rows.map(({ bar, side, price }) => [bar, side, price]));
}

/** The same network for one row at a time. */
function oneRow(bytes: Uint8Array): Uint8Array {
  const decoded = decodeOnnx(bytes);
  const fixed = (values: typeof decoded.graph.inputs) =>
    values.map((value) => ({ ...value, shape: [1, ...value.shape.slice(1)] }));
  const { graph } = decoded;
  return encodeOnnx({ ...decoded, graph: { ...graph, inputs: fixed(graph.inputs), outputs: fixed(graph.outputs) } });
}

function randomLayers(sizes: readonly number[]): readonly DenseLayer[] {
  const random = new RandomGenerator(seedRandom(11, "bench"));
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i];
    // So large that opinions differ and pass the threshold.
    const scale = 3 * Math.sqrt(6 / inputs);
    return {
      inputs,
      outputs,
      weights: Array.from({ length: inputs * outputs }, () => (random.next() - 0.5) * scale),
      biases: Array.from({ length: outputs }, () => (random.next() - 0.5) * 0.1),
      activation: i < sizes.length - 2 ? "relu" : "none",
    };
  });
}
