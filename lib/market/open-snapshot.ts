import assert from "node:assert/strict";
import type { Bars } from "../engine/bars.ts";
import { type BarColumns, copyColumns, emptyColumns, sliceColumns } from "./bar-rows.ts";
import { decodeChunk } from "./chunk-codec.ts";
import { CorruptObjectError, MissingObjectError, type ObjectStore } from "./object-store.ts";
import type { SnapshotChunk, SnapshotInstrument, SnapshotManifest } from "./snapshot-manifest.ts";

/** A snapshot whose stored bars are missing or not what the manifest says. The store's own error is the cause. */
export class SnapshotDamagedError extends Error {
  override readonly name = "SnapshotDamagedError";
}

/** A snapshot opened for reading. */
export type Snapshot = {
  readonly manifest: SnapshotManifest;
  /** Bars in the snapshot: reads are within [0, barCount). */
  readonly barCount: number;
  /**
   * The bars [startBar, endBar), from only the chunks that hold them: views on the chunk's memory when it is one, which must not be written to.
   * Throws SnapshotDamagedError naming chunk and bars when a chunk is missing, truncated or changed.
   */
  read(startBar: number, endBar: number): Promise<Bars>;
  /** Begins to load the chunk that holds this bar, for a read to come; a fault is thrown by that read. */
  expect(bar: number): void;
  /** All columns of chunk `index`, with adjusted closes when the snapshot has them; throws like `read`. */
  readChunk(index: number): Promise<BarColumns>;
};

/** Decoded chunks kept: a run reads forward, and its lanes share one reader. */
const keptChunks = 4;

/** Opens a snapshot of one instrument; reads nothing yet. */
export function openSnapshot(manifest: SnapshotManifest, objects: ObjectStore): Snapshot {
  const instrument = onlyInstrument(manifest);
  const decoded = new Map<number, Promise<BarColumns>>();

  const readChunk = (index: number): Promise<BarColumns> => {
    const kept = decoded.get(index);
    const chunk = kept ?? loadChunk(manifest, index, objects);
    // Taken out and put in again, a chunk is the newest; the oldest is the first.
    decoded.delete(index);
    decoded.set(index, chunk);
    if (kept === undefined) chunk.catch(() => decoded.delete(index));
    if (decoded.size > keptChunks)
      for (const oldest of [...decoded.keys()].slice(0, -keptChunks)) decoded.delete(oldest);
    return chunk;
  };

  return {
    manifest,
    barCount: instrument.barCount,
    readChunk,
    expect: (bar) => {
      readChunk(Math.floor(bar / manifest.chunkBars)).catch(() => undefined);
    },
    read: async (startBar, endBar) => {
      assert(
        startBar >= 0 && startBar <= endBar && endBar <= instrument.barCount,
        `bars [${startBar}, ${endBar}) of ${instrument.barCount}`,
      );
      const first = Math.floor(startBar / manifest.chunkBars);
      const last = Math.max(first, Math.ceil(endBar / manifest.chunkBars) - 1);
      if (startBar === endBar) return asBars(emptyColumns(0, "plain"), startBar);
      if (first === last) {
        const offset = first * manifest.chunkBars;
        return asBars(sliceColumns(await readChunk(first), startBar - offset, endBar - offset), startBar);
      }
      const whole = emptyColumns(endBar - startBar, "plain");
      for (let index = first; index <= last; index++) {
        const offset = index * manifest.chunkBars;
        const chunk = await readChunk(index);
        const from = Math.max(startBar - offset, 0);
        copyColumns(
          sliceColumns(chunk, from, Math.min(endBar - offset, chunk.close.length)),
          whole,
          offset + from - startBar,
        );
      }
      return asBars(whole, startBar);
    },
  };
}

/** The instrument of a snapshot; this version writes one per snapshot. */
export function onlyInstrument(manifest: SnapshotManifest): SnapshotInstrument {
  const [instrument, ...others] = manifest.instruments;
  assert(
    instrument !== undefined && others.length === 0,
    `snapshot ${manifest.snapshotId} has ${manifest.instruments.length} instruments`,
  );
  return instrument;
}

/** Reads and checks one chunk, without keeping it; throws SnapshotDamagedError. */
export async function loadChunk(manifest: SnapshotManifest, index: number, objects: ObjectStore): Promise<BarColumns> {
  const chunk = onlyInstrument(manifest).chunks[index];
  assert(chunk !== undefined, `chunk ${index} of snapshot ${manifest.snapshotId}`);
  let bytes: Uint8Array;
  try {
    bytes = await objects.get("chunks", chunk.hash);
  } catch (error) {
    if (!(error instanceof MissingObjectError || error instanceof CorruptObjectError)) throw error;
    throw damaged(manifest, index, chunk, error);
  }
  // The hash held, so that what does not decode was stored so: by another version, or not by this project.
  const columns = decodeChunk(bytes, chunk.barCount);
  if (columns === undefined)
    throw damaged(
      manifest,
      index,
      chunk,
      new Error(`Expected ${chunk.barCount} bars in Arrow IPC, found something else.`),
    );
  return columns;
}

function damaged(
  manifest: SnapshotManifest,
  index: number,
  { startBar, barCount }: SnapshotChunk,
  cause: Error,
): SnapshotDamagedError {
  const id = manifest.snapshotId.slice(0, 12);
  return new SnapshotDamagedError(
    `Snapshot ${id}, chunk ${index} (bars ${startBar} to ${startBar + barCount - 1}): ${cause.message} See what else is affected with "backstitch data verify ${id}", and import the same files again: that puts the chunk back.`,
    { cause },
  );
}

function asBars({ openTimeMs, open, high, low, close, volume }: BarColumns, startBar: number): Bars {
  return { startBar, openTimeMs, open, high, low, close, volume };
}
