import { checkBars } from "./bar-checks.ts";
import { BarsInputError } from "./bars-input-error.ts";
import type { ObjectStore } from "./object-store.ts";
import { loadChunk, onlyInstrument, SnapshotDamagedError } from "./open-snapshot.ts";
import { snapshotIdOf } from "./snapshot-id.ts";
import type { SnapshotManifest } from "./snapshot-manifest.ts";

/** One thing that is wrong; `chunk` and its bars [startBar, endBar) are absent when it is the manifest. */
export type SnapshotProblem = {
  readonly message: string;
  readonly chunk?: { readonly index: number; readonly startBar: number; readonly endBar: number };
};

export type VerifyReport = {
  readonly snapshotId: string;
  readonly chunkCount: number;
  readonly barCount: number;
  readonly sizeBytes: number;
  /** Empty when the snapshot is whole. */
  readonly problems: readonly SnapshotProblem[];
};

/** Reads every chunk and checks hashes, counts, times and prices against the manifest, and the manifest against its id; changes nothing. */
export async function verifySnapshot(manifest: SnapshotManifest, objects: ObjectStore): Promise<VerifyReport> {
  const instrument = onlyInstrument(manifest);
  const problems: SnapshotProblem[] = [];
  if (snapshotIdOf(manifest) !== manifest.snapshotId) {
    problems.push({
      message: `The manifest's id is ${manifest.snapshotId}, its content has ${snapshotIdOf(manifest)}. Import the files again.`,
    });
  }
  let previousMs = instrument.firstTimeMs - 1;
  let nextBar = 0;
  for (const [index, chunk] of instrument.chunks.entries()) {
    const range = { index, startBar: chunk.startBar, endBar: chunk.startBar + chunk.barCount };
    if (chunk.startBar !== nextBar)
      problems.push({
        chunk: range,
        message: `Chunk ${index} starts at bar ${chunk.startBar}, expected ${nextBar}. Import the files again.`,
      });
    nextBar = range.endBar;
    try {
      const columns = await loadChunk(manifest, index, objects);
      checkBars(columns, previousMs, instrument.lastTimeMs, (row) => `Chunk ${index}, bar ${chunk.startBar + row}`);
      previousMs = columns.openTimeMs[chunk.barCount - 1] ?? previousMs;
    } catch (error) {
      if (!(error instanceof SnapshotDamagedError || error instanceof BarsInputError)) throw error;
      problems.push({ chunk: range, message: error.message });
    }
  }
  if (nextBar !== instrument.barCount)
    problems.push({
      message: `The chunks hold ${nextBar} bars, the manifest says ${instrument.barCount}. Import the files again.`,
    });
  return {
    snapshotId: manifest.snapshotId,
    chunkCount: instrument.chunks.length,
    barCount: instrument.barCount,
    sizeBytes: instrument.chunks.reduce((sum, chunk) => sum + chunk.sizeBytes, 0),
    problems,
  };
}
