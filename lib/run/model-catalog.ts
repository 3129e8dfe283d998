import { z } from "zod";
import { canonicalJson } from "../engine/canonical-json.ts";
import { closest } from "../engine/closest.ts";
import { InputError } from "../engine/input-error.ts";
import type { ObjectStore } from "../market/object-store.ts";
import { type BundleFiles, openBundle } from "../models/bundle.ts";
import { type ModelBlobs, storeBundle } from "../models/stored-bundle.ts";

/** A name with the model that it means now. `modelId` is the hash of the bundle's manifest, the id under which runs refer to it. */
export type ModelEntry = { readonly name: string; readonly modelId: string; readonly importedAtMs: number };

/** A model that is asked for and is not here, or is not meant clearly. */
export class ModelInputError extends InputError {
  override readonly name = "ModelInputError";
}

const entrySchema = z.object({
  format: z.literal(1),
  name: z.string(),
  modelId: z.string(),
  importedAtMs: z.number(),
});

const namePattern = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u;

/** The part of the object store that bundles lie in. */
export function modelBlobs(objects: ObjectStore): ModelBlobs {
  return { put: (bytes) => objects.put("models", bytes), get: (hash) => objects.get("models", hash) };
}

/** Stores a bundle that was checked, and gives it a name, its own unless another is given; the name then means it, whatever it meant before. Throws ModelInputError. */
export async function addModel(
  files: BundleFiles,
  name: string | undefined,
  importedAtMs: number,
  objects: ObjectStore,
): Promise<ModelEntry> {
  const given = name ?? openBundle(files, "to import").metadata.name;
  if (!namePattern.test(given))
    throw new ModelInputError(
      `--name ${JSON.stringify(given)}: expected up to 100 letters, digits, dots, dashes and underscores.`,
    );
  const modelId = await storeBundle(files, modelBlobs(objects));
  const entry = { name: given, modelId, importedAtMs };
  await objects.put("model-names", new TextEncoder().encode(canonicalJson({ format: 1, ...entry })));
  return entry;
}

/** Every name with what it means now, sorted by name. */
export async function listModels(objects: ObjectStore): Promise<readonly ModelEntry[]> {
  const newest = new Map<string, ModelEntry>();
  for (const { entry } of await namings(objects)) {
    const other = newest.get(entry.name);
    if (other === undefined || isNewer(entry, other)) newest.set(entry.name, entry);
  }
  return [...newest.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The id of the model that a person means by a name, an id or the beginning of one (6 hex digits or more). Throws ModelInputError. */
export async function findModel(reference: string, objects: ObjectStore): Promise<string> {
  if (/^[0-9a-f]{64}$/.test(reference) && (await objects.has("models", reference))) return reference;
  const entries = await listModels(objects);
  const named = entries.find(({ name }) => name === reference);
  if (named !== undefined) return named.modelId;
  const isPrefix = /^[0-9a-f]{6,64}$/.test(reference);
  const ids = new Set(entries.map(({ modelId }) => modelId).filter((id) => isPrefix && id.startsWith(reference)));
  const [id, ...others] = ids;
  if (id !== undefined && others.length === 0) return id;
  if (others.length > 0)
    throw new ModelInputError(`Model "${reference}": the beginning of ${ids.size} ids. Give more digits.`);
  const names = entries.map(({ name }) => name);
  const near = closest(reference, names);
  const known =
    names.length === 0
      ? "There are none yet: import one with `backstitch models import FOLDER`."
      : `Known: ${names.slice(0, 20).join(", ")}.`;
  throw new ModelInputError(
    `Model "${reference}": found none of this name or id${near === undefined ? "." : `; did you mean "${near}"?`} ${known}`,
  );
}

/** Takes a name away, with all that it ever meant; the files stay while runs refer to them, until `checkpoints gc`. Returns how many namings went. */
export async function removeModelName(name: string, objects: ObjectStore): Promise<number> {
  const own = (await namings(objects)).filter(({ entry }) => entry.name === name);
  for (const { hash } of own) await objects.remove("model-names", hash);
  return own.length;
}

async function namings(
  objects: ObjectStore,
): Promise<readonly { readonly hash: string; readonly entry: ModelEntry }[]> {
  const found: { hash: string; entry: ModelEntry }[] = [];
  for await (const { hash } of objects.list("model-names")) {
    const { format: _, ...entry } = entrySchema.parse(
      JSON.parse(new TextDecoder().decode(await objects.get("model-names", hash))),
    );
    found.push({ hash, entry });
  }
  return found;
}

/** Two imports of the same millisecond are put into an order that does not depend on the list's. */
function isNewer(a: ModelEntry, b: ModelEntry): boolean {
  return a.importedAtMs > b.importedAtMs || (a.importedAtMs === b.importedAtMs && a.modelId > b.modelId);
}
