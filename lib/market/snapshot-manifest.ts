import { z } from "zod";

/** The manifest format this version writes; older ones are upgraded on load, newer ones are refused. */
export const manifestFormat = 1;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const openTimeMs = z.int();

const chunk = z.strictObject({ hash, startBar: count, barCount: z.int().min(1), sizeBytes: count }).readonly();

const instrument = z
  .strictObject({
    symbol: z.string().min(1),
    timeframe: z.string(),
    /** Smallest price step, and smallest quantity step; absent when the import did not state them. */
    tick: z.number().positive().exactOptional(),
    lot: z.number().positive().exactOptional(),
    currency: z.string(),
    /** The IANA zone of the exchange; bars are in UTC whatever it says. */
    timeZone: z.string(),
    startBar: z.literal(0),
    barCount: z.int().min(1),
    firstTimeMs: openTimeMs,
    lastTimeMs: openTimeMs,
    chunks: z.array(chunk).min(1).readonly(),
  })
  .readonly();

const source = z.strictObject({ fileName: z.string(), sha256: hash, sizeBytes: count }).readonly();

const gap = z
  .strictObject({
    /** Open times of the bars before and after the hole. */
    fromMs: openTimeMs,
    toMs: openTimeMs,
    missingBars: count,
  })
  .readonly();

const outlier = z
  .strictObject({
    openTimeMs,
    /** `jump`: the close moved by more than half; `deviation`: by more than 10 median absolute deviations of its chunk. */
    kind: z.enum(["jump", "deviation"]),
    /** close / previous close - 1. */
    change: z.number(),
  })
  .readonly();

/** What an import noticed in one instrument's bars; lists hold the first 100, the counts beside them all. */
const quality = z
  .strictObject({
    symbol: z.string(),
    rowsRead: count,
    gapCount: count,
    missingBarCount: count,
    gaps: z.array(gap).readonly(),
    /** Rows that an append found stored already, with the same values. */
    overlapRowCount: count,
    /** Bars in which the missing-data policy filled at least one value. */
    filledBarCount: count,
    droppedRowCount: count,
    outlierCount: count,
    outliers: z.array(outlier).readonly(),
    zeroVolumeBarCount: count,
    notes: z.array(z.string()).readonly(),
  })
  .readonly();

const manifest = z
  .strictObject({
    format: z.literal(manifestFormat),
    snapshotId: hash,
    /** Bars in every chunk but an instrument's last. */
    chunkBars: z.int().min(1),
    instruments: z.array(instrument).min(1).readonly(),
    /** Splits and dividends by instrument. Always empty in this format: imports carry bars only. */
    corporateActions: z.array(z.never()).readonly(),
    missing: z.enum(["error", "forward-fill", "drop", "interpolate", "backfill"]),
    adjust: z.enum(["none", "splits-and-dividends"]),
    // From here on where the bars came from, which is not part of the id.
    importedAtMs: z.int(),
    sources: z.array(source).readonly(),
    quality: z.array(quality).min(1).readonly(),
  })
  .readonly();

/**
 * What a snapshot consists of: instruments with their chunks in the object store (kind "chunks"), and where the bars came from.
 * `snapshotId` is the SHA-256 of the canonical JSON of everything but itself, `importedAtMs`, `sources` and `quality`: the
 * same bars imported from other files, at another time or under another name have the same id.
 */
export type SnapshotManifest = z.infer<typeof manifest>;
export type SnapshotInstrument = SnapshotManifest["instruments"][number];
export type SnapshotChunk = SnapshotInstrument["chunks"][number];
export type SnapshotSource = SnapshotManifest["sources"][number];
export type QualityReport = SnapshotManifest["quality"][number];
export type MissingPolicy = SnapshotManifest["missing"];
export type PriceAdjustment = SnapshotManifest["adjust"];

/** A stored manifest that this version cannot read. */
export class SnapshotFormatError extends Error {
  override readonly name = "SnapshotFormatError";
}

/** The manifest as a catalog stores it. */
export function encodeManifest(value: SnapshotManifest): string {
  return JSON.stringify(value);
}

/** The manifest from stored text; throws SnapshotFormatError naming the field when it is not one, or of a newer format. */
export function decodeManifest(text: string): SnapshotManifest {
  const parsed = z.json().safeParse(parseJson(text));
  const value = parsed.success ? parsed.data : undefined;
  const format = z.object({ format: z.int() }).safeParse(value);
  if (format.success && format.data.format > manifestFormat) {
    throw new SnapshotFormatError(
      `Snapshot manifest: expected format ${manifestFormat} or older, found ${format.data.format}. Use a newer backstitch, or import the data again with this one.`,
    );
  }
  const decoded = manifest.safeParse(value);
  if (decoded.success) return decoded.data;
  throw new SnapshotFormatError(
    `Snapshot manifest is damaged: ${z.prettifyError(decoded.error).replaceAll("\n", " ")}. Import the data again.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SnapshotFormatError("Snapshot manifest is damaged: expected JSON. Import the data again.", {
      cause: error,
    });
  }
}
