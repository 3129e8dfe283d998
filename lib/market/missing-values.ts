import { type BarColumns, type BarField, type BarRows, emptyColumns } from "./bar-rows.ts";
import { BarsInputError } from "./bars-input-error.ts";
import { fillRun, type HeldRow, priceFields, type Values } from "./fill-run.ts";
import type { MissingPolicy } from "./snapshot-manifest.ts";

/** What a policy did, for the quality report. */
export type MissingCounts = { filledBarCount: number; droppedRowCount: number };

/** Rows that interpolate and backfill may hold while they wait for the next complete one. */
const maxHeldRows = 10_000;

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
