import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { csvBatches } from "./csv-rows.ts";
import type { Table } from "./table-rows.ts";

/** The tables in a file. */
export async function openTables(path: string): Promise<readonly Table[]> {
  const bytes = (): AsyncIterable<Uint8Array> => createReadStream(path, { highWaterMark: 1 << 20 });
  return [{ label: path, fileName: basename(path), unit: "line", batches: () => csvBatches(bytes(), path) }];
}
