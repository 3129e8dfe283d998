import type { Entry, ZipFile } from "yauzl";
import yauzl from "yauzl";
import { BarsInputError } from "./bars-input-error.ts";
import { tableOfStream } from "./stream-table.ts";
import type { Table } from "./table-rows.ts";
import { boundedBytes, maxUnpackedBytes } from "./unpacked-bytes.ts";

const maxEntries = 20_000;

/** The CSV and Parquet entries of a zip file, in its order. Throws BarsInputError when there are none, or encrypted ones. */
export async function zipTables(path: string): Promise<readonly Table[]> {
  const entries = await dataEntries(path);
  const tables: Table[] = [];
  for (const entry of entries) {
    const label = `${path}!${entry.fileName}`;
    const fileName = entry.fileName.slice(entry.fileName.lastIndexOf("/") + 1);
    tables.push(await tableOfStream({ label, fileName }, () => boundedBytes(entryBytes(path, entry), label, "zip")));
  }
  return tables;
}

async function dataEntries(path: string): Promise<readonly Entry[]> {
  const zip = await openZip(path);
  const entries: Entry[] = [];
  const others: string[] = [];
  let unpackedBytes = 0;
  try {
    if (zip.entryCount > maxEntries)
      throw new BarsInputError(
        `${path}: found ${zip.entryCount} entries, expected at most ${maxEntries}. Split the file.`,
      );
    for await (const entry of zip.eachEntry()) {
      if (!isData(entry.fileName)) {
        others.push(entry.fileName);
        continue;
      }
      if (entry.isEncrypted())
        throw new BarsInputError(
          `${path}!${entry.fileName}: the entry is encrypted. Unpack it first and import the file itself.`,
        );
      unpackedBytes += entry.uncompressedSize;
      if (unpackedBytes > maxUnpackedBytes)
        throw new BarsInputError(`${path}: unpacks to more than ${maxUnpackedBytes} bytes. Unpack and split it first.`);
      entries.push(entry);
    }
  } catch (error) {
    throw asDamaged(path, error);
  } finally {
    zip.close();
  }
  if (entries.length === 0) {
    throw new BarsInputError(
      `${path}: expected CSV or Parquet entries, found ${others.slice(0, 10).join(", ") || "none"}. Put the data in as .csv, .txt, .tsv or .parquet.`,
    );
  }
  return entries;
}

function isData(name: string): boolean {
  return /\.(csv|txt|tsv|parquet|pq)$/i.test(name) && !/(^|\/)(__MACOSX\/|\.)/.test(name);
}

async function* entryBytes(path: string, entry: Entry): AsyncGenerator<Uint8Array> {
  const zip = await openZip(path);
  try {
    yield* await zip.openReadStreamPromise(entry);
  } finally {
    zip.close();
  }
}

async function openZip(path: string): Promise<ZipFile> {
  try {
    return await yauzl.openPromise(path, { autoClose: false });
  } catch (error) {
    throw asDamaged(path, error);
  }
}

// yauzl throws plain errors, those of the file system have a code.
function asDamaged(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof BarsInputError || "code" in error) return error;
  return new BarsInputError(`${path}: the zip file is damaged or cut off: ${error.message}. Fetch it again.`, {
    cause: error,
  });
}
