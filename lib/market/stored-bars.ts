import { type BarColumns, type BarField, type BarRows, barFields } from "./bar-rows.ts";
import { BarsInputError } from "./bars-input-error.ts";
import { onlyInstrument, type Snapshot } from "./open-snapshot.ts";

/** Compares rows with the bars a snapshot has stored, in ascending order of time. */
export type StoredBars = {
  /** Throws BarsInputError for a row that is not stored, or stored with another value. */
  check(rows: BarRows): Promise<void>;
};

export function storedBars(snapshot: Snapshot): StoredBars {
  let chunk: BarColumns | undefined;
  let previousMs = Number.NEGATIVE_INFINITY;
  return {
    check: async (rows) => {
      for (let i = 0; i < rows.openTimeMs.length; i++) {
        const t = rows.openTimeMs[i] ?? Number.NaN;
        const time = new Date(t).toISOString();
        if (t <= previousMs)
          throw new BarsInputError(
            `${rows.place(i, "openTimeMs")}: expected a time after ${new Date(previousMs).toISOString()}, found ${time}. Sort the rows by time, without repeats.`,
          );
        previousMs = t;
        if (chunk === undefined || !(t >= (chunk.openTimeMs[0] ?? 0) && t <= (chunk.openTimeMs.at(-1) ?? 0)))
          chunk = await chunkAt(snapshot, t);
        const at = lowerBound(chunk.openTimeMs, t);
        if (chunk.openTimeMs[at] !== t) {
          throw new BarsInputError(
            `${rows.place(i)}: the bar at ${time} lies before the end of the snapshot and is not in it. An append only adds later bars: import the whole series again.`,
          );
        }
        compare(rows, i, chunk, at);
      }
    },
  };
}

function compare(rows: BarRows, i: number, chunk: BarColumns, at: number): void {
  const fields: readonly BarField[] =
    chunk.adjustedClose === undefined && rows.adjustedClose === undefined ? barFields : [...barFields, "adjustedClose"];
  for (const field of fields) {
    const [expected, found] = [chunk[field]?.[at], rows[field]?.[i]];
    if (expected === found) continue;
    throw new BarsInputError(
      `${rows.place(i, field)}: expected ${expected ?? "none"} as stored for this bar, found ${found ?? "none"}. The source has restated it: import the whole series again, or append only later rows.`,
    );
  }
}

/** The chunk that holds, or would hold, the bar at this time. */
async function chunkAt(snapshot: Snapshot, t: number): Promise<BarColumns> {
  let [low, high] = [0, onlyInstrument(snapshot.manifest).chunks.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const { openTimeMs } = await snapshot.readChunk(middle);
    if ((openTimeMs[0] ?? 0) <= t) low = middle;
    else high = middle - 1;
  }
  return snapshot.readChunk(low);
}

/** The index of the first value that is not below `wanted`. */
function lowerBound(sorted: Float64Array, wanted: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
