import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ObjectStore } from "../market/object-store.ts";
import { objectHashAside } from "./object-hash.ts";

/**
 * The store with the files of models kept in a folder of this machine, by their hash, so that a process that starts anew where one has been before does not fetch them again. A file there
 * that is not whole is fetched again.
 */
export function cachedModels(objects: ObjectStore, folder: string): ObjectStore {
  return {
    ...objects,
    async get(kind, hash) {
      if (kind !== "models") return objects.get(kind, hash);
      const kept = await readKept(join(folder, hash));
      if (kept !== undefined && (await objectHashAside(kept)) === hash) return kept;
      const bytes = await objects.get(kind, hash);
      await keep(folder, hash, bytes);
      return bytes;
    },
  };
}

async function readKept(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function keep(folder: string, hash: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(folder, `${hash}.${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, bytes);
    await rename(temporary, join(folder, hash));
  } catch (error) {
    await rm(temporary, { force: true });
    // A full disk costs the next process a fetch, and this one nothing.
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  }
}
