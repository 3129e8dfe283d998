import type { BarField, BarRows } from "./bar-rows.ts";
import { BarsInputError } from "./bars-input-error.ts";
import type { MissingPolicy } from "./snapshot-manifest.ts";

/** A bar of which some values may be missing (NaN). */
export type Values = { -readonly [field in Exclude<BarField, "adjustedClose">]: number } & { adjustedClose?: number };

/** A row with its values and where it came from. */
export type HeldRow = { readonly values: Values; readonly rows: BarRows; readonly index: number };

export const priceFields = ["open", "high", "low", "close"] as const;

/** Fills one run of incomplete rows between two complete ones, column by column. */
export function fillRun(
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

function unfillable(policy: MissingPolicy, row: HeldRow, field: BarField): BarsInputError {
  const side = policy === "forward-fill" ? "before" : policy === "backfill" ? "after" : "on one side of";
  return new BarsInputError(
    `${row.rows.place(row.index, field)}: the value is missing and there is none ${side} it to fill it from (--missing ${policy}). Use --missing drop, or complete the row.`,
  );
}
