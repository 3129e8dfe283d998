import { type Fixed, formatFixed } from "../engine/money.ts";
import { factFields, type RowKind } from "../run/fact-tables.ts";
import type { PartRows } from "../run/parts.ts";

/** A fact by its fields; amounts and quantities are exact decimal texts. */
export type FactRecord = { readonly [field: string]: string | number | null };

/** The rows of a part as records, one after another. */
export function* readFacts(kind: RowKind, rows: PartRows): Generator<FactRecord> {
  const fields = factFields[kind];
  for (let row = 0; row < rows.count; row++) {
    yield Object.fromEntries(
      fields.map(({ name, type }, f) => {
        const value = rows.valueOf(row, f);
        return [
          name,
          type === "fixed" && value !== null ? formatFixed(value as Fixed) : (value as string | number | null),
        ];
      }),
    );
  }
}
