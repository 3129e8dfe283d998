import type { ExportTable } from "../../report/export-tables.ts";
import { csvPieces, jsonPieces } from "./export-text.ts";

/** The table as the pieces of a file of this format. The writer of Parquet is loaded only for it. */
export async function exportPieces(
  format: "csv" | "json" | "parquet",
  table: ExportTable,
): Promise<AsyncIterable<Uint8Array | string>> {
  switch (format) {
    case "csv":
      return csvPieces(table);
    case "json":
      return jsonPieces(table);
    case "parquet":
      return (await import("./export-parquet.ts")).parquetPieces(table);
  }
}
