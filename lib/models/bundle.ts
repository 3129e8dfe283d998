import { createHash } from "node:crypto";
import { ModelBundleError } from "./bundle-error.ts";
import { type BundleMetadata, parseFeatures, parseMetadata } from "./bundle-metadata.ts";
import { checkOnnx, type ModelPorts } from "./check-onnx.ts";
import { decodeOnnx } from "./decode-onnx.ts";
import { compareFeatures } from "./feature-agreement.ts";
import { type GoldenVectors, parseGolden } from "./golden-vectors.ts";
import type { OnnxModel } from "./onnx-model.ts";
import { ProtobufError } from "./protobuf.ts";

/** The files of a bundle by name. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

/** The names that a bundle's files may have; golden.json may be missing. */
export const bundleFileNames = ["model.onnx", "metadata.json", "features.json", "golden.json"] as const;

/** A bundle whose files agree with each other. `id` is the SHA-256 over the names and hashes of its files. */
export type Bundle = {
  readonly id: string;
  readonly metadata: BundleMetadata;
  readonly model: Uint8Array;
  readonly ports: ModelPorts;
  readonly golden: GoldenVectors | undefined;
};

/** Checks a bundle's files against each other: metadata, features and their order, the model's opset, ports, shapes, types and weights. Throws ModelBundleError. */
export function openBundle(files: BundleFiles, where: string): Bundle {
  const missing = bundleFileNames.filter((name) => name !== "golden.json" && !files.has(name));
  if (missing.length > 0)
    throw new ModelBundleError(
      where,
      missing.map((name) => `${name}: expected this file, found none. Export the whole bundle.`),
    );
  const metadata = parseMetadata(textOf(files, "metadata.json"), where);
  const features = parseFeatures(textOf(files, "features.json"), where);
  const model = files.get("model.onnx") ?? new Uint8Array();
  const { ports, faults } = checkOnnx(parseOnnx(model, where), metadata);
  const agreement = compareFeatures(features, metadata.features);
  const listed =
    agreement.kind === "equal"
      ? []
      : [`features.json differs from the features of metadata.json:\n${listsOf(features, metadata.features)}`];
  if (faults.length + listed.length > 0) throw new ModelBundleError(where, [...listed, ...faults]);
  const golden = files.has("golden.json") ? parseGolden(textOf(files, "golden.json"), metadata, where) : undefined;
  return { id: bundleId(files), metadata, model, ports, golden };
}

/** The SHA-256 of the bundle's file names and their hashes, in hex: the same files have the same id, whatever folder they lie in. */
export function bundleId(files: BundleFiles): string {
  const hash = createHash("sha256");
  for (const name of bundleFileNames) {
    const bytes = files.get(name);
    if (bytes !== undefined) hash.update(`${name} ${createHash("sha256").update(bytes).digest("hex")}\n`);
  }
  return hash.digest("hex");
}

/** Refuses a strategy whose features are not the model's, both lists side by side; returns those that the model does not read. Throws ModelBundleError. */
export function requireFeatures({ metadata }: Bundle, strategyFeatures: readonly string[]): readonly string[] {
  const agreement = compareFeatures(strategyFeatures, metadata.features);
  if (agreement.kind === "equal") return [];
  if (agreement.kind === "extras") return agreement.extras;
  throw new ModelBundleError(`"${metadata.name}"`, [
    `its features differ from the strategy's. Use the strategy that it was trained with.\n${agreement.table}`,
  ]);
}

function parseOnnx(bytes: Uint8Array, where: string): OnnxModel {
  try {
    const model = decodeOnnx(bytes);
    if (model.graph.nodes.length > 0) return model;
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw new ModelBundleError(where, [
      `model.onnx: expected an ONNX model, found a damaged or truncated file: ${error.message} Copy it again.`,
    ]);
  }
  throw new ModelBundleError(where, ["model.onnx: expected an ONNX model with operators, found none. Copy it again."]);
}

function listsOf(left: readonly string[], right: readonly string[]): string {
  const result = compareFeatures(left, right);
  return result.kind === "different"
    ? result.table
    : `  only in features.json: ${left.filter((name) => !right.includes(name)).join(", ")}`;
}

function textOf(files: BundleFiles, name: string): string {
  return new TextDecoder().decode(files.get(name) ?? new Uint8Array());
}
