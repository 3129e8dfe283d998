import { loadMetadata } from "../../models/stored-bundle.ts";
import { listModels, modelBlobs } from "../../run/model-catalog.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { assertLocal } from "../place.ts";
import { minuteText, shortId } from "../quantity-text.ts";
import { left, right, textTable } from "../text-table.ts";
import { type ModelDocument, modelDocument } from "./model-text.ts";

/** `models ls`: every name with the model that it means now. */
export async function listImported(flags: CloudFlags, console: Console): Promise<ExitCode> {
  assertLocal(flags, "models ls", "Leave --cloud out.");
  const models = await atHome(async ({ stores: { objects } }) => {
    const entries = await listModels(objects);
    return Promise.all(
      entries.map(async (entry) => modelDocument(entry, await loadMetadata(entry.modelId, modelBlobs(objects)))),
    );
  });
  const start = console.hint("backstitch models import FOLDER");
  console.answer({ models }, models.length === 0 ? `No models yet. Import one: ${start}` : modelsTable(models));
  return 0;
}

function modelsTable(models: readonly ModelDocument[]): string {
  const columns = [
    left("NAME"),
    left("ID"),
    left("VERSION"),
    left("BAR"),
    right("FEATURES"),
    left("OUTPUT"),
    left("TRAINED TO"),
    left("IMPORTED (UTC)"),
  ];
  const rows = models.map(({ name, modelId, importedAtMs, metadata }) => [
    name ?? "",
    shortId(modelId),
    metadata.version,
    metadata.training.timeframes.join(", "),
    String(metadata.features.length),
    metadata.output.kind,
    metadata.training.to,
    importedAtMs === null ? "" : minuteText(importedAtMs),
  ]);
  return textTable(columns, rows);
}
