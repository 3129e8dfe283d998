import { InputError } from "../engine/input-error.ts";
import { type BoundModel, bindModel } from "./bound-model.ts";
import type { Bundle } from "./bundle.ts";
import type { BundleMetadata } from "./bundle-metadata.ts";
import { LoadedModel } from "./inference.ts";

/** A model that strategies of this process may use, by the hash of its manifest. */
export type UsableModel = BoundModel & { readonly id: string; readonly metadata: BundleMetadata };

/** A strategy asks for a model that its run has not loaded. */
export class ModelNotLoadedError extends InputError {
  override readonly name = "ModelNotLoadedError";
}

/** Bundles do not change, and a strategy asks for its columns without waiting: what a process has loaded it keeps. */
const usable = new Map<string, UsableModel>();

/** Makes a bundle usable under its manifest's hash, and binds it to the strategy document that it was trained with; a second time does nothing. Throws ModelBundleError. */
export function useBundle(id: string, bundle: Bundle): UsableModel {
  const known = usable.get(id);
  if (known !== undefined) return known;
  const { metadata, model, ports } = bundle;
  const loaded = new LoadedModel(bundle.id, model, metadata, ports);
  const added = { ...bindModel(loaded, bundle), id, metadata };
  usable.set(id, added);
  return added;
}

/** Whether the process has this model. */
export function isUsable(id: string): boolean {
  return usable.has(id);
}

/** A model that the run has loaded: one that a parameter made with `modelName` names. Throws ModelNotLoadedError. */
export function usableModel(id: string): UsableModel {
  const model = usable.get(id);
  if (model !== undefined) return model;
  throw new ModelNotLoadedError(
    `Model ${JSON.stringify(id)} is not loaded. A strategy names models in parameters made with modelName() or modelNames(), which a run resolves and loads; give it there, and not as a default.`,
  );
}
