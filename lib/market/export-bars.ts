import type { BarColumns } from "./bar-rows.ts";
import type { ObjectStore } from "./object-store.ts";
import { loadChunk, onlyInstrument } from "./open-snapshot.ts";
import type { SnapshotManifest } from "./snapshot-manifest.ts";

export type BarsFormat = "csv" | "json" | "parquet";

/**
 * The bars of a snapshot as a file, piece by piece, one chunk in memory. Times are UTC open times (ISO 8601 in CSV, `openTimeMs` in JSON, timestamps in Parquet);
 * numbers are written so that importing the file gives the same bits. Throws SnapshotDamagedError.
 */
export function exportBars(
  manifest: SnapshotManifest,
  objects: ObjectStore,
  format: BarsFormat,
): AsyncGenerator<Uint8Array> {
  const chunkCount = onlyInstrument(manifest).chunks.length;
  const chunks = async function* (): AsyncGenerator<BarColumns> {
    for (let index = 0; index < chunkCount; index++) yield await loadChunk(manifest, index, objects);
  };
  return encodeBars(chunks(), format);
}

/** The same for bars from elsewhere, in pieces of any length. */
export async function* encodeBars(pieces: AsyncIterable<BarColumns>, format: BarsFormat): AsyncGenerator<Uint8Array> {
  switch (format) {
    case "csv":
      yield* encoded(csvPieces(pieces));
      return;
    case "json":
      yield* encoded(jsonPieces(pieces));
      return;
    case "parquet": {
      const { parquetPieces } = await import("./parquet-export.ts");
      yield* parquetPieces(pieces);
      return;
    }
  }
}

async function* encoded(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const text of texts) yield encoder.encode(text);
}

async function* csvPieces(chunks: AsyncIterable<BarColumns>): AsyncGenerator<string> {
  let isFirst = true;
  for await (const { openTimeMs, open, high, low, close, volume, adjustedClose } of chunks) {
    const lines: string[] = [];
    if (isFirst) lines.push(`timestamp,open,high,low,close,volume${adjustedClose === undefined ? "" : ",adj_close"}`);
    isFirst = false;
    for (let i = 0; i < close.length; i++) {
      const line = `${isoTime(openTimeMs[i] ?? 0)},${open[i]},${high[i]},${low[i]},${close[i]},${volume[i]}`;
      lines.push(adjustedClose === undefined ? line : `${line},${adjustedClose[i]}`);
    }
    yield `${lines.join("\n")}\n`;
  }
}

async function* jsonPieces(chunks: AsyncIterable<BarColumns>): AsyncGenerator<string> {
  let opening = "[\n";
  for await (const columns of chunks) {
    const { openTimeMs, open, high, low, close, volume, adjustedClose } = columns;
    const rows: string[] = [];
    for (let i = 0; i < close.length; i++) {
      const bar = {
        openTimeMs: openTimeMs[i],
        open: open[i],
        high: high[i],
        low: low[i],
        close: close[i],
        volume: volume[i],
      };
      rows.push(JSON.stringify(adjustedClose === undefined ? bar : { ...bar, adjustedClose: adjustedClose[i] }));
    }
    yield opening + rows.join(",\n");
    opening = ",\n";
  }
  yield "\n]\n";
}

function isoTime(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.endsWith(".000Z") ? `${text.slice(0, -5)}Z` : text;
}
