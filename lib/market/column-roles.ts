import { BarsInputError } from "./bars-input-error.ts";
import type { Cell, Table } from "./table-rows.ts";

/** Which column of a table holds what, as indexes into its rows; names for messages. */
export type ColumnRoles = {
  readonly time: number;
  /** Where the date and the time of day stand in two columns: the one with the time of day. */
  readonly timeOfDay?: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume?: number;
  readonly adjustedClose?: number;
  /** The name of every column: the header's, or the role it was given. */
  readonly names: readonly string[];
  /** Rows before the first bar: 1 with a header, else 0. */
  readonly headerRows: 0 | 1;
};

// Spellings after `plainName`, the preferred one first where a file may have several of a role.
const spellings = {
  time: [
    "timestamp",
    "datetime",
    "opentime",
    "dateandtime",
    "unix",
    "unixtimestamp",
    "ts",
    "tsevent",
    "gmttime",
    "utctime",
    "timeutc",
    "dateutc",
    "datetimeutc",
    "localtime",
    "t",
    "date",
    "time",
    "day",
  ],
  timeOfDay: ["time", "timeofday", "hour"],
  open: ["open", "o", "openprice", "openingprice"],
  high: ["high", "h", "highprice", "max"],
  low: ["low", "l", "lowprice", "min"],
  close: ["close", "c", "closeprice", "closingprice", "closelast", "last"],
  volume: ["volume", "v", "vol", "totalvolume", "tickvolume", "tickvol"],
  adjustedClose: ["adjclose", "adjustedclose", "closeadj", "closeadjusted"],
} as const;

type Role = keyof typeof spellings;

const binanceKline = ["time", "open", "high", "low", "close", "volume", "", "", "", "", "", ""];
const plainLayout = ["time", "open", "high", "low", "close", "volume"];

/**
 * Finds the columns from the first row: by its names when it is a header, by `columns` (names in order, an unknown one is left out)
 * when given, or by a known layout without header (Binance klines, LEAN). Throws BarsInputError naming what was found.
 */
export function findColumnRoles(
  table: Table,
  firstRow: readonly Cell[],
  columns: readonly string[] | undefined,
): ColumnRoles {
  const file = table.label;
  const header = looksLikeHeader(firstRow) ? firstRow.map((cell) => String(cell ?? "").trim()) : undefined;
  const given = columns ?? header ?? layoutWithoutHeader(table, firstRow);
  if (columns !== undefined && firstRow.length < columns.length) {
    throw new BarsInputError(
      `${file}: --columns names ${columns.length} columns, the first row has ${firstRow.length}: ${quoted(firstRow)}. Name the columns in the order of the file.`,
    );
  }
  // Columns after those that --columns names are left out.
  const unnamed = Array.from({ length: Math.max(0, firstRow.length - given.length) }, () => "-");
  return rolesByName(file, [...given, ...unnamed], header === undefined ? 0 : 1);
}

/** A name without case, spaces, punctuation, angle brackets and "1. " in front, as headers are compared. */
export function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/^\d+\.\s*/, "")
    .replaceAll(/[^a-z0-9]/g, "");
}

function looksLikeHeader(row: readonly Cell[]): boolean {
  const known = new Set<string>(Object.values(spellings).flat());
  const texts = row.map((cell) => String(cell ?? "").trim());
  if (texts.some((text) => /^<?[a-z]/i.test(text) && known.has(plainName(text)))) return true;
  return texts.every((text) => text === "" || !/\d/.test(text) || /^[a-z_<]/i.test(text));
}

function layoutWithoutHeader({ label, fileName }: Table, row: readonly Cell[]): readonly string[] {
  const texts = row.map((cell) => String(cell ?? "").trim());
  const first = texts[0] ?? "";
  if (texts.length === 12 && /^\d{13,16}$/.test(first)) return binanceKline;
  if (texts.length === 6 && (/^\d{8} \d{2}:\d{2}$/.test(first) || /^\d{8}[_.-]/.test(fileName))) return plainLayout;
  throw new BarsInputError(
    `${label} line 1: expected a header with the names of the columns, found ${quoted(row)}. Add one, or name the columns in order: --columns time,open,high,low,close,volume`,
  );
}

function rolesByName(file: string, names: readonly string[], headerRows: 0 | 1): ColumnRoles {
  const plain = names.map(plainName);
  const find = (role: Role): number | undefined => {
    for (const spelling of spellings[role]) {
      const index = plain.indexOf(spelling);
      if (index === -1) continue;
      if (plain.indexOf(spelling, index + 1) !== -1) {
        throw new BarsInputError(
          `${file}: found two columns named "${names[index]}". Rename one, or name the columns in order with --columns.`,
        );
      }
      return index;
    }
    return undefined;
  };
  // pandas writes an index without a name as an empty first cell, and yfinance's two-level columns under "Price".
  const time =
    find("time") ??
    (names[0] === "" || plain[0] === "index" || plain[0] === "indexlevel0" || names[0] === "Price" ? 0 : undefined);
  const timeOfDay = isDateColumn(plain[time ?? -1]) ? find("timeOfDay") : undefined;
  const [open, high, low, close] = [find("open"), find("high"), find("low"), find("close")];
  if (time === undefined || open === undefined || high === undefined || low === undefined || close === undefined) {
    throw missingColumns(file, names, { time, open, high, low, close });
  }
  const volume = find("volume");
  const adjustedClose = find("adjustedClose");
  return {
    time,
    open,
    high,
    low,
    close,
    ...(timeOfDay === undefined ? {} : { timeOfDay }),
    ...(volume === undefined ? {} : { volume }),
    ...(adjustedClose === undefined ? {} : { adjustedClose }),
    names,
    headerRows,
  };
}

function isDateColumn(name: string | undefined): boolean {
  return name === "date" || name === "day";
}

function missingColumns(
  file: string,
  names: readonly string[],
  found: { readonly [role: string]: number | undefined },
): BarsInputError {
  const missing = Object.keys(found).filter((role) => found[role] === undefined);
  const quotes = names.some((name) => /^(bid|ask)/i.test(name.trim()))
    ? " These are bid and ask quotes: choose one side by naming the columns in order, for example --columns time,open,high,low,close,-,-,-,-"
    : " Rename them in the header, or name the columns in order: --columns time,open,high,low,close,volume";
  return new BarsInputError(
    `${file}: expected columns for time, open, high, low and close, found ${quoted(names)}: missing ${missing.join(", ")}.${quotes}`,
  );
}

function quoted(cells: readonly Cell[]): string {
  const shown = cells.slice(0, 16).map((cell) => `"${String(cell ?? "").slice(0, 40)}"`);
  return shown.join(", ") + (cells.length > 16 ? ", …" : "");
}
