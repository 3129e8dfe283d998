import { mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";

/** Makes the folder and those above it that do not exist, each durable when it returns. */
export async function makeFolder(folder: string): Promise<void> {
  // Not `mkdir` with `recursive`, which reports a read-only disk as ENOENT.
  try {
    await makeLastFolder(folder);
  } catch (error) {
    if (!hasCode(error, "ENOENT") || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await makeLastFolder(folder);
  }
}

/** A new or renamed file survives a power failure only when the folder that names it is on the disk. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders; NTFS keeps a journal of their names.
  if (process.platform === "win32") return;
  const opened = await open(folder, "r");
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}

/** The operation's answer, or undefined when the file or a folder above it does not exist. */
export async function unlessAbsent<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

async function makeLastFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (hasCode(error, "EEXIST") && (await isFolder(folder))) return;
    throw error;
  }
  await syncFolder(dirname(folder));
}

async function isFolder(path: string): Promise<boolean> {
  return (await unlessAbsent(stat(path)))?.isDirectory() ?? false;
}

function hasCode(error: unknown, code: string): boolean {
  return z.object({ code: z.literal(code) }).safeParse(error).success;
}
