import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { BarsInputError } from "./bars-input-error.ts";
import type { SnapshotSource } from "./snapshot-manifest.ts";

/** Name, size and SHA-256 of each file; throws BarsInputError when one cannot be read. */
export async function hashFiles(files: readonly string[]): Promise<readonly SnapshotSource[]> {
  if (files.length === 0)
    throw new BarsInputError(
      "Expected at least one file to import, found none. Give the path of a CSV, Parquet, zip or gzip file.",
    );
  const sources: SnapshotSource[] = [];
  for (const file of files) sources.push(await hashFile(file));
  return sources;
}

async function hashFile(file: string): Promise<SnapshotSource> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  try {
    for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) {
      hash.update(piece);
      sizeBytes += piece.length;
    }
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    const reason =
      error.code === "ENOENT" ? "there is no such file" : error.code === "EISDIR" ? "it is a folder" : error.message;
    throw new BarsInputError(`${file}: cannot be read: ${reason}. Check the path.`, { cause: error });
  }
  return { fileName: basename(file), sha256: hash.digest("hex"), sizeBytes };
}
