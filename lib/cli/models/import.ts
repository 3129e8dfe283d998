import { readBundleFolder } from "../../models/bundle-folder.ts";
import { availableBytes } from "../../models/bundle-memory.ts";
import { addModel } from "../../run/model-catalog.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { assertLocal } from "../place.ts";
import { shortId } from "../quantity-text.ts";
import { checkBundle, requireGolden } from "./check-bundle.ts";
import { modelDocument, modelText } from "./model-text.ts";

export type ImportModelFlags = CloudFlags & { readonly name?: string };

/** `models import`: checks a bundle in every way that `verify` does, then stores it under its name. */
export async function importModel(folder: string, flags: ImportModelFlags, console: Console): Promise<ExitCode> {
  assertLocal(flags, "models import", "Import it here.");
  const files = await readBundleFolder(folder, availableBytes(process.env));
  const checked = checkBundle(files, folder);
  requireGolden(checked, folder);
  const entry = await atHome(({ stores }) => addModel(files, flags.name, Date.now(), stores.objects));
  const document = modelDocument(entry, checked.bundle.metadata);
  console.answer(
    document,
    `Imported ${entry.name} (${shortId(entry.modelId)}).\n${modelText(document)}\nIn a spec:  strategy: { name: model, params: { model: ${entry.name} } }`,
  );
  return 0;
}
