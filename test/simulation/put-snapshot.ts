import { type BarColumns, sliceColumns } from "../../lib/market/bar-rows.ts";
import { encodeChunk } from "../../lib/market/chunk-codec.ts";
import { onlyInstrument } from "../../lib/market/open-snapshot.ts";
import { generatedProvenance } from "../../lib/market/provenance.ts";
import { withSnapshotId } from "../../lib/market/snapshot-id.ts";
import type { SnapshotManifest } from "../../lib/market/snapshot-manifest.ts";
import { snapshotWriter } from "../../lib/market/snapshot-writer.ts";
import type { RunStores } from "../../lib/run/opened-run.ts";

export type SnapshotOptions = { readonly name: string; readonly timeframe: string; readonly chunkBars: number };

/** Stores the bars under a name, in chunks of any size: the writer's own, cut again. */
export async function putSnapshot(
  bars: BarColumns,
  { name, timeframe, chunkBars }: SnapshotOptions,
  stores: RunStores,
): Promise<SnapshotManifest> {
  const instrument = { symbol: "X", timeframe, timeZone: "UTC", currency: "USD" };
  const writer = snapshotWriter({ instrument, missing: "forward-fill", adjust: "none", nowMs: 1e13 }, stores.objects);
  await writer.write(bars);
  const { snapshotId: _, ...written } = await writer.finish(generatedProvenance(0));
  const chunks = [];
  for (let startBar = 0; startBar < bars.close.length; startBar += chunkBars) {
    const chunk = sliceColumns(bars, startBar, Math.min(startBar + chunkBars, bars.close.length));
    const bytes = encodeChunk(chunk);
    chunks.push({
      hash: await stores.objects.put("chunks", bytes),
      startBar,
      barCount: chunk.close.length,
      sizeBytes: bytes.length,
    });
  }
  const instruments = [{ ...onlyInstrument({ ...written, snapshotId: "" }), chunks }];
  const manifest = withSnapshotId({ ...written, chunkBars, instruments });
  await stores.snapshots.put({ name, recordedAtMs: 0, manifest });
  return manifest;
}
