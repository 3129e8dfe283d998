import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "../../lib/engine/canonical-json.ts";
import { RandomGenerator, seedRandom } from "../../lib/engine/random.ts";
import { openBundle } from "../../lib/models/bundle.ts";
import { denseNetworkModel } from "../../lib/models/dense-network.ts";
import type { LoadedModel } from "../../lib/models/inference.ts";
import { loadModel } from "../../lib/models/load-model.ts";
import { modelKernel } from "../../lib/models/model-columns.ts";
import { elementTypes, floatTensor, type OnnxModel } from "../../lib/models/onnx-model.ts";
import { bundleFiles, layers } from "./bundle-files.ts";
import { evaluateDense } from "./dense-reference.ts";
import { convolutionModel, lstmModel } from "./sequence-models.ts";

const featureCount = 4;
const features = Array.from({ length: featureCount }, (_, i) => `1h_f${i}_raw`);

function loaded(model: OnnxModel, input: object): LoadedModel {
  return loadModel(openBundle(bundleFiles({ model, features, metadata: { features, input } }), "test"));
}

function randomOf(seed: number): () => number {
  const generator = new RandomGenerator(seedRandom(seed, ""));
  return () => generator.next();
}

function denseModel(inputs: number, seed: number): OnnxModel {
  const random = randomOf(seed);
  const layer = (from: number, to: number, activation: "none" | "relu") => ({
    inputs: from,
    outputs: to,
    weights: Array.from({ length: from * to }, () => random() - 0.5),
    biases: Array.from({ length: to }, () => random() - 0.5),
    activation,
  });
  return denseNetworkModel([layer(inputs, 13, "relu"), layer(13, 7, "relu"), layer(7, 3, "none")], "test");
}

const models: readonly (readonly [string, LoadedModel])[] = [
  ["a dense network", loaded(denseModel(featureCount, 1), {})],
  ["a dense network over five bars", loaded(denseModel(5 * featureCount, 2), { window: 5 })],
  ["an LSTM over six bars", loaded(lstmModel(6, featureCount, 5, randomOf(3)), { window: 6, layout: "steps" })],
  [
    "a convolution over six bars",
    loaded(convolutionModel(6, featureCount, 5, randomOf(4)), { window: 6, layout: "channels" }),
  ],
];

test.each(models)("%s gives the same bits and state however the bars are cut", (_what, model) => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.nat({ max: 3000 }),
      fc.array(fc.nat({ max: 2200 }), { maxLength: 6 }),
      (seed, startBar, cuts) => {
        const inputs = randomInputs(seed, 2200);
        expect(inPieces(model, inputs, startBar, cuts)).toEqual(inPieces(model, inputs, startBar, []));
      },
    ),
    { numRuns: 12 },
  );
});

test.each(models)("%s answers wherever its window has every feature, and is not asked elsewhere", (_what, model) => {
  const inputs = randomInputs(9, 60).map((values) => values.map((value) => (Number.isNaN(value) ? 0 : value)));
  inputs[2].fill(Number.NaN, 30, 31);
  const { window } = model.metadata.input;
  const status = run(model, inputs, 0).at(-1) ?? [];
  const isMissing = (bar: number) => bar < window - 1 || (bar >= 30 && bar < 30 + window);
  expect(Array.from(status)).toEqual(Array.from({ length: 60 }, (_, bar) => (isMissing(bar) ? Number.NaN : 1)));
});

test("a dense network's outputs are those of its formula", () => {
  const model = loadModel(openBundle(bundleFiles(), "small"));
  const inputs = [Float64Array.of(0.4, -1, 2), Float64Array.of(0.8, 0.5, -3)];
  const outputs = run(model, inputs, 1022);
  for (let bar = 0; bar < 3; bar++) {
    const expected = evaluateDense(layers, [inputs[0][bar], inputs[1][bar]]);
    for (const [k, value] of expected.entries()) expect(outputs[k][bar]).toBeCloseTo(value, 5);
  }
});

test("outputs that are not finite are a fault of their own bar", () => {
  const model = loadModel(openBundle(bundleFiles(), "small"));
  // Beyond what float32 holds.
  const outputs = run(model, [Float64Array.of(1, 1e39, 1), Float64Array.of(1, 1, 1)], 0);
  expect(Array.from(outputs[3])).toEqual([1, 2, 1]);
  expect(outputs[0][1]).toBe(0);
});

test("a row for which the runtime fails is a fault of its own bar, wherever the bars are cut", () => {
  const { float32, int64 } = elementTypes;
  // Looks its one feature up in a table of four rows, and fails beyond it.
  const table = floatTensor("table", [4, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1]);
  const axis = {
    name: "axis",
    elementType: int64,
    dims: [1],
    raw: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0),
    external: undefined,
  };
  const lookup: OnnxModel = {
    irVersion: 8,
    opset: 17,
    producer: "test",
    graph: {
      name: "lookup",
      nodes: [
        { op: "Cast", inputs: ["features"], outputs: ["index"], attributes: { to: { kind: "int", value: int64 } } },
        { op: "Gather", inputs: ["table", "index"], outputs: ["found"], attributes: {} },
        { op: "Squeeze", inputs: ["found", "axis"], outputs: ["output"], attributes: {} },
      ],
      initializers: [table, axis],
      inputs: [{ name: "features", elementType: float32, shape: ["batch", 1] }],
      outputs: [{ name: "output", elementType: float32, shape: ["batch", 3] }],
    },
  };
  const files = bundleFiles({ model: lookup, features: ["1h_a_raw"], metadata: { features: ["1h_a_raw"] } });
  const model = loadModel(openBundle(files, "lookup"));
  const whole = run(model, [Float64Array.of(2, 9, 1, 0)], 5);
  expect(whole.map((output) => Array.from(output))).toEqual([
    [0, 0, 0, 1],
    [0, 0, 1, 0],
    [1, 0, 0, 0],
    [1, 2, 1, 1],
  ]);
  expect(run(model, [Float64Array.of(1, 0)], 7)).toEqual(whole.map((output) => output.slice(2)));
});

test("a window's rows stand oldest first", () => {
  const [first] = layers;
  const model = denseNetworkModel(
    [
      {
        ...first,
        inputs: 4,
        outputs: 3,
        weights: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1],
        biases: [0, 0, 0],
        activation: "none",
      },
    ],
    "test",
  );
  const pair = ["1h_a_raw", "1h_b_raw"];
  const files = bundleFiles({ model, features: pair, metadata: { features: pair, input: { window: 2 } } });
  const outputs = run(loadModel(openBundle(files, "test")), [Float64Array.of(1, 2), Float64Array.of(10, 20)], 0);
  // Inputs of the second bar's row: a then b of the first bar, then a and b of the second.
  expect(outputs.slice(0, 3).map((output) => output[1])).toEqual([1, 10, 20]);
});

test("a model that takes one row at a time has the same outputs", () => {
  const graph = denseNetworkModel(layers, "test").graph;
  const single = {
    ...denseNetworkModel(layers, "test"),
    graph: {
      ...graph,
      inputs: graph.inputs.map((input) => ({ ...input, shape: [1, 2] })),
      outputs: graph.outputs.map((output) => ({ ...output, shape: [1, 3] })),
    },
  };
  const inputs = [Float64Array.of(0.4, -1, 2, 0.1), Float64Array.of(0.8, 0.5, -3, 7)];
  const one = run(loadModel(openBundle(bundleFiles({ model: single }), "single")), inputs, 7);
  const many = run(loadModel(openBundle(bundleFiles(), "small")), inputs, 7);
  for (const [k, output] of one.entries())
    for (const [i, value] of output.entries()) expect(value).toBeCloseTo(many[k][i], 5);
});

function randomInputs(seed: number, count: number): Float64Array[] {
  const random = randomOf(seed);
  return Array.from({ length: featureCount }, () =>
    Float64Array.from({ length: count }, () => (random() < 0.005 ? Number.NaN : random() * 4 - 2)),
  );
}

function run(model: LoadedModel, inputs: readonly Float64Array[], startBar: number): Float64Array[] {
  const definition = modelKernel(model, inputs.length);
  const outputs = definition.outputs.map(() => new Float64Array(inputs[0].length));
  definition.create({}).update(inputs, outputs, startBar);
  return outputs;
}

function inPieces(model: LoadedModel, inputs: readonly Float64Array[], startBar: number, cuts: readonly number[]) {
  const definition = modelKernel(model, inputs.length);
  const count = inputs[0].length;
  const outputs = definition.outputs.map(() => new Float64Array(count));
  const bounds = [0, ...cuts.toSorted((a, b) => a - b), count];
  let kernel = definition.create({});
  for (let i = 1; i < bounds.length; i++) {
    const piece = (values: Float64Array) => values.subarray(bounds[i - 1], bounds[i]);
    kernel.update(inputs.map(piece), outputs.map(piece), startBar + bounds[i - 1]);
    const saved = JSON.parse(canonicalJson(kernel.save()));
    kernel = definition.create({});
    kernel.restore(saved);
  }
  return {
    bits: outputs.map((output) => Array.from(new BigUint64Array(output.buffer))),
    state: canonicalJson(kernel.save()),
  };
}
