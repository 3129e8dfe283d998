import { lstat, readFile, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import { type BundleFiles, bundleFileNames } from "./bundle.ts";
import { ModelBundleError } from "./bundle-error.ts";
import { requireMemory } from "./bundle-memory.ts";

/** No metadata, feature list or golden file is greater. */
const greatestTextBytes = 16 * 1_048_576;

/**
 * Reads a bundle's files from its folder; missing ones are left out. Links and anything but plain files are refused, for they lead out of the folder, and so is a
 * model for which `availableBytes` of memory do not suffice, before it is read. Throws ModelBundleError.
 */
export async function readBundleFolder(folder: string, availableBytes: number): Promise<BundleFiles> {
  const root = await existing(folder);
  return readBundleFiles(
    bundleFileNames.map((name) => join(root, name)),
    folder,
    availableBytes,
  );
}

/** As `readBundleFolder`, for files that lie anywhere under the names that they have in a bundle; `where` names the bundle in messages. */
export async function readBundleFiles(
  paths: readonly string[],
  where: string,
  availableBytes: number,
): Promise<BundleFiles> {
  const files = new Map<string, Uint8Array>();
  for (const path of paths) {
    const name = basename(path);
    const found = await statOf(path);
    if (found === undefined) continue;
    if (!found.isFile)
      throw new ModelBundleError(where, [
        `${name}: expected a plain file in the folder, found a link or a folder. Copy the file itself there.`,
      ]);
    if (name === "model.onnx") requireMemory(where, found.sizeBytes, availableBytes);
    else if (found.sizeBytes > greatestTextBytes)
      throw new ModelBundleError(where, [
        `${name}: expected at most 16 MB, found ${found.sizeBytes} bytes. Export it again.`,
      ]);
    files.set(name, await readFile(path));
  }
  return files;
}

async function existing(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new ModelBundleError(folder, [
      "expected a folder with model.onnx, metadata.json and features.json, found none. Give its path.",
    ]);
  }
}

async function statOf(path: string): Promise<{ readonly isFile: boolean; readonly sizeBytes: number } | undefined> {
  try {
    const found = await lstat(path);
    return { isFile: found.isFile(), sizeBytes: found.size };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
