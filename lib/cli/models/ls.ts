import { listModels } from "../../run/model-catalog.ts";
import { type ModelSummary, modelSummary } from "../../run/model-document.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { minuteText, shortId } from "../quantity-text.ts";
import { left, right, textTable } from "../text-table.ts";

/** `models ls`: every name with the model that it means now. */
export async function listImported(flags: CloudFlags, console: Console): Promise<ExitCode> {
  const models = await atPlace(flags, {
    local: async ({ stores }) =>
      Promise.all((await listModels(stores.objects)).map((entry) => modelSummary(entry, stores))),
    cloud: (remote) => remote.models.list(),
  });
  const start = console.hint("backstitch models import FOLDER");
  console.answer({ models }, models.length === 0 ? `No models yet. Import one: ${start}` : modelsTable(models));
  return 0;
}

function modelsTable(models: readonly ModelSummary[]): string {
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
