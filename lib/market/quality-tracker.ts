import type { BarColumns, RowPlace } from "./bar-rows.ts";
import { BarsInputError } from "./bars-input-error.ts";
import { localDay } from "./local-time.ts";
import { type BarSpan, isCalendarSpan, isWeekend, missingBarsBetween } from "./open-time.ts";
import { outliersOf } from "./outliers.ts";
import type { MissingPolicy, QualityReport } from "./snapshot-manifest.ts";

type Gap = QualityReport["gaps"][number];

const listed = 100;
const dayMs = 86_400_000;
/** A weekend with a holiday on each side; a longer hole in daily bars is refused under `--missing error`. */
const longestBreakDays = 5;

export type QualityOptions = { readonly span: BarSpan; readonly timeZone: string; readonly missing: MissingPolicy };

export type BarQuality = Pick<
  QualityReport,
  "gapCount" | "missingBarCount" | "gaps" | "outlierCount" | "outliers" | "zeroVolumeBarCount"
>;

/**
 * Watches bars that passed `checkBars` and reports holes, outliers and bars without volume. Rows that a file does not have are reported and never
 * invented; `--missing error` refuses those that are no ordinary break: within one day of the zone, or over 5 days between daily bars.
 */
export type QualityTracker = {
  /** `previousMs` is the open time of the bar before, -Infinity at the beginning. */
  watchTimes(columns: BarColumns, previousMs: number, place: RowPlace): void;
  /** Looks for outliers; called once per full (or last) chunk, so that they do not depend on the pieces in which bars arrive. */
  watchChunk(columns: BarColumns, previousClose: number): void;
  report(): BarQuality;
};

/** A tracker that goes on from the report of the bars before, when there is one. */
export function trackQuality(
  { span, timeZone, missing }: QualityOptions,
  base: QualityReport | undefined,
): QualityTracker {
  let gaps: Gap[] = [...(base?.gaps ?? [])];
  let gapCount = base?.gapCount ?? 0;
  let missingBarCount = base?.missingBarCount ?? 0;
  const outliers = [...(base?.outliers ?? [])];
  let outlierCount = base?.outlierCount ?? 0;
  let zeroVolumeBarCount = base?.zeroVolumeBarCount ?? 0;
  let weekends: "traded" | "free" = "free";
  return {
    watchTimes: (columns, previousMs, place) => {
      let lastMs = previousMs;
      for (let i = 0; i < columns.openTimeMs.length; i++) {
        const t = columns.openTimeMs[i] ?? 0;
        if (columns.volume[i] === 0) zeroVolumeBarCount++;
        if (weekends === "free" && isWeekend(t)) weekends = "traded";
        if (t - lastMs > span.ms * 1.5 && lastMs > Number.NEGATIVE_INFINITY) {
          const missingBars = missingBarsBetween(lastMs, t, span, weekends);
          if (missingBars > 0) {
            if (missing === "error")
              refuseHole(lastMs, t, missingBars, { span, timeZone, place: () => place(i, "openTimeMs") });
            gapCount++;
            missingBarCount += missingBars;
            gaps.push({ fromMs: lastMs, toMs: t, missingBars });
            if (gaps.length >= 4 * listed) gaps = largest(gaps);
          }
        }
        lastMs = t;
      }
    },
    watchChunk: (columns, previousClose) => {
      for (const outlier of outliersOf(columns, previousClose)) {
        outlierCount++;
        if (outliers.length < listed) outliers.push(outlier);
      }
    },
    report: () => ({
      gapCount,
      missingBarCount,
      gaps: largest(gaps).sort((a, b) => a.fromMs - b.fromMs),
      outlierCount,
      outliers,
      zeroVolumeBarCount,
    }),
  };
}

function largest(gaps: readonly Gap[]): Gap[] {
  return [...gaps].sort((a, b) => b.missingBars - a.missingBars || a.fromMs - b.fromMs).slice(0, listed);
}

type HoleContext = { readonly span: BarSpan; readonly timeZone: string; readonly place: () => string };

function refuseHole(fromMs: number, toMs: number, missingBars: number, { span, timeZone, place }: HoleContext): void {
  const ordinary = isCalendarSpan(span)
    ? span.ms === dayMs && toMs - fromMs <= longestBreakDays * dayMs
    : localDay(timeZone, fromMs) !== localDay(timeZone, toMs);
  if (ordinary) return;
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  throw new BarsInputError(
    `${place()}: ${missingBars} bars of ${span.timeframe} are missing between ${from} and ${to}. Add them, or use another --missing policy, which reports such gaps and goes on.`,
  );
}
