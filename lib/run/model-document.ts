import type { BundleMetadata } from "../models/bundle-metadata.ts";
import { loadMetadata } from "../models/stored-bundle.ts";
import { findModel, listModels, type ModelEntry, modelBlobs } from "./model-catalog.ts";
import { hashesIn } from "./models-of-run.ts";
import type { RunStores } from "./opened-run.ts";
import { allRuns } from "./retention.ts";
import type { RunStatus } from "./run-store.ts";

/** A model as lists show it; name and time are null for one that is asked for by its id and has no name any more. */
export type ModelSummary = {
  readonly name: string | null;
  readonly modelId: string;
  readonly importedAtMs: number | null;
  readonly metadata: BundleMetadata;
};

/** A model, and the newest runs that refer to it: at most 20, of the newest 1,000. */
export type ModelDocument = ModelSummary & {
  readonly usedBy: readonly { readonly runId: string; readonly status: RunStatus }[];
};

const runsLookedAt = 1_000;
const runsNamed = 20;

/** Where a name stands in the catalogue, with the metadata of its model. */
export async function modelSummary(
  { name, modelId, importedAtMs }: Pick<ModelSummary, "name" | "modelId" | "importedAtMs">,
  { objects }: Pick<RunStores, "objects">,
): Promise<ModelSummary> {
  return { name, modelId, importedAtMs, metadata: await loadMetadata(modelId, modelBlobs(objects)) };
}

/** The model that a person means by a name, an id or the beginning of one. Throws ModelInputError. */
export async function modelDocument(reference: string, stores: RunStores): Promise<ModelDocument> {
  const modelId = await findModel(reference, stores.objects);
  const entries = (await listModels(stores.objects)).filter((entry) => entry.modelId === modelId);
  const entry: ModelEntry | undefined = entries.find(({ name }) => name === reference) ?? entries[0];
  const summary = await modelSummary(entry ?? { name: null, modelId, importedAtMs: null }, stores);
  return { ...summary, usedBy: await usersOf(modelId, stores) };
}

async function usersOf(modelId: string, { runs }: RunStores): Promise<ModelDocument["usedBy"]> {
  const users: { runId: string; status: RunStatus }[] = [];
  let looked = 0;
  for await (const { runId, status, spec } of allRuns(runs)) {
    if (hashesIn(spec).has(modelId)) users.push({ runId, status });
    if (++looked === runsLookedAt || users.length === runsNamed) break;
  }
  return users;
}
