import { type Timeframe, timeframeMs } from "../engine/timeframe.ts";
import { BarsInputError } from "./bars-input-error.ts";

/** Which end of a bar the times in a file name. */
export type BarLabel = "open" | "close";

const dayMs = 86_400_000;

/** A timeframe that was checked: its text, nominal length, and for "M" how many calendar months a bar spans. */
export type BarSpan = { readonly timeframe: Timeframe; readonly ms: number; readonly months: number | undefined };

/** The span of a timeframe; throws BarsInputError when the text is not one. */
export function parseBarSpan(timeframe: Timeframe): BarSpan {
  const ms = timeframeMs(timeframe);
  if (ms === undefined) {
    throw new BarsInputError(
      `--timeframe "${timeframe}": expected a count and a unit, as in 1m, 5m, 1h, 1d, 1w or 1M (month).`,
    );
  }
  return { timeframe, ms, months: timeframe.endsWith("M") ? Number(timeframe.slice(0, -1)) : undefined };
}

/** Whether bars of this span are labelled by calendar days, which no time zone moves. */
export function isCalendarSpan(span: BarSpan): boolean {
  return span.ms >= dayMs;
}

/**
 * The open time of a bar from its label, both UTC ms. A close label stands one span after the open. Months: it closes the month that the moment
 * before it lies in, so that 31 January and 1 February 00:00 both close the bar opening on 1 January. A label that is only a date
 * names the last day of the bar when it is a close label: for daily bars it is the bar's day either way.
 */
export function openTimeOf(labelMs: number, precision: "date" | "time", label: BarLabel, span: BarSpan): number {
  if (label === "open") return labelMs;
  const closeMs = precision === "date" && isCalendarSpan(span) ? labelMs + dayMs : labelMs;
  if (span.months === undefined) return closeMs - span.ms;
  const last = new Date(closeMs - 1);
  return Date.UTC(last.getUTCFullYear(), last.getUTCMonth() - (span.months - 1), 1);
}

/** How many bars are absent between two consecutive ones; weekends do not count for daily bars unless `weekends` are traded. */
export function missingBarsBetween(fromMs: number, toMs: number, span: BarSpan, weekends: "traded" | "free"): number {
  if (span.months !== undefined) return Math.max(0, Math.round(monthsBetween(fromMs, toMs) / span.months) - 1);
  const steps = Math.round((toMs - fromMs) / span.ms);
  if (steps <= 1) return 0;
  if (span.ms !== dayMs || weekends === "traded") return steps - 1;
  let weekdays = 0;
  for (let day = Math.floor(fromMs / dayMs) + 1; day < Math.floor(toMs / dayMs); day++)
    if (!isWeekend(day * dayMs)) weekdays++;
  return weekdays;
}

/** Whether an instant lies on a Saturday or Sunday, UTC. */
export function isWeekend(instantMs: number): boolean {
  const weekday = new Date(instantMs).getUTCDay();
  return weekday === 0 || weekday === 6;
}

// A month-end label (31 January, 29 February) counts like its month.
function monthsBetween(fromMs: number, toMs: number): number {
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  return (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
}
