import type { BarColumns } from "./bar-rows.ts";
import type { QualityReport } from "./snapshot-manifest.ts";

/** The changes from close to close that are over one half, or over 10 median absolute deviations from the median of these bars. */
export function outliersOf(columns: BarColumns, previousClose: number): QualityReport["outliers"] {
  const { openTimeMs, close } = columns;
  const changes = new Float64Array(close.length);
  let last = previousClose;
  for (let i = 0; i < close.length; i++) {
    const value = close[i] ?? Number.NaN;
    changes[i] = last > 0 ? value / last - 1 : 0;
    last = value;
  }
  const median = medianOf(changes);
  const deviation = medianOf(changes.map((change) => Math.abs(change - median)));
  const found: QualityReport["outliers"][number][] = [];
  for (let i = 0; i < changes.length; i++) {
    const change = changes[i] ?? 0;
    const jump = change > 0.5 || change < -0.5;
    // Where most bars do not move at all the deviation is zero and says nothing.
    if (!jump && (deviation === 0 || Math.abs(change - median) <= 10 * deviation)) continue;
    found.push({ openTimeMs: openTimeMs[i] ?? 0, kind: jump ? "jump" : "deviation", change });
  }
  return found;
}

function medianOf(values: Float64Array): number {
  if (values.length === 0) return 0;
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
