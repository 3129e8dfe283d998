import { createHash, type Hash } from "node:crypto";
import { formatFixed } from "../engine/money.ts";
import { type FieldValue, factFields, type RowKind } from "./fact-tables.ts";

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

  /** Adds rows in order; `read(row, field)` gives the value of a field by its position in `factFields`. */
  addRows(kind: RowKind, count: number, read: (row: number, field: number) => FieldValue): void {
    if (count === 0) return;
    const { numbers, texts } = this.#rows[kind];
    const isText = factFields[kind].map((field) => field.type === "text");
    const floats = new Float64Array(count * isText.length);
    let filled = 0;
    let lines = "";
    for (let row = 0; row < count; row++) {
      for (let f = 0; f < isText.length; f++) {
        const value = read(row, f);
        if (typeof value === "number") floats[filled++] = value + 0;
        else if (typeof value === "bigint") lines += `${formatFixed(value)}\n`;
        else if (value === null && isText[f] !== true) floats[filled++] = Number.NaN;
        else lines += value === null ? "null\n" : `${JSON.stringify(value)}\n`;
      }
    }
    numbers.update(bytesOf(floats.subarray(0, filled)));
    texts.update(lines);
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
