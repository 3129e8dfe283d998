import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../engine/canonical-json.ts";
import { type Bundle, type BundleFiles, bundleFileNames, openBundle } from "./bundle.ts";
import { ModelBundleError } from "./bundle-error.ts";
import { requireMemory } from "./bundle-memory.ts";

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
  const where = manifestHash.slice(0, 12);
  const { files } = parseManifest(await blobs.get(manifestHash), where);
  requireMemory(where, files["model.onnx"]?.sizeBytes ?? 0, availableBytes);
  const loaded = new Map<string, Uint8Array>();
  for (const name of bundleFileNames) {
    const file = files[name];
    if (file !== undefined) loaded.set(name, await blobs.get(file.hash));
  }
  return openBundle(loaded, where);
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
  const result = manifestSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  if (result.success) return result.data;
  throw new ModelBundleError(where, [
    "its manifest is of a format that this version cannot read. Import the bundle again.",
  ]);
}
