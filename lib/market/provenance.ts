import type { QualityReport, SnapshotSource } from "./snapshot-manifest.ts";

/** What the reading of rows found, beside the bars themselves. */
export type Readings = Pick<
  QualityReport,
  "rowsRead" | "overlapRowCount" | "filledBarCount" | "droppedRowCount" | "notes"
>;

/** Where bars came from, and when. */
export type Provenance = Readings & { readonly importedAtMs: number; readonly sources: readonly SnapshotSource[] };

/** Bars generated in code: nothing was read, filled or dropped. */
export function generatedProvenance(importedAtMs: number): Provenance {
  return {
    importedAtMs,
    sources: [],
    rowsRead: 0,
    overlapRowCount: 0,
    filledBarCount: 0,
    droppedRowCount: 0,
    notes: [],
  };
}

/** The readings of an append on top of its base's. */
export function addReadings(readings: Readings, base: Readings | undefined): Readings {
  return {
    rowsRead: readings.rowsRead + (base?.rowsRead ?? 0),
    overlapRowCount: readings.overlapRowCount + (base?.overlapRowCount ?? 0),
    filledBarCount: readings.filledBarCount + (base?.filledBarCount ?? 0),
    droppedRowCount: readings.droppedRowCount + (base?.droppedRowCount ?? 0),
    notes: [...new Set([...(base?.notes ?? []), ...readings.notes])],
  };
}
