import { z } from "@hono/zod-openapi";
import { snapshotName } from "./references.ts";
import { hash } from "./run-schemas.ts";

const timeMs = z.int().openapi({ description: "UTC milliseconds." });
const count = z.int().min(0);

export const snapshotEntrySchema = z
  .object({
    name: z.string(),
    snapshotId: hash,
    symbol: z.string(),
    timeframe: z.string(),
    currency: z.string(),
    timeZone: z.string(),
    barCount: count,
    firstTimeMs: timeMs,
    lastTimeMs: timeMs,
    chunkCount: count,
    sizeBytes: count,
    recordedAtMs: timeMs,
  })
  .openapi("Snapshot");

/** A snapshot's manifest with its name in front, as `backstitch data show --json` answers it. */
export const snapshotDocumentSchema = z
  .object({
    name: z.string().nullable(),
    format: z.int(),
    snapshotId: hash,
    chunkBars: z.int(),
    instruments: z
      .array(
        z.object({
          symbol: z.string(),
          timeframe: z.string(),
          tick: z.number().optional(),
          lot: z.number().optional(),
          currency: z.string(),
          timeZone: z.string(),
          startBar: z.int(),
          barCount: count,
          firstTimeMs: timeMs,
          lastTimeMs: timeMs,
          chunks: z.array(z.object({ hash, startBar: count, barCount: count, sizeBytes: count })).readonly(),
        }),
      )
      .readonly(),
    corporateActions: z.array(z.any()).readonly(),
    missing: z.enum(["error", "forward-fill", "drop", "interpolate", "backfill"]),
    adjust: z.enum(["none", "splits-and-dividends"]),
    importedAtMs: timeMs,
    sources: z.array(z.object({ fileName: z.string(), sha256: hash, sizeBytes: count })).readonly(),
    quality: z
      .array(
        z.object({
          symbol: z.string(),
          rowsRead: count,
          gapCount: count,
          missingBarCount: count,
          gaps: z.array(z.object({ fromMs: timeMs, toMs: timeMs, missingBars: count })).readonly(),
          overlapRowCount: count,
          filledBarCount: count,
          droppedRowCount: count,
          outlierCount: count,
          outliers: z
            .array(z.object({ openTimeMs: timeMs, kind: z.enum(["jump", "deviation"]), change: z.number() }))
            .readonly(),
          zeroVolumeBarCount: count,
          notes: z.array(z.string()).readonly(),
        }),
      )
      .readonly(),
    history: z
      .array(z.object({ name: z.string(), snapshotId: hash, recordedAtMs: timeMs }))
      .readonly()
      .openapi({ description: "The snapshots that the name meant, newest first." }),
  })
  .openapi("SnapshotDocument");

export const snapshotVerificationSchema = z
  .object({
    ok: z.boolean(),
    snapshotId: hash,
    chunkCount: count,
    barCount: count,
    sizeBytes: count,
    problems: z
      .array(
        z.object({
          message: z.string(),
          chunk: z.object({ index: count, startBar: count, endBar: count }).optional(),
        }),
      )
      .readonly(),
  })
  .openapi("SnapshotVerification");

export const beginUploadSchema = z.strictObject({
  files: z
    .array(
      z.strictObject({
        fileName: z
          .string()
          .max(200)
          .regex(/^[\p{L}\p{N}_][\p{L}\p{N} ._()+-]*$/u, { message: "expected a file's name without folders" }),
        sizeBytes: z.int().min(0).max(5_000_000_000).exactOptional(),
      }),
    )
    .min(1)
    .max(1_000)
    .openapi({ description: "CSV, Parquet, zip or gzip files that form one series." }),
});

export const begunUploadSchema = z
  .object({
    uploadId: z.string(),
    uploads: z
      .array(
        z.object({
          fileName: z.string(),
          method: z.literal("PUT"),
          url: z.string(),
          headers: z.record(z.string(), z.string()),
        }),
      )
      .readonly()
      .openapi({ description: "Where to send each file, in the order of `files`." }),
    expiresAtMs: timeMs,
  })
  .openapi("Upload");

const reading = {
  name: snapshotName.openapi({ description: "The name under which specs find it." }),
  barLabel: z.enum(["open", "close"]).default("open"),
  columns: z.array(z.string().min(1).max(100)).max(100).exactOptional(),
  timeFormat: z.enum(["MM/DD/YYYY", "DD/MM/YYYY"]).exactOptional(),
  priceScale: z.number().positive().exactOptional(),
};

export const importRequestSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("import"),
      ...reading,
      symbol: z.string().min(1).max(100),
      timeframe: z.string().min(1).max(20).openapi({ example: "1d" }),
      timeZone: z.string().min(1).max(100).default("UTC"),
      missing: z.enum(["error", "forward-fill", "drop", "interpolate", "backfill"]).default("forward-fill"),
      adjust: z.enum(["none", "splits-and-dividends"]).default("none"),
      currency: z.string().min(1).max(10).default("USD"),
      tick: z.number().positive().exactOptional(),
      lot: z.number().positive().exactOptional(),
    }),
    z.strictObject({
      kind: z.literal("append"),
      ...reading,
      timeZone: z.string().min(1).max(100).exactOptional(),
    }),
  ])
  .openapi("ImportRequest", {
    description: "`import` makes a snapshot of the files, `append` adds their bars to one.",
  });

export const importStateSchema = z
  .object({
    uploadId: z.string(),
    status: z.enum(["uploading", "running", "done", "failed"]),
    name: z.string().nullable(),
    snapshotId: hash.nullable(),
    addedBarCount: count.nullable(),
    error: z.object({ name: z.string(), message: z.string() }).nullable(),
  })
  .openapi("ImportState");
