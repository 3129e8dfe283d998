import { CorruptObjectError, MissingObjectError, type ObjectStore } from "../market/object-store.ts";
import { ModelBundleError } from "../models/bundle-error.ts";
import { availableBytes } from "../models/bundle-memory.ts";
import { checkBundle, differenceText } from "../models/check-bundle.ts";
import { loadFiles } from "../models/stored-bundle.ts";
import { modelBlobs } from "./model-catalog.ts";

/** What was found wrong with a stored model: nothing, where it can be used. */
export type VerifiedModel = {
  readonly name: string;
  readonly modelId: string;
  /** Golden vectors that were computed. */
  readonly vectors: number;
  readonly problems: readonly string[];
};

/** Everything that an import checks, over what is stored, with the golden vectors computed on this machine. Throws RuntimeMissingError. */
export async function verifyModel(name: string, modelId: string, objects: ObjectStore): Promise<VerifiedModel> {
  try {
    const files = await loadFiles(modelId, modelBlobs(objects), availableBytes(process.env));
    const { bundle, differences = [] } = checkBundle(files, name);
    return { name, modelId, vectors: bundle.golden?.vectors.length ?? 0, problems: differences.map(differenceText) };
  } catch (error) {
    const isExpected =
      error instanceof ModelBundleError || error instanceof MissingObjectError || error instanceof CorruptObjectError;
    if (!isExpected) throw error;
    return { name, modelId, vectors: 0, problems: [error.message] };
  }
}
