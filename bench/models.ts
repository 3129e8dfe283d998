import assert from "node:assert/strict";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { type Bars, barCount, sliceBars } from "../lib/engine/bars.ts";
import { canonicalJson } from "../lib/engine/canonical-json.ts";
import { allRows } from "../lib/engine/fact-columns.ts";
import { Simulation } from "../lib/engine/simulation.ts";
import { type Bundle, openBundle } from "../lib/models/bundle.ts";
import { decodeOnnx } from "../lib/models/decode-onnx.ts";
import { encodeOnnx } from "../lib/models/encode-onnx.ts";
import { LoadedModel } from "../lib/models/inference.ts";
import { useBundle } from "../lib/models/loaded-models.ts";
import { modelKernel } from "../lib/models/model-columns.ts";
import { openSession } from "../lib/models/native-session.ts";
import { indexOfGreatest } from "../lib/models/softmax.ts";
import { featureValues } from "../lib/models/training-data.ts";
import { model } from "../lib/strategies/model.ts";
import type { Bench, BenchRow } from "./bench.ts";
import { benchmarkBars } from "./benchmark-bars.ts";
import { benchmarkLane } from "./benchmark-case.ts";
import { modelFiles, modelGrammar } from "./benchmark-model.ts";
import { sideBySide } from "./side-by-side.ts";

const batchRows = 1_024;
const barsWhole = 200_000;
/** One at a time is slow, and its speed does not depend on how many. */
const barsOneByOne = 20_000;
const runs = 7;

export const modelsBench: Bench = {
  name: "models",
  measures:
    "a dense network 16→64→32→3 through the whole pipeline, beside one bar at a time and beside the runtime alone",
  run: measure,
};

async function measure(): Promise<readonly BenchRow[]> {
  const bars = benchmarkBars(barsWhole);
  const files = modelFiles([16, 64, 32, 3], bars);
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
  const columns = featureValues(modelGrammar, bundle.metadata.normalisation, bars);
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
