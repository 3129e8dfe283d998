import { basename } from "node:path";
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type SchemaElement,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { BarsInputError } from "./bars-input-error.ts";
import type { Cell, RowBatch, Table } from "./table-rows.ts";

/** A Parquet file inside a gzip or zip is read into memory, up to this size. */
const maxBufferedBytes = 1024 ** 3;
const batchRows = 16_384;

/** The table of a Parquet file. */
export async function parquetTable(path: string): Promise<Table> {
  return tableOf({ label: path, fileName: basename(path) }, await asyncBufferFromFile(path));
}

/** The table of a Parquet file whose bytes come as a stream. */
export async function parquetTableOfStream(
  names: Pick<Table, "label" | "fileName">,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Table> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  for await (const piece of bytes) {
    total += piece.length;
    if (total > maxBufferedBytes)
      throw new BarsInputError(
        `${names.label}: a packed Parquet file over ${maxBufferedBytes} bytes. Unpack it first.`,
      );
    pieces.push(piece);
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return tableOf(names, { byteLength: total, slice: (start, end) => whole.buffer.slice(start, end) });
}

function tableOf(names: Pick<Table, "label" | "fileName">, file: AsyncBuffer): Table {
  return { ...names, unit: "row", batches: () => parquetBatches(names.label, file) };
}

/** The rows, one row group in memory; the names come first, as row 0. */
async function* parquetBatches(label: string, file: AsyncBuffer): AsyncGenerator<RowBatch> {
  const metadata = await readable(label, () => parquetMetadataAsync(file));
  const columns = parquetSchema(metadata)
    .children.filter((child) => child.children.length === 0)
    .map((child) => child.element);
  const names = columns.map((column) => column.name);
  yield { rows: [names], numbers: [0] };
  const scan = await readable(label, () => parquetScan({ file, metadata, columns: names, compressors }));
  for (const range of groupsOf(metadata)) {
    const values = await readable(label, () =>
      Promise.all(names.map((column) => scan.readColumn({ column, ...range }))),
    );
    const toCells = columns.map(cellReader);
    for (let from = range.rowStart; from < range.rowEnd; from += batchRows) {
      const rows: Cell[][] = [];
      const numbers: number[] = [];
      for (let row = from; row < Math.min(from + batchRows, range.rowEnd); row++) {
        rows.push(values.map((column, index) => toCells[index]?.(column[row - range.rowStart]) ?? null));
        numbers.push(row + 1);
      }
      yield { rows, numbers };
    }
  }
}

function groupsOf(metadata: FileMetaData): readonly { readonly rowStart: number; readonly rowEnd: number }[] {
  let rowStart = 0;
  return metadata.row_groups.map(({ num_rows }) => {
    const range = { rowStart, rowEnd: rowStart + Number(num_rows) };
    rowStart = range.rowEnd;
    return range;
  });
}

/** Reads a value of a column; times that Parquet marks as a date, or as not in UTC, become the text that says so. */
function cellReader({ logical_type, converted_type }: SchemaElement): (value: unknown) => Cell {
  const isDate = logical_type?.type === "DATE" || converted_type === "DATE";
  const isLocal = logical_type?.type === "TIMESTAMP" && !logical_type.isAdjustedToUTC;
  return (value) => {
    if (value === undefined || value === null) return null;
    if (value instanceof Date) {
      if (!(isDate || isLocal) || Number.isNaN(value.getTime())) return value;
      return value.toISOString().slice(0, isDate ? 10 : 23);
    }
    // pandas writes its missing numbers as NaN where the column is not nullable.
    if (typeof value === "number") return Number.isNaN(value) ? null : value;
    return typeof value === "string" || typeof value === "bigint" ? value : String(value);
  };
}

// hyparquet throws plain errors for files that it cannot read; those of the file system have a code.
async function readable<T>(label: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Error) || "code" in error) throw error;
    throw new BarsInputError(
      `${label}: cannot be read as Parquet: ${error.message}. Write it again, uncompressed or with snappy, gzip, brotli, zstd or lz4.`,
      { cause: error },
    );
  }
}
