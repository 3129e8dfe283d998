import type { SnapshotManifest } from "../../lib/market/snapshot-manifest.ts";

/** A manifest of one instrument with so many chunks, each of which takes about 120 bytes. */
export function manifestOf(chunkCount: number): SnapshotManifest {
  const chunks = Array.from({ length: chunkCount }, (_, index) => ({
    hash: index.toString(16).padStart(64, "0"),
    startBar: index * 65_536,
    barCount: 65_536,
    sizeBytes: 3_145_728,
  }));
  const instrument = { symbol: "EURUSD", timeframe: "1m", currency: "USD", timeZone: "UTC", startBar: 0 } as const;
  const times = { barCount: chunkCount * 65_536, firstTimeMs: 0, lastTimeMs: 60_000 * (chunkCount * 65_536 - 1) };
  return {
    format: 1,
    snapshotId: "a".repeat(64),
    chunkBars: 65_536,
    instruments: [{ ...instrument, ...times, chunks }],
    corporateActions: [],
    missing: "error",
    adjust: "none",
    importedAtMs: 1_000,
    sources: [{ fileName: "eurusd.csv", sha256: "0".repeat(64), sizeBytes: 512 }],
    quality: [quality],
  };
}

const quality = {
  symbol: "EURUSD",
  rowsRead: 10,
  gapCount: 0,
  missingBarCount: 0,
  gaps: [],
  overlapRowCount: 0,
  filledBarCount: 0,
  droppedRowCount: 0,
  outlierCount: 0,
  outliers: [],
  zeroVolumeBarCount: 0,
  notes: [],
} as const;
