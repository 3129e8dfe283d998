import type { JsonValue } from "../engine/json.ts";
import type { ObjectStore } from "../market/object-store.ts";
import { TableDigest, type TableRow } from "./sweep-digest.ts";
import { putDocument } from "./sweep-objects.ts";
import type { FailedLane, TableReference } from "./sweep-result.ts";
import { failureCategory, failuresByCategory } from "./sweep-status.ts";
import type { WindowLane } from "./window-lanes.ts";

/** Failed rows that the answer names; the table has all. */
const mostFailuresNamed = 100;

/** The table of a sweep, written window by window. */
export class SweepTable {
  readonly references: TableReference[] = [];
  readonly failedLanes: FailedLane[] = [];
  readonly #objects: ObjectStore;
  readonly #digest = new TableDigest();
  readonly #failures: { name: string; message: string }[] = [];
  #writing: Promise<unknown> = Promise.resolve();
  rows = 0;

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  get failedRows(): number {
    return this.#failures.length;
  }

  /** Adds the lanes of the next window, range after range, by their numbers. */
  async addWindow(window: number, rangeCount: number, lanes: readonly WindowLane[]): Promise<void> {
    const byNumber = lanes.toSorted((a, b) => a.lane - b.lane);
    for (let range = 0; range < rangeCount; range++) {
      const rows = byNumber.map((lane) => tableRow(window, range, lane));
      for (const row of rows) {
        this.#digest.add(row);
        if ("failure" in row) this.#noteFailure(row);
      }
      this.rows += rows.length;
      const place = { window, range, rows: rows.length };
      // One piece is written while the next is read.
      await this.#writing;
      this.#writing = putDocument(rows, this.#objects).then((hash) => this.references.push({ ...place, hash }));
      // Who waits for it next is told of a failure; until then it must not end the process.
      this.#writing.catch(() => undefined);
    }
  }

  #noteFailure({ window, lane, params, failure }: Extract<TableRow, { readonly failure: string }>): void {
    if (this.failedLanes.length < mostFailuresNamed) this.failedLanes.push({ window, lane, params, failure });
    const colon = failure.indexOf(": ");
    const name = failure.slice(0, Math.max(0, colon));
    // A name that says what kind it is counts more than the words of the message.
    const message = failureCategory(name, "") === "unknown" ? failure.slice(colon + 1).trim() : "";
    this.#failures.push({ name, message });
  }

  /** Ends the table: its digest, and its failures by category. */
  async finish(): Promise<{ readonly digest: string; readonly failures: { readonly [category: string]: number } }> {
    await this.#writing;
    return { digest: this.#digest.finish(), failures: failuresByCategory(this.#failures) };
  }
}

function tableRow(window: number, range: number, { lane, params, ranges }: WindowLane): TableRow {
  const outcome = ranges[range];
  const place = { window, range, lane, params };
  if (outcome === undefined || "failure" in outcome)
    return { ...place, failure: outcome?.failure ?? "It has no result." };
  return { ...place, metrics: outcome.result.metrics as unknown as JsonValue };
}
