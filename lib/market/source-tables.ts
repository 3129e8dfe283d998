import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { csvTable, tableOfStream } from "./stream-table.ts";
import type { Table } from "./table-rows.ts";
import { boundedBytes } from "./unpacked-bytes.ts";

/** The tables in a file, told by its first bytes: a CSV or Parquet file, either in gzip, or the data entries of a zip. Throws BarsInputError. */
export async function openTables(path: string): Promise<readonly Table[]> {
  // The readers of zip and Parquet are loaded where they are needed: they take longer than most files of bars.
  const magic = await firstBytes(path);
  const names = { label: path, fileName: basename(path) };
  if (magic.subarray(0, 2).toString("latin1") === "PK") return (await import("./zip-tables.ts")).zipTables(path);
  if (magic.subarray(0, 4).toString("latin1") === "PAR1")
    return [await (await import("./parquet-rows.ts")).parquetTable(path)];
  if (magic[0] === 0x1f && magic[1] === 0x8b)
    return [await tableOfStream({ ...names, fileName: names.fileName.replace(/\.gz$/i, "") }, () => unzipped(path))];
  return [csvTable(names, () => createReadStream(path, { highWaterMark }))];
}

const highWaterMark = 1 << 18;

function unzipped(path: string): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: highWaterMark });
  // An error of either stream destroys the last one, so that it reaches the one who reads.
  pipeline(createReadStream(path), gunzip, () => undefined);
  return boundedBytes(gunzip, path, "gzip");
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
