import { resolve } from "node:path";
import { type BarsFormat, encodeBars, exportBars } from "../../market/export-bars.ts";
import { findSnapshot } from "../../market/find-snapshot.ts";
import { onlyInstrument } from "../../market/open-snapshot.ts";
import type { SnapshotManifest } from "../../market/snapshot-manifest.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { countOf, shortId, sizeText } from "../quantity-text.ts";
import { OutputError, writeFileWhole, writeStdout } from "../write-file.ts";

export type ExportBarsFlags = CloudFlags & { readonly format: BarsFormat; readonly out?: string };

/** `data export`: the bars of a snapshot as a file, or on stdout. */
export async function exportData(reference: string, flags: ExportBarsFlags, console: Console): Promise<ExitCode> {
  const { format } = flags;
  if (flags.out === "-" && console.isJson)
    throw new OutputError("--out -: expected a file with --json, because both would go to stdout. Leave one out.");
  const written = await atPlace<Written | undefined>(flags, {
    local: async ({ stores: { snapshots, objects } }) => {
      const manifest = await findSnapshot(reference, snapshots);
      const isName = (await snapshots.history(reference)).length > 0;
      const name = isName ? reference : shortId(manifest.snapshotId);
      return writeBars(name, manifest, exportBars(manifest, objects, format), flags);
    },
    cloud: async ({ snapshots }) => {
      const { name, history: _, ...manifest } = await snapshots.get(reference);
      const bars = encodeBars(snapshots.bars(reference), format);
      return writeBars(name ?? shortId(manifest.snapshotId), manifest, bars, flags);
    },
  });
  if (written === undefined) return 0;
  const { barCount, file, sizeBytes } = written;
  console.answer(written, `Wrote ${countOf(barCount, "bar")} to ${file} (${sizeText(sizeBytes)}).`);
  return 0;
}

type Written = {
  readonly snapshotId: string;
  readonly format: BarsFormat;
  readonly file: string;
  readonly barCount: number;
  readonly sizeBytes: number;
};

/** Undefined when they went to stdout. */
async function writeBars(
  name: string,
  manifest: SnapshotManifest,
  bars: AsyncIterable<Uint8Array>,
  { format, out }: ExportBarsFlags,
): Promise<Written | undefined> {
  if (out === "-") {
    await writeStdout(bars);
    return undefined;
  }
  const file = resolve(out ?? `${fileNameOf(name)}.${format}`);
  const sizeBytes = await writeFileWhole(file, bars);
  return { snapshotId: manifest.snapshotId, format, file, barCount: onlyInstrument(manifest).barCount, sizeBytes };
}

function fileNameOf(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-");
}
