import type { Remote } from "../../cloud/remote.ts";
import { findModel, listModels } from "../../run/model-catalog.ts";
import { type VerifiedModel, verifyModel } from "../../run/verify-model.ts";
import type { Stores } from "../../stores/stores.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { countOf, shortId } from "../quantity-text.ts";

/** `models verify`: everything that an import checks, over what is stored; fails where a model cannot be used or its golden vectors come out differently. */
export async function verifyModels(
  reference: string | undefined,
  flags: CloudFlags,
  console: Console,
): Promise<ExitCode> {
  const models = await atPlace(flags, {
    local: ({ stores }) => verifyHere(reference, stores),
    cloud: (remote) => verifyThere(reference, remote),
  });
  console.answer({ models }, models.length === 0 ? "No models to verify." : models.map(text).join("\n"));
  return models.every(({ problems }) => problems.length === 0) ? 0 : 1;
}

async function verifyHere(reference: string | undefined, { objects }: Stores): Promise<readonly VerifiedModel[]> {
  const asked =
    reference === undefined
      ? await listModels(objects)
      : [{ name: reference, modelId: await findModel(reference, objects) }];
  const verified: VerifiedModel[] = [];
  for (const { name, modelId } of asked) verified.push(await verifyModel(name, modelId, objects));
  return verified;
}

async function verifyThere(reference: string | undefined, { models }: Remote): Promise<readonly VerifiedModel[]> {
  const asked =
    reference === undefined ? (await models.list()).map(({ name, modelId }) => name ?? modelId) : [reference];
  const verified: VerifiedModel[] = [];
  for (const name of asked) verified.push(await models.verify(name));
  return verified;
}

function text({ name, modelId, vectors, problems }: VerifiedModel): string {
  const golden = vectors === 0 ? "it has no golden vectors" : `${countOf(vectors, "golden vector")}`;
  const head = `${name} (${shortId(modelId)}): ${problems.length === 0 ? `whole; ${golden}` : "NOT GOOD"}`;
  return [head, ...problems.map((problem) => `  ${problem}`)].join("\n");
}
