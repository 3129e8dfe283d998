import type { BarRows } from "./bar-rows.ts";
import { BarsInputError } from "./bars-input-error.ts";
import { type ColumnRoles, findColumnRoles } from "./column-roles.ts";
import type { ReadOptions } from "./read-options.ts";
import { type CellOptions, parseRows } from "./row-parser.ts";
import type { RowBatch, Table } from "./table-rows.ts";
import { timeReader } from "./time-reader.ts";

/** The rows of one table as columns, batch by batch; `notes` collects what a reader of the quality report should know. */
export async function* readRows(table: Table, options: ReadOptions, notes: Set<string>): AsyncGenerator<BarRows> {
  let roles: ColumnRoles | undefined;
  let parse: ((batch: RowBatch) => BarRows) | undefined;
  for await (const batch of table.batches()) {
    const firstRow = batch.rows[0];
    if (firstRow === undefined) continue;
    let bars = batch;
    if (roles === undefined) {
      roles = findColumnRoles(table, firstRow, options.columns);
      noteColumns(roles, notes);
      bars = withoutHeader(batch, roles);
    }
    if (bars.rows.length === 0) continue;
    parse ??= rowParser(table, roles, bars, { ...options, notes });
    yield parse(bars);
  }
  if (parse !== undefined) return;
  if (roles === undefined)
    throw new BarsInputError(`${table.label}: the file is empty. Give a file with a header and bars.`);
  throw new BarsInputError(
    `${table.label}: found a header (${roles.names.join(", ")}) and no rows after it. Give a file with bars.`,
  );
}

function rowParser(
  table: Table,
  roles: ColumnRoles,
  sample: RowBatch,
  options: ReadOptions & CellOptions,
): (batch: RowBatch) => BarRows {
  const readTime = timeReader(table, roles, sample, options);
  return (batch) => parseRows(table, roles, batch, readTime, options);
}

// yfinance's files go on with a row of tickers and one that names the index.
function withoutHeader(batch: RowBatch, roles: ColumnRoles): RowBatch {
  let from: number = roles.headerRows;
  const more = roles.names[0] === "Price" ? ["Ticker", "Date", "Datetime"] : [];
  while (from > 0 && more.includes(String(batch.rows[from]?.[0]))) from++;
  return from === 0 ? batch : { rows: batch.rows.slice(from), numbers: batch.numbers.slice(from) };
}

function noteColumns(roles: ColumnRoles, notes: Set<string>): void {
  if (roles.volume === undefined) notes.add("No volume column: the volume of every bar is 0.");
  const { time, timeOfDay, open, high, low, close, volume, adjustedClose } = roles;
  const used = new Set([time, timeOfDay, open, high, low, close, volume, adjustedClose]);
  const unused = roles.names.filter((name, index) => !used.has(index) && name !== "" && name !== "-");
  if (unused.length > 0) notes.add(`Columns not used: ${unused.join(", ")}.`);
}
