/** The length of a bar as the spec writes it: a count and a unit, "1m", "5m", "4h", "1d", "1w", "1M" (month). */
export type Timeframe = string;

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/**
 * The nominal length of a timeframe in milliseconds. A month ("M") counts as 30 days; it is used only to find gaps.
 * Returns undefined for text that is not a timeframe.
 */
export function timeframeMs(timeframe: Timeframe): number | undefined {
  const match = /^([1-9]\d{0,3})([smhdwM])$/.exec(timeframe);
  if (match === null) return undefined;
  const [, count, unit] = match;
  return Number(count) * (unit === "M" ? 30 * unitMs.d : unitMs[unit as keyof typeof unitMs]);
}
