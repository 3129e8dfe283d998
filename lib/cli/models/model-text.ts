import type { ModelDocument } from "../../run/model-document.ts";
import { minuteText } from "../quantity-text.ts";
import { nameList } from "../text-table.ts";

/** A model as a person reads it. */
export function modelText({ name, modelId, importedAtMs, metadata, usedBy }: ModelDocument): string {
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
    usedBy.length === 0 ? undefined : ["Used by", usedBy.map(({ runId, status }) => `${runId} (${status})`).join("\n")],
    ["Features", features.map((feature, i) => `${String(i + 1).padStart(3)}  ${feature}`).join("\n")],
  ]);
}
