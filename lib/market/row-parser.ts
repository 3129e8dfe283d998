import { type BarColumns, type BarField, type BarRows, emptyColumns, sliceColumns } from "./bar-rows.ts";
import { BarsInputError } from "./bars-input-error.ts";
import type { ColumnRoles } from "./column-roles.ts";
import type { PriceAdjustment } from "./snapshot-manifest.ts";
import type { Cell, RowBatch, Table } from "./table-rows.ts";
import type { TimeReader } from "./time-reader.ts";

export type CellOptions = {
  /** Multiplies every price: 0.0001 for LEAN's deci-cents. */
  readonly priceScale: number;
  readonly adjust: PriceAdjustment;
  /** Collects what a reader of the quality report should know. */
  readonly notes: Set<string>;
};

/** Turns the cells of a batch into columns; missing values become NaN. Throws BarsInputError naming file, line and column. */
export function parseRows(
  table: Table,
  roles: ColumnRoles,
  batch: RowBatch,
  readTime: TimeReader,
  options: CellOptions,
): BarRows {
  const place = placeIn(table, roles, batch);
  const columns = emptyColumns(batch.rows.length, roles.adjustedClose === undefined ? "plain" : "with-adjusted-close");
  const width = roles.names.length;
  let index = 0;
  const placeOfTime = (): string => place(index, "openTimeMs");
  const read = (row: readonly Cell[], at: number, field: BarField): number => {
    const value = readNumber(row[at] ?? null);
    return typeof value === "number" ? value : refuse(place(index, field), value.problem);
  };
  for (const row of batch.rows) {
    if (row.length !== width && !isPaddedTo(width, row)) {
      refuse(place(index), `expected ${width} cells as in the first row, found ${row.length}. Correct the row.`);
    }
    columns.openTimeMs[index] = readTime(row, placeOfTime);
    columns.open[index] = read(row, roles.open, "open");
    columns.high[index] = read(row, roles.high, "high");
    columns.low[index] = read(row, roles.low, "low");
    columns.close[index] = read(row, roles.close, "close");
    if (roles.volume !== undefined) columns.volume[index] = read(row, roles.volume, "volume");
    if (roles.adjustedClose !== undefined && columns.adjustedClose !== undefined) {
      columns.adjustedClose[index] = read(row, roles.adjustedClose, "adjustedClose");
    }
    index++;
  }
  scalePrices(columns, options.priceScale);
  if (options.adjust === "splits-and-dividends") adjustPrices(columns, table);
  widenRounded(columns, options.notes);
  return { ...columns, place, hasMissing: hasNaN(columns) };
}

/** The rows [from, to) with their places. */
export function sliceRows(rows: BarRows, from: number, to: number): BarRows {
  return {
    ...sliceColumns(rows, from, to),
    place: (index, field) => rows.place(from + index, field),
    hasMissing: rows.hasMissing,
  };
}

function placeIn(table: Table, roles: ColumnRoles, batch: RowBatch): BarRows["place"] {
  return (index, field) => {
    const row = `${table.label} ${table.unit} ${batch.numbers[index]}`;
    if (field === undefined) return row;
    const role = field === "openTimeMs" ? roles.time : roles[field];
    if (role === undefined) return `${row}, ${field}`;
    const name = roles.names[role];
    return name === "" ? `${row}, column ${role + 1}` : `${row}, column "${name}"`;
  };
}

// A trailing delimiter gives one empty cell more; an unfinished last line gives fewer and is refused.
function isPaddedTo(width: number, row: readonly Cell[]): boolean {
  return row.length > width && row.slice(width).every((cell) => cell === null || cell === "");
}

type Problem = { readonly problem: string };

const missingTexts = new Set(["", "null", "Null", "NULL", "NA", "N/A", "n/a", "#N/A", "None"]);

/** The number in a cell, NaN when the cell is empty or says that the value is missing. */
function readNumber(cell: Cell): number | Problem {
  if (cell === null) return Number.NaN;
  if (typeof cell !== "string") {
    const value = Number(cell);
    return cell instanceof Date || !Number.isFinite(value) ? notANumber(String(cell)) : value;
  }
  const value = Number(cell);
  if (value !== 0 && Number.isFinite(value) && !/^\s*0[xXbBoO]/.test(cell)) return value;
  const text = cell.trim();
  if (missingTexts.has(text)) return Number.NaN;
  return value === 0 && /^[+-]?[\d.]/.test(text) && !/^0[xXbBoO]/.test(text) ? 0 : notANumber(text);
}

function notANumber(text: string): Problem {
  const found = `expected a number, found "${text.slice(0, 60)}".`;
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text))
    return { problem: `${found} Write it without thousands separators: ${text.replaceAll(",", "")}` };
  if (/^[+-]?\d+,\d+$/.test(text))
    return { problem: `${found} Write it with a decimal point: ${text.replace(",", ".")}` };
  if (/^[+-]?(nan|inf(inity)?)$/i.test(text))
    return {
      problem: `${found} Leave the cell empty to have it filled by the --missing policy, or correct the value.`,
    };
  if (/^[$€£¥]/.test(text)) return { problem: `${found} Write it without the currency sign.` };
  return { problem: `${found} Correct the value, or leave the cell empty to have it filled by the --missing policy.` };
}

function refuse(place: string, problem: string): never {
  throw new BarsInputError(`${place}: ${problem}`);
}

// Dividing by 10,000 gives the nearest float64 of a price in deci-cents; multiplying by 0.0001 does not.
function scalePrices(columns: BarColumns, scale: number): void {
  if (scale === 1) return;
  const divisor = Math.round(1 / scale);
  const divides = Math.abs(1 / divisor - scale) <= Number.EPSILON * scale;
  for (const column of [columns.open, columns.high, columns.low, columns.close, columns.adjustedClose]) {
    if (column === undefined) continue;
    for (let i = 0; i < column.length; i++) {
      const value = column[i] ?? Number.NaN;
      column[i] = divides ? value / divisor : value * scale;
    }
  }
}

/** Scales a bar by adjusted close / close. */
function adjustPrices(columns: BarColumns, table: Table): void {
  const { open, high, low, close, adjustedClose } = columns;
  if (adjustedClose === undefined) {
    throw new BarsInputError(
      `${table.label}: --adjusted needs a column with the adjusted close ("Adj Close"), found none. Leave --adjusted out, or add the column.`,
    );
  }
  for (let i = 0; i < close.length; i++) {
    const adjusted = adjustedClose[i] ?? Number.NaN;
    const factor = adjusted / (close[i] ?? Number.NaN);
    for (const column of [open, high, low]) column[i] = (column[i] ?? Number.NaN) * factor;
    close[i] = adjusted;
  }
}

/** Two prices that differ by less than this part of them are the same price after other roundings. */
const roundingPart = 1e-9;

/** Widens highs and lows that only rounding (an adjustment, a change of units) has put inside open or close; larger differences stay, to be refused. */
function widenRounded({ open, high, low, close }: BarColumns, notes: Set<string>): void {
  for (let i = 0; i < close.length; i++) {
    const [o, h, l, c] = [open[i] ?? 0, high[i] ?? 0, low[i] ?? 0, close[i] ?? 0];
    const [top, bottom] = [Math.max(o, c), Math.min(o, c)];
    if (!(h < top || l > bottom)) continue;
    if (h < top && h > top * (1 - roundingPart)) high[i] = top;
    if (l > bottom && l < bottom * (1 + roundingPart)) low[i] = bottom;
    if (high[i] !== h || low[i] !== l)
      notes.add("Highs or lows that lay inside open or close by less than 1e-9 of the price were widened.");
  }
}

function hasNaN(columns: BarColumns): boolean {
  const { open, high, low, close, volume, adjustedClose } = columns;
  for (let i = 0; i < close.length; i++) {
    const sum =
      (open[i] ?? 0) + (high[i] ?? 0) + (low[i] ?? 0) + (close[i] ?? 0) + (volume[i] ?? 0) + (adjustedClose?.[i] ?? 0);
    if (Number.isNaN(sum)) return true;
  }
  return false;
}
