import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../engine/canonical-json.ts";
import { type Bundle, type BundleFiles, bundleFileNames, openBundle } from "./bundle.ts";
import { ModelBundleError } from "./bundle-error.ts";
import { requireMemory } from "./bundle-memory.ts";
import { type BundleMetadata, parseMetadata } from "./bundle-metadata.ts";

/** Where a bundle's bytes are kept under their own hash. */
export type ModelBlobs = {
  /** Stores the bytes and returns their SHA-256 in hex; storing them again changes nothing. */
  put(bytes: Uint8Array): Promise<string>;
  /** The bytes, checked against their hash; throws when there are none. */
  get(hash: string): Promise<Uint8Array>;
};

const manifestSchema = z.strictObject({
  format: z.literal(1),
  files: z.partialRecord(
    z.enum(bundleFileNames),
    z.strictObject({ hash: z.string().regex(/^[0-9a-f]{64}$/), sizeBytes: z.int().min(0) }),
  ),
});

/** Stores a bundle's files, then the manifest that names them; returns the manifest's hash, under which `loadBundle` finds them. */
export async function storeBundle(files: BundleFiles, blobs: ModelBlobs): Promise<string> {
  const stored: { [name: string]: { hash: string; sizeBytes: number } } = {};
  for (const name of bundleFileNames) {
    const bytes = files.get(name);
    if (bytes !== undefined) stored[name] = { hash: await blobs.put(bytes), sizeBytes: bytes.length };
  }
  return blobs.put(new TextEncoder().encode(canonicalJson({ format: 1, files: stored })));
}

/** The bundle stored under a manifest's hash, checked as at its import; its model is not read where the memory does not suffice. Throws ModelBundleError. */
export async function loadBundle(manifestHash: string, blobs: ModelBlobs, availableBytes: number): Promise<Bundle> {
  return openBundle(await loadFiles(manifestHash, blobs, availableBytes), manifestHash.slice(0, 12));
}

/** The files of the bundle stored under a manifest's hash; its model is not read where the memory does not suffice. Throws ModelBundleError. */
export async function loadFiles(manifestHash: string, blobs: ModelBlobs, availableBytes: number): Promise<BundleFiles> {
  const where = manifestHash.slice(0, 12);
  const { files } = parseManifest(await blobs.get(manifestHash), where);
  requireMemory(where, files["model.onnx"]?.sizeBytes ?? 0, availableBytes);
  const loaded = new Map<string, Uint8Array>();
  for (const name of bundleFileNames) {
    const file = files[name];
    if (file !== undefined) loaded.set(name, await blobs.get(file.hash));
  }
  return loaded;
}

/** What the bundle stored under a manifest's hash says of its model; the model is not read. Throws ModelBundleError. */
export async function loadMetadata(manifestHash: string, blobs: ModelBlobs): Promise<BundleMetadata> {
  const where = manifestHash.slice(0, 12);
  const { files } = parseManifest(await blobs.get(manifestHash), where);
  const bytes = await blobs.get(files["metadata.json"]?.hash ?? "");
  return parseMetadata(new TextDecoder().decode(bytes), where);
}

/** The hashes of the bundle's files, under which they are stored. Throws ModelBundleError. */
export async function bundleFileHashes(manifestHash: string, blobs: ModelBlobs): Promise<readonly string[]> {
  const { files } = parseManifest(await blobs.get(manifestHash), manifestHash.slice(0, 12));
  return bundleFileNames.flatMap((name) => files[name]?.hash ?? []);
}

/** A place in memory, for tools that look at a bundle without keeping it. */
export function memoryBlobs(): ModelBlobs {
  const blobs = new Map<string, Uint8Array>();
  return {
    async put(bytes) {
      const hash = createHash("sha256").update(bytes).digest("hex");
      blobs.set(hash, bytes.slice());
      return hash;
    },
    async get(hash) {
      const bytes = blobs.get(hash);
      if (bytes === undefined)
        throw new ModelBundleError(hash.slice(0, 12), ["it is not stored here. Import it first."]);
      return bytes;
    },
  };
}

function parseManifest(bytes: Uint8Array, where: string): z.output<typeof manifestSchema> {
  const result = manifestSchema.safeParse(json(bytes));
  if (result.success) return result.data;
  throw new ModelBundleError(where, [
    "expected the id of a model, found something that is no manifest of this version's. See `backstitch models ls`, or import the bundle again.",
  ]);
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
