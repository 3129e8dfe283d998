import { type ImportOptions, importBars } from "../../market/import-bars.ts";
import { onlyInstrument } from "../../market/open-snapshot.ts";
import type { SnapshotManifest } from "../../market/snapshot-manifest.ts";
import type { Console, ExitCode } from "../console.ts";
import { atHome } from "../local-home.ts";
import { countOf, shortId } from "../quantity-text.ts";
import { snapshotDocument, snapshotText } from "./snapshot-text.ts";

export type ImportFlags = {
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
export function importData(files: readonly string[], flags: ImportFlags, console: Console): Promise<ExitCode> {
  const { symbol, timeframe, missing, currency, timezone: timeZone, tick, lot } = flags;
  const name = flags.name ?? `${symbol.toLowerCase()}-${timeframe}`;
  return atHome(async ({ folder, stores }) => {
    const [before] = await stores.snapshots.history(name);
    const manifest = await importBars(
      {
        files,
        symbol,
        timeframe,
        name,
        timeZone,
        missing,
        currency,
        adjust: flags.adjusted === true ? "splits-and-dividends" : "none",
        nowMs: Date.now(),
        ...(tick === undefined ? {} : { tick }),
        ...(lot === undefined ? {} : { lot }),
        ...readingOptions(flags),
      },
      stores,
    );
    const text = `${headline(manifest, name, before?.snapshotId)}\n\n${snapshotText(name, manifest)}\n\nStored in ${folder}. Use it in a spec as data: { snapshot: ${name} }, or see backstitch data show ${name}`;
    console.answer(snapshotDocument(name, manifest), text);
    return 0;
  });
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
