import { randomUUID } from "node:crypto";
import { open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  CorruptObjectError,
  MissingObjectError,
  type ObjectKind,
  type ObjectStore,
  objectKinds,
  type StoredObject,
} from "../../market/object-store.ts";
import { assertObjectHash, objectHash, objectHashAside } from "../object-hash.ts";
import { makeFolder, syncFolder, unlessAbsent } from "./folder.ts";
import { retryTransient } from "./retry.ts";
import { fileError } from "./storage-errors.ts";

/**
 * Objects as files `<folder>/<kind>/<first 2 hex digits>/<the other 62>`, written under a name in `<folder>/<kind>/tmp`, synced and renamed,
 * so that a name never means half an object. What a killed process left in `tmp` is removed by an open an hour later.
 */
export async function openLocalObjectStore(folder: string): Promise<ObjectStore> {
  await translated(folder, () => makeFolder(folder));
  for (const kind of objectKinds) await removeLeftovers(join(folder, kind, "tmp"));
  return {
    async put(kind, bytes) {
      const hash = objectHash(bytes);
      const path = pathOf(kind, hash);
      await translated(path, async () => {
        if (await holds(path, bytes)) {
          const now = new Date();
          await utimes(path, now, now);
        } else {
          const temporary = join(folder, kind, "tmp");
          await makeFolder(temporary);
          await makeFolder(dirname(path));
          await write(path, bytes, join(temporary, randomUUID()));
        }
        await syncFolder(dirname(path));
      });
      return hash;
    },
    async get(kind, hash) {
      const path = pathOf(kind, hash);
      const bytes = await translated(path, () => unlessAbsent(readFile(path)));
      if (bytes === undefined) throw new MissingObjectError(kind, hash, path);
      const foundHash = await objectHashAside(bytes);
      if (foundHash !== hash) throw new CorruptObjectError(kind, hash, foundHash, path);
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    async has(kind, hash) {
      const path = pathOf(kind, hash);
      return (await translated(path, () => unlessAbsent(stat(path)))) !== undefined;
    },
    async *list(kind) {
      for (const prefix of await namesIn(join(folder, kind), /^[0-9a-f]{2}$/)) {
        for (const rest of await namesIn(join(folder, kind, prefix), /^[0-9a-f]{62}$/)) {
          const found = await storedObject(prefix + rest, join(folder, kind, prefix, rest));
          if (found !== undefined) yield found;
        }
      }
    },
    async remove(kind, hash) {
      const path = pathOf(kind, hash);
      await translated(path, () => rm(path, { force: true }));
    },
  };

  function pathOf(kind: ObjectKind, hash: string): string {
    assertObjectHash(hash);
    return join(folder, kind, hash.slice(0, 2), hash.slice(2));
  }
}

const leftoverAgeMs = 3_600_000;

async function removeLeftovers(temporary: string): Promise<void> {
  for (const name of await namesIn(temporary, /./)) {
    const path = join(temporary, name);
    const found = await translated(path, () => unlessAbsent(stat(path)));
    if (found === undefined || found.mtimeMs > Date.now() - leftoverAgeMs) continue;
    await translated(path, () => rm(path, { force: true }));
  }
}

/** Whether exactly these bytes lie there. A damaged file is found here, so that storing its object again repairs it. */
async function holds(path: string, bytes: Uint8Array): Promise<boolean> {
  const found = await unlessAbsent(stat(path));
  return found?.size === bytes.length && (await readFile(path)).equals(bytes);
}

async function write(path: string, bytes: Uint8Array, temporaryPath: string): Promise<void> {
  try {
    const file = await open(temporaryPath, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporaryPath, path);
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw error;
  }
}

async function namesIn(folder: string, pattern: RegExp): Promise<readonly string[]> {
  const names = await translated(folder, () => unlessAbsent(readdir(folder)));
  return (names ?? []).filter((name) => pattern.test(name)).sort();
}

async function storedObject(hash: string, path: string): Promise<StoredObject | undefined> {
  const found = await translated(path, () => unlessAbsent(stat(path)));
  return found && { hash, sizeBytes: found.size, storedAtMs: found.mtimeMs };
}

async function translated<T>(path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await retryTransient(operation);
  } catch (error) {
    throw fileError(error, path);
  }
}
