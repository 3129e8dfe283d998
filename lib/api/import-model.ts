import type { ObjectStore } from "../market/object-store.ts";
import { readBundleFiles } from "../models/bundle-folder.ts";
import { availableBytes } from "../models/bundle-memory.ts";
import { checkBundle, checkFiles, requireGolden } from "../models/check-bundle.ts";
import { hasRuntime } from "../models/native-session.ts";
import { addModel } from "../run/model-catalog.ts";
import type { ModelDone, ModelRequest } from "./uploads.ts";

/**
 * Imports a bundle's files that are here, after every check that `models import` makes; where there is no model runtime, after all that need none. Throws ModelBundleError,
 * ModelInputError and what the parsers of the strategy document throw.
 */
export async function importModel(
  paths: readonly string[],
  { name }: ModelRequest,
  objects: ObjectStore,
  nowMs: number,
): Promise<ModelDone> {
  const where = name === undefined ? "to import" : `"${name}"`;
  const files = await readBundleFiles(paths, where, availableBytes(process.env));
  const canInfer = hasRuntime();
  if (canInfer) requireGolden(checkBundle(files, where), where);
  else checkFiles(files, where);
  const entry = await addModel(files, name, nowMs, objects);
  return { status: "done", name: entry.name, modelId: entry.modelId, checked: canInfer ? "inference" : "files" };
}
