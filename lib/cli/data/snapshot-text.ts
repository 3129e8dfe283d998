import { onlyInstrument } from "../../market/open-snapshot.ts";
import type { QualityReport, SnapshotInstrument, SnapshotManifest } from "../../market/snapshot-manifest.ts";
import { countOf, countText, percentText, sizeText, timeText } from "../quantity-text.ts";
import { nameList } from "../text-table.ts";

/** A snapshot as scripts read it: its manifest with the name in front. */
export function snapshotDocument(name: string | null, manifest: SnapshotManifest): object {
  return { name, ...manifest };
}

/** What a person wants to know about a snapshot: what it holds, and what the import noticed. */
export function snapshotText(name: string | null, manifest: SnapshotManifest): string {
  const instrument = onlyInstrument(manifest);
  const quality = manifest.quality[0];
  return nameList([
    name === null ? undefined : ["Name", name],
    ["Id", manifest.snapshotId],
    ["Instrument", instrumentText(instrument)],
    [
      "Bars",
      `${countText(instrument.barCount)}, ${timeText(instrument.firstTimeMs)} to ${timeText(instrument.lastTimeMs)}`,
    ],
    ["Stored", `${sizeText(chunkBytes(instrument))} in ${countOf(instrument.chunks.length, "chunk")}`],
    ["Missing data", manifest.missing],
    ["Prices", manifest.adjust === "none" ? "as in the files" : "adjusted for splits and dividends"],
    ["Sources", manifest.sources.map(({ fileName, sizeBytes }) => `${fileName} (${sizeText(sizeBytes)})`).join("\n")],
    quality === undefined ? undefined : ["Quality", qualityLines(quality).join("\n")],
  ]);
}

export function chunkBytes(instrument: SnapshotInstrument): number {
  return instrument.chunks.reduce((sum, chunk) => sum + chunk.sizeBytes, 0);
}

function instrumentText({ symbol, timeframe, timeZone, currency, tick, lot }: SnapshotInstrument): string {
  const steps = [tick === undefined ? [] : [`tick ${tick}`], lot === undefined ? [] : [`lot ${lot}`]].flat();
  return [`${symbol}, bars of ${timeframe}`, currency, `files in ${timeZone}`, ...steps].join(", ");
}

/** One line for everything that the import noticed, with the first few places. */
function qualityLines(quality: QualityReport): readonly string[] {
  const {
    gapCount,
    missingBarCount,
    outlierCount,
    filledBarCount,
    droppedRowCount,
    zeroVolumeBarCount,
    overlapRowCount,
  } = quality;
  const lines = [`${countOf(quality.rowsRead, "row")} read`];
  if (gapCount > 0) {
    lines.push(
      `${countOf(gapCount, "gap")} (${countOf(missingBarCount, "bar")} missing): ${few(
        quality.gaps.map(({ fromMs, toMs }) => `${timeText(fromMs)} to ${timeText(toMs)}`),
        gapCount,
      )}`,
    );
  }
  if (outlierCount > 0) {
    const places = quality.outliers.map(({ openTimeMs, change }) => `${timeText(openTimeMs)} (${percentText(change)})`);
    lines.push(`${countOf(outlierCount, "outlier")}: ${few(places, outlierCount)}`);
  }
  if (filledBarCount > 0) lines.push(`${countOf(filledBarCount, "bar")} with filled values`);
  if (droppedRowCount > 0) lines.push(`${countOf(droppedRowCount, "row")} dropped`);
  if (zeroVolumeBarCount > 0) lines.push(`${countOf(zeroVolumeBarCount, "bar")} without volume`);
  if (overlapRowCount > 0) lines.push(`${countOf(overlapRowCount, "row")} were stored already`);
  return [...lines, ...quality.notes];
}

function few(places: readonly string[], count: number): string {
  const shown = places.slice(0, 3).join(", ");
  return count > 3 ? `${shown}, …` : shown;
}
