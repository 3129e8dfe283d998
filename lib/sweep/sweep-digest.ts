import { createHash } from "node:crypto";
import { canonicalJson } from "../engine/canonical-json.ts";
import { engineVersion } from "../engine/engine-version.ts";
import type { JsonValue } from "../engine/json.ts";
import type { RegimeThresholds } from "./regimes.ts";

/** One row of a sweep's table: a lane in a window, in the order of windows, ranges and lanes. A failed lane has its reason instead of metrics. */
export type TableRow = {
  readonly window: number;
  readonly range: number;
  readonly lane: number;
  readonly params: JsonValue;
} & ({ readonly metrics: JsonValue } | { readonly failure: string });

/** SHA-256 of the engine version and the canonical JSON of every row, line by line: it grows row by row and holds no table. */
export class TableDigest {
  readonly #hash = createHash("sha256").update(`${canonicalJson({ engineVersion })}\n`);
  #before: TableRow | undefined;

  /** Adds the next row. Throws RangeError when rows do not come in their order, which would give the same table another digest. */
  add(row: TableRow): void {
    if (this.#before !== undefined && !follows(this.#before, row)) {
      throw new RangeError(
        `Row ${placeOf(row)} (window, range, lane) of a sweep's table came after ${placeOf(this.#before)}.`,
      );
    }
    this.#before = row;
    this.#hash.update(`${canonicalJson(row as unknown as JsonValue)}\n`);
  }

  /** The digest in hex. Ends the digest. */
  finish(): string {
    return this.#hash.digest("hex");
  }
}

function follows(a: TableRow, b: TableRow): boolean {
  return (a.window - b.window || a.range - b.range || a.lane - b.lane) < 0;
}

function placeOf({ window, range, lane }: TableRow): string {
  return `${window}, ${range}, ${lane}`;
}

/**
 * SHA-256 of what a sweep's answer follows from: the digest of its table, the winners of each window and the result digests of their runs out of
 * sample, and the thresholds by which the record is told apart.
 */
export function sweepResultDigest(answer: {
  readonly table: string;
  readonly windows: readonly { readonly winners: readonly number[]; readonly outOfSample: readonly string[] }[];
  readonly regimes: RegimeThresholds;
}): string {
  return createHash("sha256")
    .update(canonicalJson(answer as unknown as JsonValue))
    .digest("hex");
}
