import type { BundleFiles } from "../../lib/models/bundle.ts";
import { type DenseLayer, denseNetworkModel } from "../../lib/models/dense-network.ts";
import { encodeOnnx } from "../../lib/models/encode-onnx.ts";
import type { OnnxModel } from "../../lib/models/onnx-model.ts";

export const layers: readonly DenseLayer[] = [
  { inputs: 2, outputs: 2, weights: [0.5, -0.25, 0.75, 1], biases: [0.1, -0.2], activation: "relu" },
  { inputs: 2, outputs: 3, weights: [1, 0.5, -0.5, 0.25, 0.3, -1], biases: [0, 0.1, -0.1], activation: "none" },
];

export const features = ["1h_rsi_m_low", "1h_rsi_m_high"];

export const metadata = {
  format: 1,
  name: "small",
  version: "1",
  producer: "test",
  opset: 17,
  strategy: { name: "momentum" },
  features,
  output: { kind: "classification", scale: "logits", classes: ["BUY", "HOLD", "SELL"] },
  training: { symbols: ["SP500"], timeframes: ["1h"], from: "2000-01-03", to: "2010-12-31" },
};

/** The files of a good bundle, with what is given in place of its own. */
export function bundleFiles(
  change: {
    readonly metadata?: object;
    readonly features?: unknown;
    readonly model?: OnnxModel;
    readonly golden?: unknown;
  } = {},
): BundleFiles {
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const files = new Map([
    ["model.onnx", encodeOnnx(change.model ?? denseNetworkModel(layers, "test"))],
    ["metadata.json", text({ ...metadata, ...change.metadata })],
    ["features.json", text(change.features ?? features)],
  ]);
  if (change.golden !== undefined) files.set("golden.json", text(change.golden));
  return files;
}
