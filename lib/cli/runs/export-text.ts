import type { ExportColumn, ExportTable, ExportValue } from "../../report/export-tables.ts";

/** The table as CSV (RFC 4180): a header, then a line a row; a time is two columns, ISO 8601 and milliseconds; null is empty. */
export async function* csvPieces({ columns, pieces }: ExportTable): AsyncGenerator<string> {
  yield `${columns.flatMap((column) => (column.type === "time" ? [isoName(column), column.name] : [column.name])).join(",")}\n`;
  for await (const rows of pieces) {
    const lines = rows.map((row) => `${columns.flatMap((column, c) => csvCells(column, row[c] ?? null)).join(",")}\n`);
    yield lines.join("");
  }
}

/** The table as one JSON array of objects; an exact decimal is a number with all its digits. */
export async function* jsonPieces({ columns, pieces }: ExportTable): AsyncGenerator<string> {
  let opening = "[\n";
  for await (const rows of pieces) {
    if (rows.length === 0) continue;
    const objects = rows.map((row) => `{${columns.map((column, c) => jsonFields(column, row[c] ?? null)).join(",")}}`);
    yield opening + objects.join(",\n");
    opening = ",\n";
  }
  yield opening === "[\n" ? "[]\n" : "\n]\n";
}

/** "timeMs" is "time" as a text, "entryTimeMs" "entryTime". */
function isoName({ name }: ExportColumn): string {
  return name.replace(/Ms$/, "");
}

function csvCells({ type }: ExportColumn, value: ExportValue): readonly string[] {
  if (type === "time") return value === null ? ["", ""] : [new Date(Number(value)).toISOString(), String(value)];
  const text = value === null ? "" : String(value);
  return [type === "text" && /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text];
}

function jsonFields(column: ExportColumn, value: ExportValue): string {
  const field = `${JSON.stringify(column.name)}:${value !== null && column.type === "decimal" ? String(value) : JSON.stringify(value)}`;
  if (column.type !== "time") return field;
  return `${JSON.stringify(isoName(column))}:${value === null ? "null" : `"${new Date(Number(value)).toISOString()}"`},${field}`;
}
