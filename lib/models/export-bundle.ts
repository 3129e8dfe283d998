import type { NormalisationFigures } from "../features/feature-columns.ts";
import type { BundleFiles } from "./bundle.ts";
import type { BundleMetadata } from "./bundle-metadata.ts";
import { type DenseLayer, denseNetworkModel } from "./dense-network.ts";
import { encodeOnnx } from "./encode-onnx.ts";

/** A trained classifier with all that its bundle says of it. */
export type ExportedClassifier = {
  readonly name: string;
  readonly version: string;
  readonly layers: readonly DenseLayer[];
  /** The strategy document that it was trained with, and its features in their canonical order. */
  readonly strategy: BundleMetadata["strategy"];
  readonly features: readonly string[];
  readonly figures: NormalisationFigures;
  readonly training: BundleMetadata["training"];
};

const producer = "backstitch";

/** The files of the bundle of a classifier of BUY, HOLD and SELL that gives logits. The same classifier gives the same bytes. */
export function exportBundle(classifier: ExportedClassifier): BundleFiles {
  const { name, version, layers, strategy, features, figures, training } = classifier;
  const model = denseNetworkModel(layers, producer);
  const metadata: BundleMetadata = {
    format: 1,
    name,
    version,
    producer,
    opset: model.opset,
    strategy,
    features: [...features],
    input: { window: 1, layout: "flat" },
    output: { kind: "classification", scale: "logits", classes: ["BUY", "HOLD", "SELL"] },
    normalisation: { ...figures },
    training,
  };
  return new Map([
    ["model.onnx", encodeOnnx(model)],
    ["metadata.json", jsonBytes(metadata)],
    ["features.json", jsonBytes(features)],
  ]);
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
}
