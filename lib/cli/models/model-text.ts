import type { BundleMetadata } from "../../models/bundle-metadata.ts";
import type { ModelEntry } from "../../run/model-catalog.ts";
import { minuteText } from "../quantity-text.ts";
import { nameList } from "../text-table.ts";

/** What `--json` answers about a model: where it stands in the catalogue, and its metadata. */
export type ModelDocument = ReturnType<typeof modelDocument>;

export function modelDocument(
  {
    name,
    modelId,
    importedAtMs,
  }: Omit<ModelEntry, "importedAtMs" | "name"> & {
    readonly name: string | null;
    readonly importedAtMs: number | null;
  },
  metadata: BundleMetadata,
) {
  return { name, modelId, importedAtMs, metadata };
}

/** A model as a person reads it. */
export function modelText({ name, modelId, importedAtMs, metadata }: ModelDocument): string {
  const { version, producer, opset, input, output, features, training, strategy } = metadata;
  const outputText =
    output.kind === "regression" ? "a predicted return" : `${output.classes.join(", ")} (${output.scale})`;
  const window = input.window === 1 ? "one bar" : `${input.window} bars, oldest first (${input.layout})`;
  return nameList([
    ["Model", `${metadata.name} ${version}${name === null || name === metadata.name ? "" : `, here ${name}`}`],
    ["Id", modelId],
    ["Strategy", strategy.name],
    ["Input", `${features.length} features of ${window}`],
    ["Output", outputText],
    [
      "Trained on",
      `${training.symbols.join(", ")}, ${training.timeframes.join(", ")}, ${training.from} to ${training.to}`,
    ],
    ["Exported by", `${producer === "" ? "unknown" : producer}, opset ${opset}`],
    importedAtMs === null ? undefined : ["Imported", `${minuteText(importedAtMs)} UTC`],
    ["Features", features.map((feature, i) => `${String(i + 1).padStart(3)}  ${feature}`).join("\n")],
  ]);
}
