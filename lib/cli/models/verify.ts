import { ModelBundleError } from "../../models/bundle-error.ts";
import { availableBytes } from "../../models/bundle-memory.ts";
import { loadFiles } from "../../models/stored-bundle.ts";
import { findModel, listModels, modelBlobs } from "../../run/model-catalog.ts";
import type { Stores } from "../../stores/stores.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { assertLocal } from "../place.ts";
import { countOf, shortId } from "../quantity-text.ts";
import { checkBundle, differenceText } from "./check-bundle.ts";

type Verified = {
  readonly name: string;
  readonly modelId: string;
  readonly vectors: number;
  readonly problems: readonly string[];
};

/** `models verify`: everything that an import checks, over what is stored; fails where a model cannot be used or its golden vectors come out differently. */
export async function verifyModels(
  reference: string | undefined,
  flags: CloudFlags,
  console: Console,
): Promise<ExitCode> {
  assertLocal(flags, "models verify", "Leave --cloud out.");
  const models = await atHome(async ({ stores }) => {
    const verified: Verified[] = [];
    for (const { name, modelId } of await asked(reference, stores)) verified.push(await verify(name, modelId, stores));
    return verified;
  });
  console.answer({ models }, models.length === 0 ? "No models to verify." : models.map(text).join("\n"));
  return models.every(({ problems }) => problems.length === 0) ? 0 : 1;
}

async function asked(reference: string | undefined, { objects }: Stores) {
  if (reference === undefined) return listModels(objects);
  return [{ name: reference, modelId: await findModel(reference, objects) }];
}

async function verify(name: string, modelId: string, { objects }: Stores): Promise<Verified> {
  try {
    const files = await loadFiles(modelId, modelBlobs(objects), availableBytes(process.env));
    const { bundle, differences = [] } = checkBundle(files, name);
    return { name, modelId, vectors: bundle.golden?.vectors.length ?? 0, problems: differences.map(differenceText) };
  } catch (error) {
    if (!(error instanceof Error) || !expected.includes(error.name)) throw error;
    return { name, modelId, vectors: 0, problems: [error.message] };
  }
}

const expected = [ModelBundleError.name, "MissingObjectError", "CorruptObjectError"];

function text({ name, modelId, vectors, problems }: Verified): string {
  const golden = vectors === 0 ? "it has no golden vectors" : `${countOf(vectors, "golden vector")}`;
  const head = `${name} (${shortId(modelId)}): ${problems.length === 0 ? `whole; ${golden}` : "NOT GOOD"}`;
  return [head, ...problems.map((problem) => `  ${problem}`)].join("\n");
}
