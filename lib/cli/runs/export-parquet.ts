import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { parseFixed } from "../../engine/money.ts";
import type { ExportColumn, ExportTable, ExportValue } from "../../report/export-tables.ts";

/** The table as a Parquet file, a row group for each piece: decimals as DECIMAL(38, 8), times as timestamps in milliseconds UTC. */
export async function* parquetPieces({ columns, pieces }: ExportTable): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const schema: SchemaElement[] = [{ name: "root", num_children: columns.length }, ...columns.map(schemaElement)];
  const parquet = new ParquetWriter({ writer: bytes, schema });
  for await (const rows of pieces) {
    if (rows.length === 0) continue;
    const columnData = columns.map((column, c) => ({
      name: parquetName(column),
      data: rows.map((row) => parquetValue(column, row[c] ?? null)),
    }));
    await parquet.write({ columnData, rowGroupSize: rows.length });
    yield take(bytes);
  }
  await parquet.finish();
  yield take(bytes);
}

function parquetName({ name, type }: ExportColumn): string {
  return type === "time" ? name.replace(/Ms$/, "") : name;
}

function schemaElement(column: ExportColumn): SchemaElement {
  const element = { name: parquetName(column), repetition_type: "OPTIONAL" } as const;
  switch (column.type) {
    case "integer":
      return { ...element, type: "INT32" };
    case "number":
      return { ...element, type: "DOUBLE" };
    case "decimal":
      return {
        ...element,
        type: "FIXED_LEN_BYTE_ARRAY",
        type_length: 16,
        converted_type: "DECIMAL",
        precision: 38,
        scale: 8,
      };
    case "time":
      return { ...element, type: "INT64", logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" } };
    case "text":
      return { ...element, type: "BYTE_ARRAY", converted_type: "UTF8" };
  }
}

function parquetValue({ type }: ExportColumn, value: ExportValue): string | number | bigint | Date | null {
  if (value === null) return null;
  if (type === "decimal") return BigInt(parseFixed(String(value)));
  return type === "time" ? new Date(Number(value)) : value;
}

// The writer keeps its position in the file (`offset`) apart from its position in the buffer (`index`), so that the buffer can be emptied.
function take(bytes: ByteWriter): Uint8Array {
  const piece = bytes.getBytes().slice();
  bytes.index = 0;
  return piece;
}
