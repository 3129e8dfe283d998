import { csvBatches } from "./csv-rows.ts";
import type { Table } from "./table-rows.ts";

type TableNames = Pick<Table, "label" | "fileName">;

/** A CSV or Parquet table from bytes that can only be read forward. */
export async function tableOfStream(names: TableNames, bytes: () => AsyncIterable<Uint8Array>): Promise<Table> {
  for await (const piece of bytes()) {
    const isParquet = new TextDecoder("latin1").decode(piece.subarray(0, 4)) === "PAR1";
    if (!isParquet) break;
    const { parquetTableOfStream } = await import("./parquet-rows.ts");
    return parquetTableOfStream(names, bytes());
  }
  return csvTable(names, bytes);
}

/** A CSV table; its bytes are asked for again with every reading. */
export function csvTable(names: TableNames, bytes: () => AsyncIterable<Uint8Array>): Table {
  return { ...names, unit: "line", batches: () => csvBatches(bytes(), names.label) };
}
