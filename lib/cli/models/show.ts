import { loadMetadata } from "../../models/stored-bundle.ts";
import { findModel, listModels, modelBlobs } from "../../run/model-catalog.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { assertLocal } from "../place.ts";
import { modelDocument, modelText } from "./model-text.ts";

/** `models show`: one model, by name or id. */
export async function showModel(reference: string, flags: CloudFlags, console: Console): Promise<ExitCode> {
  assertLocal(flags, "models show", "Leave --cloud out.");
  const document = await atHome(async ({ stores: { objects } }) => {
    const modelId = await findModel(reference, objects);
    const entry = (await listModels(objects)).find((one) => one.modelId === modelId);
    const metadata = await loadMetadata(modelId, modelBlobs(objects));
    return modelDocument(entry ?? { name: null, modelId, importedAtMs: null }, metadata);
  });
  console.answer(document, modelText(document));
  return 0;
}
