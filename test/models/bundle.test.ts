import { mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { InputError } from "../../lib/engine/input-error.ts";
import { bundleId, openBundle, requireFeatures } from "../../lib/models/bundle.ts";
import { readBundleFolder } from "../../lib/models/bundle-folder.ts";
import { denseNetworkModel } from "../../lib/models/dense-network.ts";
import { verifyGolden } from "../../lib/models/golden-vectors.ts";
import { loadModel } from "../../lib/models/load-model.ts";
import type { OnnxModel } from "../../lib/models/onnx-model.ts";
import { loadBundle, memoryBlobs, storeBundle } from "../../lib/models/stored-bundle.ts";
import { bundleFiles, features, layers } from "./bundle-files.ts";

const gigabyte = 1_073_741_824;
const good = denseNetworkModel(layers, "test");
const withGraph = (change: Partial<OnnxModel["graph"]>): OnnxModel => ({
  ...good,
  graph: { ...good.graph, ...change },
});
const [input] = good.graph.inputs;
const [output] = good.graph.outputs;
const [weights, ...others] = good.graph.initializers;

test("a name that metadata.json has twice in one object is refused, for JSON would keep the last in silence", () => {
  const text = new TextDecoder().decode(bundleFiles().get("metadata.json"));
  const open = (json: string) =>
    openBundle(new Map(bundleFiles()).set("metadata.json", new TextEncoder().encode(json)), "b");
  const twice = (object: string) => text.replace('"strategy":{', `"strategy":{"fuzzy_sets":${object},`);
  expect(() => open(twice('{"a":{"low":[0]},"a" : {"low":[1]}}'))).toThrow(
    /metadata\.json: expected each name once, found "a" twice/,
  );
  expect(() => open(twice('{"a":{"low":"a:{"},"b":{"low":["a","a","\\"low\\":"]}}'))).not.toThrow();
});

test("a bundle whose files agree is opened", () => {
  const bundle = openBundle(bundleFiles(), "small");
  expect(bundle.ports).toEqual({ input: "features", output: "output", width: 3, fixedRows: undefined });
  expect(bundle.metadata.features).toEqual(features);
});

const faults: readonly (readonly [string, Parameters<typeof bundleFiles>[0], RegExp])[] = [
  ["another opset than stated", { metadata: { opset: 13 } }, /its opset is 17, metadata\.json says 13/],
  [
    "an opset that is too new",
    { model: { ...good, opset: 99 }, metadata: { opset: 99 } },
    /opset from 7 to 26, found 99/,
  ],
  ["an opset that is too old", { model: { ...good, opset: 6 }, metadata: { opset: 6 } }, /opset from 7 to 26, found 6/],
  ["features in another order", { features: features.toReversed() }, /1h_rsi_m_high.*≠.*1h_rsi_m_low/],
  ["a feature too many", { features: [...features, "more"] }, /only in features\.json: more/],
  [
    "a feature too few",
    { metadata: { features: ["1h_rsi_m_low"] }, features: ["1h_rsi_m_low"] },
    /\[batch, 1\].*found \[batch, 2\]/,
  ],
  [
    "another number of classes",
    { metadata: { output: { kind: "classification", scale: "logits", classes: ["UP", "DOWN"] } } },
    /output "output".*\[batch, 2\].*found \[batch, 3\]/,
  ],
  [
    "a class that stands twice",
    { metadata: { output: { kind: "classification", scale: "logits", classes: ["BUY", "BUY", "SELL"] } } },
    /output\.classes: expected each class once; found \["BUY","BUY","SELL"\]/,
  ],
  [
    "a training range that ends before it begins, which no run would lie in",
    { metadata: { training: { symbols: ["X"], timeframes: ["1h"], from: "2011-01-01", to: "2000-01-01" } } },
    /metadata\.json: training: expected from before to/,
  ],
  [
    "a date that is none",
    { metadata: { training: { symbols: ["X"], timeframes: ["1h"], from: "2000-01-01", to: "yesterday" } } },
    /training\.to: expected a date, or a time with its zone; found "yesterday"/,
  ],
  ["an input of another name", { metadata: { input: { name: "x" } } }, /expected the input "x", found "features"/],
  ["an output of another name", { metadata: { outputName: "y" } }, /expected the output "y", found "output"/],
  [
    "an input of doubles",
    { model: withGraph({ inputs: [{ ...input, elementType: 11 }] }) },
    /float32 \(type 1\), found type 11/,
  ],
  [
    "a free dimension of features",
    { model: withGraph({ inputs: [{ ...input, shape: ["batch", "n"] }] }) },
    /only the first may be free/,
  ],
  [
    "a row of another rank",
    { model: withGraph({ outputs: [{ ...output, shape: ["batch", 1, 3] }] }) },
    /found \[batch, 1, 3\]/,
  ],
  ["two inputs", { model: withGraph({ inputs: [input, { ...input, name: "more" }] }) }, /expected one input/],
  [
    "weights of NaN",
    {
      model: withGraph({
        initializers: [{ ...weights, raw: Uint8Array.of(0, 0, 0xc0, 0x7f, ...weights.raw.slice(4)) }, ...others],
      }),
    },
    /"weights0" hold a value that is not finite/,
  ],
  [
    "weights outside the bundle",
    { model: withGraph({ initializers: [{ ...weights, external: "../../secret" }, ...others] }) },
    /"\.\.\/\.\.\/secret".*outside the bundle are not read/,
  ],
  ["a model without operators", { model: withGraph({ nodes: [] }) }, /with operators, found none/],
  ["a misspelt field", { metadata: { opsett: 17 } }, /opsett: unknown field; did you mean "opset"/],
  ["no training range", { metadata: { training: undefined } }, /metadata\.json: training/],
  [
    "golden vectors of another size",
    { golden: { vectors: [{ input: [1], output: [1, 2, 3] }] } },
    /vectors\[0\]: expected 2 inputs and 3 outputs/,
  ],
];

test.each(faults)("%s is refused with its reason", (_what, change, message) => {
  const open = () => openBundle(bundleFiles(change), "small");
  expect(open).toThrow(InputError);
  expect(open).toThrow(message);
});

test("a regression may have one output a row, with or without a dimension of its own", () => {
  const regression = { metadata: { output: { kind: "regression" } } };
  for (const shape of [["batch", 1], ["batch"]])
    expect(
      openBundle(bundleFiles({ ...regression, model: withGraph({ outputs: [{ ...output, shape }] }) }), "small").ports
        .width,
    ).toBe(1);
});

test.each([
  [10, [0x00, 0x7e]],
  [16, [0xc0, 0x7f]],
  [11, [0, 0, 0, 0, 0, 0, 0xf0, 0x7f]],
])("weights of the type %i that are not finite are refused", (elementType, raw) => {
  const model = withGraph({ initializers: [{ ...weights, elementType, raw: Uint8Array.from(raw) }, ...others] });
  expect(() => openBundle(bundleFiles({ model }), "small")).toThrow(/"weights0" hold a value that is not finite/);
});

test.each(["model.onnx", "metadata.json", "features.json"])("a bundle without %s is refused", (name) => {
  const files = new Map(bundleFiles());
  files.delete(name);
  expect(() => openBundle(files, "small")).toThrow(new RegExp(`${name}: expected this file`));
});

test("a truncated model is refused as such", () => {
  const files = new Map(bundleFiles());
  files.set("model.onnx", (files.get("model.onnx") ?? new Uint8Array()).subarray(0, 150));
  expect(() => openBundle(files, "small")).toThrow(/damaged or truncated file/);
});

test("metadata that are no JSON are refused", () => {
  const files = new Map(bundleFiles()).set("metadata.json", new TextEncoder().encode("{"));
  expect(() => openBundle(files, "small")).toThrow(/metadata\.json: expected JSON/);
});

test("every fault is told at once", () => {
  const open = () => openBundle(bundleFiles({ metadata: { opset: 13, outputName: "y" } }), "small");
  expect(open).toThrow(/opset.*\n.*expected the output "y"/);
});

test("a model that the runtime cannot load is refused with the runtime's reason", () => {
  const [first, ...rest] = good.graph.nodes;
  const model = withGraph({ nodes: [{ ...first, op: "NoSuchOperator" }, ...rest] });
  expect(() => loadModel(openBundle(bundleFiles({ model }), "small"))).toThrow(
    /the runtime cannot load it: .*NoSuchOperator/,
  );
});

/** The good model with a Softmax over its logits, and what hands its answer on. */
function withSoftmax(): OnnxModel {
  const nodes = good.graph.nodes.map((node) => (node === good.graph.nodes.at(-1) ? { ...node, outputs: ["l"] } : node));
  const softmax = { op: "Softmax", inputs: ["l"], outputs: ["p"], attributes: {} };
  const handedOn = { op: "Identity", inputs: ["p"], outputs: ["output"], attributes: {} };
  return withGraph({ nodes: [...nodes, softmax, handedOn] });
}

test("probabilities that the metadata call logits are refused, and logits that they call probabilities", () => {
  const as = (scale: string) => ({ output: { kind: "classification", scale } });
  const open = (model: OnnxModel, scale: string) => openBundle(bundleFiles({ model, metadata: as(scale) }), "small");
  expect(() => open(withSoftmax(), "logits")).toThrow(
    /output "output" comes out of a Softmax, and metadata\.json says log/,
  );
  loadModel(open(withSoftmax(), "probabilities")).dispose();
  expect(() => loadModel(open(good, "probabilities"))).toThrow(/says probabilities, which add up to 1, found/);
});

test("a model whose rows depend on each other is refused", () => {
  const nodes = [...good.graph.nodes.slice(0, -1)];
  const last = good.graph.nodes.at(-1);
  const model = withGraph({
    nodes: [
      ...nodes,
      ...(last === undefined ? [] : [{ ...last, outputs: ["rows"] }]),
      { op: "Softmax", inputs: ["rows"], outputs: ["output"], attributes: { axis: { kind: "int", value: 0 } } },
    ],
  });
  const metadata = { output: { kind: "classification", scale: "probabilities" } };
  const open = () => openBundle(bundleFiles({ model, metadata }), "small");
  expect(() => loadModel(open())).toThrow(/depend on the other rows of its batch/);
});

test("golden vectors within their tolerance are as they should be", () => {
  const golden = { tolerance: 1e-5, vectors: [{ input: [0.4, 0.8], output: [0.55, 0.275, -0.97] }] };
  const bundle = openBundle(bundleFiles({ golden }), "small");
  expect(bundle.golden && verifyGolden(loadModel(bundle), bundle.golden)).toEqual([]);
});

test("golden vectors beyond their tolerance are told with both numbers", () => {
  const golden = { tolerance: 1e-5, vectors: [{ input: [0.4, 0.8], output: [0.55, 0.2751, -0.97] }] };
  const bundle = openBundle(bundleFiles({ golden }), "small");
  const [difference, ...more] = (bundle.golden && verifyGolden(loadModel(bundle), bundle.golden)) ?? [];
  expect(difference).toMatchObject({ vector: 0, output: 1, expected: 0.2751 });
  expect(difference?.found).toBeCloseTo(0.275, 6);
  expect(more).toEqual([]);
});

test("a strategy with the model's features is accepted", () => {
  expect(requireFeatures(openBundle(bundleFiles(), "small"), features)).toEqual([]);
});

test("features of the strategy that the model does not read are given back", () => {
  expect(requireFeatures(openBundle(bundleFiles(), "small"), [...features, "1h_more"])).toEqual(["1h_more"]);
});

test.each([
  ["in another order", features.toReversed()],
  ["that are fewer", features.slice(1)],
  ["of other names", ["1h_rsi_m_low", "1h_rsi_m_hi"]],
])("a strategy with features %s is refused, both lists side by side", (_how, names) => {
  const bundle = openBundle(bundleFiles(), "small");
  expect(() => requireFeatures(bundle, names)).toThrow(/# {2}strategy +model\n/);
  expect(() => requireFeatures(bundle, names)).toThrow(/≠/);
});

test("a stored bundle is loaded as it was", async () => {
  const blobs = memoryBlobs();
  const stored = await storeBundle(bundleFiles(), blobs);
  expect(await loadBundle(stored, blobs, gigabyte)).toEqual(openBundle(bundleFiles(), "small"));
});

test("the same files are stored under the same hash", async () => {
  expect(await storeBundle(bundleFiles(), memoryBlobs())).toBe(await storeBundle(bundleFiles(), memoryBlobs()));
});

test("another weight makes another bundle", () => {
  const model = withGraph({
    initializers: [{ ...weights, raw: Uint8Array.of(1, ...weights.raw.slice(1)) }, ...others],
  });
  expect(bundleId(bundleFiles({ model }))).not.toBe(bundleId(bundleFiles()));
});

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundle-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function writeBundle(): Promise<void> {
  for (const [name, bytes] of bundleFiles()) await writeFile(join(folder, name), bytes);
}

test("a folder's bundle is the bundle of its files", async () => {
  await writeBundle();
  expect(bundleId(await readBundleFolder(folder, gigabyte))).toBe(bundleId(bundleFiles()));
});

test("a file that leads out of the folder is refused", async () => {
  await writeBundle();
  await rm(join(folder, "model.onnx"));
  await symlink("/etc/hostname", join(folder, "model.onnx"));
  await expect(readBundleFolder(folder, gigabyte)).rejects.toThrow(/model\.onnx: expected a plain file in the folder/);
});

test("a folder that is not there is refused", async () => {
  await expect(readBundleFolder(join(folder, "none"), gigabyte)).rejects.toThrow(InputError);
});

test("a model of 500 MB is refused unread where 512 MB of memory are available", async () => {
  await writeBundle();
  await truncate(join(folder, "model.onnx"), 500 * 1_048_576);
  await expect(readBundleFolder(folder, gigabyte / 2)).rejects.toThrow(
    /its 500 MB need about 1500 MB of memory, and 512 MB are available/,
  );
});
