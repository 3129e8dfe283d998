import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Bars } from "../../lib/engine/bars.ts";
import { type ImportOptions, importBars, type SnapshotStores } from "../../lib/market/import-bars.ts";
import { openSnapshot } from "../../lib/market/open-snapshot.ts";
import type { SnapshotManifest } from "../../lib/market/snapshot-manifest.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";

const folder = mkdtempSync(join(tmpdir(), "market-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let fileCount = 0;

/** Writes a file of its own folder and returns its path. */
export function fileWith(content: string | Uint8Array, name = "bars.csv"): string {
  const path = join(mkdtempSync(join(folder, `${fileCount++}-`)), name);
  writeFileSync(path, content);
  return path;
}

/** Options for daily bars named "x"; whatever a test is about it overrides. */
export function importOptions(changes: Partial<ImportOptions> & Pick<ImportOptions, "files">): ImportOptions {
  return {
    symbol: "X",
    timeframe: "1d",
    name: "x",
    timeZone: "UTC",
    barLabel: "open",
    missing: "forward-fill",
    adjust: "none",
    nowMs: Date.UTC(2026, 0, 1),
    currency: "USD",
    ...changes,
  };
}

export type Imported = { readonly manifest: SnapshotManifest; readonly bars: Bars; readonly stores: SnapshotStores };

/** Imports one file and reads all its bars back. */
export async function importFile(path: string, changes: Partial<ImportOptions> = {}): Promise<Imported> {
  const stores = await openMemoryStores();
  const manifest = await importBars(importOptions({ files: [path], ...changes }), stores);
  const snapshot = openSnapshot(manifest, stores.objects);
  return { manifest, bars: await snapshot.read(0, snapshot.barCount), stores };
}

/** Imports the text of a CSV. */
export function importText(text: string, changes: Partial<ImportOptions> = {}): Promise<Imported> {
  return importFile(fileWith(text), changes);
}

/** The message with which an import of this text is refused, with the file's path written as FILE. */
export async function refusal(text: string, changes: Partial<ImportOptions> = {}): Promise<string> {
  const path = fileWith(text);
  try {
    await importFile(path, changes);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "BarsInputError") throw error;
    return error.message.replaceAll(path, "FILE");
  }
  return "accepted";
}

/** Open times as ISO text. */
export function times(bars: Bars): readonly string[] {
  return Array.from(bars.openTimeMs, (ms) => new Date(ms).toISOString().replace(":00.000Z", "Z"));
}

/** An import into local stores, for tests that damage a chunk's file. */
export type ImportedOnDisk = Omit<Imported, "bars"> & { readonly options: ImportOptions; readonly chunkPath: string };
