import { createHash, type Hash } from "node:crypto";
import { formatFixed } from "../engine/money.ts";
import { factFields, type FieldValue, type RowKind } from "./fact-tables.ts";

/**
 * Digest of one lane's facts as streams: equity points, and rows of each kind. However the facts were cut into parts, the same facts give the
 * same digest. Numbers are hashed as float64 in little-endian order (null as NaN, -0 as 0), texts and amounts beyond 2⁵³ as JSON lines.
 */
export class FactDigest {
  readonly #equity = createHash("sha256");
  readonly #rows: { readonly [kind in RowKind]: { readonly numbers: Hash; readonly texts: Hash } } = {
    fills: newRowHashes(),
    trades: newRowHashes(),
    orders: newRowHashes(),
  };

  addEquity(equity: Float64Array): void {
    this.#equity.update(bytesOf(equity));
  }

  /** Adds rows in order; `valueOf(row, field)` gives the value of a field by its position in `factFields`. */
  addRows(kind: RowKind, count: number, valueOf: (row: number, field: number) => FieldValue): void {
    if (count === 0) return;
    const { numbers, texts } = this.#rows[kind];
    const fields = factFields[kind];
    const floats: number[] = [];
    const lines: string[] = [];
    for (let row = 0; row < count; row++) {
      for (let f = 0; f < fields.length; f++) {
        const value = valueOf(row, f);
        if (typeof value === "number") floats.push(value + 0);
        else if (typeof value === "bigint") lines.push(formatFixed(value));
        else if (value === null && fields[f]?.type !== "text") floats.push(Number.NaN);
        else lines.push(JSON.stringify(value));
      }
    }
    numbers.update(bytesOf(Float64Array.from(floats)));
    texts.update(`${lines.join("\n")}\n`);
  }

  /** The digests in hex, by stream. Ends the digest. */
  finish(): { readonly [stream: string]: string } {
    const rows = Object.entries(this.#rows).flatMap(([kind, { numbers, texts }]) => [
      [`${kind}.numbers`, numbers.digest("hex")],
      [`${kind}.texts`, texts.digest("hex")],
    ]);
    return { equity: this.#equity.digest("hex"), ...Object.fromEntries(rows) };
  }
}

function newRowHashes(): { numbers: Hash; texts: Hash } {
  return { numbers: createHash("sha256"), texts: createHash("sha256") };
}

function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
