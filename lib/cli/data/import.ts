import { type ImportOptions, importBars } from "../../market/import-bars.ts";
import { onlyInstrument } from "../../market/open-snapshot.ts";
import type { SnapshotManifest } from "../../market/snapshot-manifest.ts";
import type { CloudFlags } from "../cloud-flags.ts";
import type { Console, ExitCode } from "../console.ts";
import { atPlace } from "../place.ts";
import { countOf, shortId } from "../quantity-text.ts";
import { snapshotDocument, snapshotText } from "./snapshot-text.ts";
import { uploadBars } from "./upload-bars.ts";

export type ImportFlags = CloudFlags & {
  readonly symbol: string;
  readonly timeframe: string;
  readonly name?: string;
  readonly missing: ImportOptions["missing"];
  readonly adjusted?: boolean;
  readonly currency: string;
  readonly tick?: number;
  readonly lot?: number;
  readonly timezone: string;
} & ReadingFlags;

/** The flags that say how files are to be understood. */
export type ReadingFlags = {
  readonly barLabel: ImportOptions["barLabel"];
  readonly columns?: readonly string[];
  readonly timeFormat?: NonNullable<ImportOptions["timeFormat"]>;
  readonly priceScale?: number;
};

/** `data import`: files become a snapshot under a name. */
export async function importData(files: readonly string[], flags: ImportFlags, console: Console): Promise<ExitCode> {
  const options = importOptions(flags);
  const { name } = options;
  const { manifest, before, where } = await atPlace<Imported>(flags, {
    local: async ({ folder, stores }) => {
      const [earlier] = await stores.snapshots.history(name);
      const imported = await importBars({ files, ...options, nowMs: Date.now() }, stores);
      return { manifest: imported, before: earlier?.snapshotId, where: folder };
    },
    cloud: async ({ snapshots, url }) => {
      const earlier = await snapshots.find(name);
      await uploadBars(files, { kind: "import", ...options }, snapshots, console);
      const { name: _, history: _h, ...imported } = await snapshots.get(name);
      return { manifest: imported, before: earlier?.snapshotId, where: url };
    },
  });
  const use = `Use it in a spec as data: { snapshot: ${name} }, or see ${console.hint(`backstitch data show ${name}`)}`;
  const text = `${headline(manifest, name, before)}\n\n${snapshotText(name, manifest)}\n\nStored in ${where}. ${use}`;
  console.answer(snapshotDocument(name, manifest), text);
  return 0;
}

type Imported = {
  readonly manifest: SnapshotManifest;
  /** What the name meant before. */
  readonly before: string | undefined;
  readonly where: string;
};

function importOptions(flags: ImportFlags): Omit<ImportOptions, "files" | "nowMs"> {
  const { symbol, timeframe, missing, currency, timezone: timeZone, tick, lot } = flags;
  return {
    symbol,
    timeframe,
    name: flags.name ?? `${symbol.toLowerCase()}-${timeframe}`,
    timeZone,
    missing,
    currency,
    adjust: flags.adjusted === true ? "splits-and-dividends" : "none",
    ...(tick === undefined ? {} : { tick }),
    ...(lot === undefined ? {} : { lot }),
    ...readingOptions(flags),
  };
}

export function readingOptions({ barLabel, columns, timeFormat, priceScale }: ReadingFlags): ReadingOptions {
  return {
    barLabel,
    ...(columns === undefined ? {} : { columns }),
    ...(timeFormat === undefined ? {} : { timeFormat }),
    ...(priceScale === undefined ? {} : { priceScale }),
  };
}

type ReadingOptions = Pick<ImportOptions, "barLabel" | "columns" | "timeFormat" | "priceScale">;

function headline(manifest: SnapshotManifest, name: string, before: string | undefined): string {
  const done = `Imported ${countOf(onlyInstrument(manifest).barCount, "bar")} as snapshot "${name}".`;
  if (before === undefined) return done;
  if (before === manifest.snapshotId) return `${done} These bars were imported before: nothing changed.`;
  return `${done} The name meant ${shortId(before)} before, which stays available under its id.`;
}
