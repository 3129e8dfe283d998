import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import {
  CorruptObjectError,
  MissingObjectError,
  type ObjectKind,
  type ObjectStore,
  type StoredObject,
} from "../../run/object-store.ts";
import { assertObjectHash, objectHash } from "../object-hash.ts";
import { retryTransient } from "./retry.ts";
import { fileError } from "./storage-errors.ts";

/**
 * Objects as files `<folder>/<kind>/<first 2 hex digits>/<the other 62>`, written under a name in `<folder>/tmp`, synced and renamed, so that
 * a name never means half an object. What a killed process left in `tmp` is removed by an open an hour later.
 */
export async function openLocalObjectStore(folder: string): Promise<ObjectStore> {
  const temporary = join(folder, "tmp");
  await translated(temporary, () => prepare(temporary));
  return {
    async put(kind, bytes) {
      const hash = objectHash(bytes);
      const path = pathOf(kind, hash);
      await translated(path, async () => {
        if (await holds(path, bytes)) {
          const now = new Date();
          await utimes(path, now, now);
        } else {
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
      const foundHash = objectHash(bytes);
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

async function prepare(temporary: string): Promise<void> {
  await makeFolder(temporary);
  for (const name of await readdir(temporary)) {
    const path = join(temporary, name);
    const found = await unlessAbsent(stat(path));
    if (found !== undefined && found.mtimeMs < Date.now() - leftoverAgeMs) await rm(path, { force: true });
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

/** Makes the folder and syncs the folders that hold the new names. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; ; made = dirname(made)) {
    await syncFolder(dirname(made));
    if (made === first) return;
  }
}

/** A new or renamed file survives a power failure only when the folder that names it is on the disk. */
async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders; NTFS keeps a journal of their names.
  if (process.platform === "win32") return;
  const opened = await open(folder, "r");
  try {
    await opened.sync();
  } finally {
    await opened.close();
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

/** The operation's answer, or undefined when the file or a folder above it does not exist. */
async function unlessAbsent<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (z.object({ code: z.literal("ENOENT") }).safeParse(error).success) return undefined;
    throw error;
  }
}

async function translated<T>(path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await retryTransient(operation);
  } catch (error) {
    throw fileError(error, path);
  }
}
