import { resolve } from "node:path";
import { type BarsFormat, exportBars } from "../../market/export-bars.ts";
import { findSnapshot } from "../../market/find-snapshot.ts";
import { onlyInstrument } from "../../market/open-snapshot.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { assertLocal } from "../place.ts";
import { countOf, shortId, sizeText } from "../quantity-text.ts";
import { OutputError, writeFileWhole, writeStdout } from "../write-file.ts";

export type ExportBarsFlags = CloudFlags & { readonly format: BarsFormat; readonly out?: string };

/** `data export`: the bars of a snapshot as a file, or on stdout. */
export async function exportData(reference: string, flags: ExportBarsFlags, console: Console): Promise<ExitCode> {
  const { format } = flags;
  if (flags.out === "-" && console.isJson)
    throw new OutputError("--out -: expected a file with --json, because both would go to stdout. Leave one out.");
  assertLocal(
    flags,
    "data export",
    "The bars of a snapshot on AWS are those of the files it was imported from: import these here and export.",
  );
  return atHome<ExitCode>(async ({ stores }) => {
    const manifest = await findSnapshot(reference, stores.snapshots);
    const pieces = exportBars(manifest, stores.objects, format);
    if (flags.out === "-") {
      await writeStdout(pieces);
      return 0;
    }
    const isName = (await stores.snapshots.history(reference)).length > 0;
    const file = resolve(flags.out ?? `${fileNameOf(isName ? reference : shortId(manifest.snapshotId))}.${format}`);
    const sizeBytes = await writeFileWhole(file, pieces);
    const { barCount } = onlyInstrument(manifest);
    console.answer(
      { snapshotId: manifest.snapshotId, format, file, barCount, sizeBytes },
      `Wrote ${countOf(barCount, "bar")} to ${file} (${sizeText(sizeBytes)}).`,
    );
    return 0;
  });
}

function fileNameOf(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-");
}
