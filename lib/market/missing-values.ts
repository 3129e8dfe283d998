import { type BarColumns, type BarField, type BarRows, emptyColumns } from "./bar-rows.ts";
import { BarsInputError } from "./bars-input-error.ts";
import type { MissingPolicy } from "./snapshot-manifest.ts";

/** A bar of which some values may be missing (NaN). */
type Values = { -readonly [field in Exclude<BarField, "adjustedClose">]: number } & { adjustedClose?: number };

type HeldRow = { readonly values: Values; readonly rows: BarRows; readonly index: number };

/** What a policy did, for the quality report. */
export type MissingCounts = { filledBarCount: number; droppedRowCount: number };

/** Rows that interpolate and backfill may hold while they wait for the next complete one. */
const maxHeldRows = 10_000;

const priceFields = ["open", "high", "low", "close"] as const;

/**
 * Fills or refuses missing values (NaN) in a stream of rows; the bars that come out have none.
 *
 * A row without a close becomes a whole bar at the filled close with volume 0: the previous close (`forward-fill`), the next one (`backfill`, which looks
 * ahead) or between them by row (`interpolate`). In a row with a close, each missing price is filled from its own column in the same way; a missing volume is 0.
 * `drop` leaves out every row with a missing value. `error` refuses them all with their count per column, at the end. A gap at the
 * beginning, or for backfill and interpolate at the end, cannot be filled and is refused.
 */
export function fillMissing(policy: MissingPolicy, previous: BarColumns | undefined): MissingFilter {
  const counts: MissingCounts = { filledBarCount: 0, droppedRowCount: 0 };
  let before =
    previous === undefined || previous.close.length === 0 ? undefined : valuesAt(previous, previous.close.length - 1);
  let held: HeldRow[] = [];
  const missingByColumn = new Map<BarField, { count: number; readonly firstPlace: string }>();

  const fillHeld = (after: Values | undefined): readonly HeldRow[] => {
    const filled = fillRun(policy, held, before, after);
    counts.filledBarCount += filled.length;
    held = [];
    return filled;
  };

  const take = (row: HeldRow): readonly HeldRow[] => {
    const missing = missingFields(row.values);
    if (missing.length === 0) {
      const out = held.length === 0 ? [row] : [...fillHeld(row.values), row];
      before = row.values;
      return out;
    }
    switch (policy) {
      case "error":
        for (const field of missing) {
          const entry = missingByColumn.get(field) ?? { count: 0, firstPlace: row.rows.place(row.index, field) };
          entry.count++;
          missingByColumn.set(field, entry);
        }
        return [];
      case "drop":
        counts.droppedRowCount++;
        return [];
      case "forward-fill": {
        held.push(row);
        const out = fillHeld(undefined);
        before = out[0]?.values ?? before;
        return out;
      }
      case "interpolate":
      case "backfill":
        held.push(row);
        if (held.length > maxHeldRows) {
          throw new BarsInputError(
            `${place(held[0])}: found more than ${maxHeldRows} rows in a row with missing values, too many for --missing ${policy}. Use --missing drop.`,
          );
        }
        return [];
    }
  };

  return {
    counts,
    push: (rows) => {
      if (!rows.hasMissing && held.length === 0) {
        if (rows.close.length > 0) before = valuesAt(rows, rows.close.length - 1);
        // After a first missing value under `error` nothing more is stored; the rest is read for the count.
        return missingByColumn.size === 0 ? rows : toRows([], rows);
      }
      const out: HeldRow[] = [];
      for (let index = 0; index < rows.close.length; index++)
        out.push(...take({ values: valuesAt(rows, index), rows, index }));
      return toRows(missingByColumn.size === 0 ? out : [], rows);
    },
    end: () => {
      if (missingByColumn.size > 0) throw refusal(missingByColumn);
      const last = held.at(-1)?.rows;
      return last === undefined ? undefined : toRows(fillHeld(undefined), last);
    },
  };
}

export type MissingFilter = {
  readonly counts: Readonly<MissingCounts>;
  push(rows: BarRows): BarRows;
  /** The rows still held back, at the end of the stream. */
  end(): BarRows | undefined;
};

/** Fills one run of incomplete rows between two complete ones, column by column. */
function fillRun(
  policy: MissingPolicy,
  run: readonly HeldRow[],
  before: Values | undefined,
  after: Values | undefined,
): readonly HeldRow[] {
  const filled = run.map((row) => ({ ...row, values: { ...row.values } }));
  for (const field of [...priceFields, "adjustedClose"] as const) {
    if (run[0]?.values[field] === undefined) continue;
    const known = [
      before?.[field] ?? Number.NaN,
      ...run.map((row) => row.values[field] ?? Number.NaN),
      after?.[field] ?? Number.NaN,
    ];
    for (const [index, row] of filled.entries()) {
      if (!Number.isNaN(row.values[field])) continue;
      const value = filledValue(policy, known, index + 1);
      if (Number.isNaN(value)) throw unfillable(policy, row, field);
      row.values[field] = value;
    }
  }
  for (const [index, row] of filled.entries()) {
    if (Number.isNaN(run[index]?.values.close)) {
      const { close } = row.values;
      Object.assign(row.values, { open: close, high: close, low: close, volume: 0 });
    } else if (Number.isNaN(row.values.volume)) row.values.volume = 0;
  }
  return filled;
}

/** The value at `index` of a column whose missing ones are NaN, by position; NaN when it has no neighbour to take it from. */
function filledValue(policy: MissingPolicy, known: readonly number[], index: number): number {
  let [from, to] = [index - 1, index + 1];
  while (from > 0 && Number.isNaN(known[from])) from--;
  while (to < known.length - 1 && Number.isNaN(known[to])) to++;
  const [earlier, later] = [known[from] ?? Number.NaN, known[to] ?? Number.NaN];
  if (policy === "forward-fill") return earlier;
  if (policy === "backfill") return later;
  return earlier + ((later - earlier) * (index - from)) / (to - from);
}

function missingFields(values: Values): readonly BarField[] {
  const fields: BarField[] = [];
  for (const field of [...priceFields, "volume", "adjustedClose"] as const)
    if (Number.isNaN(values[field])) fields.push(field);
  return fields;
}

function valuesAt(columns: BarColumns, index: number): Values {
  const at = (column: Float64Array): number => column[index] ?? Number.NaN;
  const { openTimeMs, open, high, low, close, volume, adjustedClose } = columns;
  const values = {
    openTimeMs: at(openTimeMs),
    open: at(open),
    high: at(high),
    low: at(low),
    close: at(close),
    volume: at(volume),
  };
  return adjustedClose === undefined ? values : { ...values, adjustedClose: at(adjustedClose) };
}

function toRows(held: readonly HeldRow[], like: BarRows): BarRows {
  const columns = emptyColumns(held.length, like.adjustedClose === undefined ? "plain" : "with-adjusted-close");
  for (const [index, { values }] of held.entries()) {
    columns.openTimeMs[index] = values.openTimeMs;
    for (const field of [...priceFields, "volume"] as const) columns[field][index] = values[field];
    if (columns.adjustedClose !== undefined) columns.adjustedClose[index] = values.adjustedClose ?? Number.NaN;
  }
  return {
    ...columns,
    hasMissing: false,
    place: (index, field) => {
      const row = held[index];
      return row === undefined ? like.place(index, field) : row.rows.place(row.index, field);
    },
  };
}

function place(row: HeldRow | undefined, field?: BarField): string {
  return row === undefined ? "" : row.rows.place(row.index, field);
}

function unfillable(policy: MissingPolicy, row: HeldRow, field: BarField): BarsInputError {
  const side = policy === "forward-fill" ? "before" : policy === "backfill" ? "after" : "on one side of";
  return new BarsInputError(
    `${place(row, field)}: the value is missing and there is none ${side} it to fill it from (--missing ${policy}). Use --missing drop, or complete the row.`,
  );
}

function refusal(
  missing: ReadonlyMap<BarField, { readonly count: number; readonly firstPlace: string }>,
): BarsInputError {
  const counts = [...missing].map(
    ([field, { count }]) => `${field.charAt(0).toUpperCase()}${field.slice(1)}: ${count}`,
  );
  const first = [...missing.values()][0]?.firstPlace ?? "";
  return new BarsInputError(
    `Missing values, ${counts.join(", ")} (first: ${first}). Complete them, or choose how to fill them: --missing forward-fill, interpolate, backfill or drop.`,
  );
}
