import { type Timeframe, timeframeMs } from "../engine/timeframe.ts";

/** Where the bar of `timeframe` that holds a moment begins, and where the next one does, in UTC milliseconds. */
export type Period = { readonly startMs: number; readonly endMs: number };

// Weeks begin on Monday; 1970-01-05 was one.
const mondayMs = 4 * 86_400_000;

/**
 * The period that holds `timeMs`: seconds, minutes, hours and days are counted from 1970-01-01T00:00Z, weeks from a Monday, months by the
 * calendar. `timeframe` must be one.
 */
export function periodAt(timeMs: number, timeframe: Timeframe): Period {
  const lengthMs = Number(timeframeMs(timeframe));
  const count = Number.parseInt(timeframe, 10);
  if (timeframe.endsWith("M")) {
    const date = new Date(timeMs);
    const month = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
    const first = month - (((month % count) + count) % count);
    return { startMs: Date.UTC(1970, first, 1), endMs: Date.UTC(1970, first + count, 1) };
  }
  const offsetMs = timeframe.endsWith("w") ? mondayMs : 0;
  const startMs = Math.floor((timeMs - offsetMs) / lengthMs) * lengthMs + offsetMs;
  return { startMs, endMs: startMs + lengthMs };
}
