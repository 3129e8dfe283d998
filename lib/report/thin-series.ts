import type { TimedSeries } from "../sweep/parity.ts";

/** A point of a curve. */
export type TimedPoint = { readonly timeMs: number; readonly value: number };

/** The first, the last, the lowest and the highest. */
const keptOfBucket = 4;

/** At most about `limit` points of a curve, in order: all of them, or of every stretch its ends and extremes. */
export function thinSeries({ timeMs, value }: TimedSeries, limit: number): TimedPoint[] {
  const count = value.length;
  const size = count <= limit ? 1 : Math.ceil((count * keptOfBucket) / limit);
  const points: TimedPoint[] = [];
  for (let start = 0; start < count; start += size) {
    const end = Math.min(count, start + size);
    let [low, high] = [start, start];
    for (let i = start; i < end; i++) {
      if ((value[i] as number) < (value[low] as number)) low = i;
      if ((value[i] as number) > (value[high] as number)) high = i;
    }
    for (const i of [...new Set([start, low, high, end - 1])].sort((a, b) => a - b))
      points.push({ timeMs: timeMs[i] as number, value: value[i] as number });
  }
  return points;
}
