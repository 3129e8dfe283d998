import { once } from "node:events";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { InputError } from "../engine/input-error.ts";
import { StorageFullError } from "../stores/local/storage-errors.ts";

/** A file that cannot be written where the person wants it. */
export class OutputError extends InputError {
  override readonly name = "OutputError";
}

/**
 * Writes the pieces to a file that appears under its name only when it is whole, and returns its size in bytes. Throws OutputError, or StorageFullError
 * when there is no room; then nothing is left behind.
 */
export async function writeFileWhole(file: string, pieces: AsyncIterable<Uint8Array | string>): Promise<number> {
  const unfinished = `${file}.unfinished-${process.pid}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    const sizeBytes = await writePieces(unfinished, pieces);
    await rename(unfinished, file);
    return sizeBytes;
  } catch (error) {
    throw outputError(error, file);
  }
}

async function writePieces(file: string, pieces: AsyncIterable<Uint8Array | string>): Promise<number> {
  const handle = await open(file, "wx");
  let sizeBytes = 0;
  let isWhole = false;
  try {
    for await (const piece of pieces) {
      const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
      await handle.writeFile(bytes);
      sizeBytes += bytes.length;
    }
    isWhole = true;
  } finally {
    await handle.close();
    if (!isWhole) await rm(file, { force: true });
  }
  return sizeBytes;
}

/** Writes the pieces to stdout as fast as its reader takes them. */
export async function writeStdout(pieces: AsyncIterable<Uint8Array | string>): Promise<void> {
  for await (const piece of pieces) if (!process.stdout.write(piece)) await once(process.stdout, "drain");
}

function outputError(error: unknown, file: string): unknown {
  const parsed = z.object({ code: z.string(), syscall: z.string() }).safeParse(error);
  if (!parsed.success) return error;
  const { code } = parsed.data;
  if (["ENOSPC", "EDQUOT", "EFBIG"].includes(code)) {
    return new StorageFullError(`${file}: ${code}, no room to write. Make room, or choose another place with --out.`, {
      cause: error,
    });
  }
  return new OutputError(`${file}: ${code}, expected a place that can be written. Choose another with --out.`, {
    cause: error,
  });
}

/** A text as the pieces of a file. */
export async function* onePiece(text: string): AsyncGenerator<string> {
  yield text;
}
