import type { Length } from "./length-text.ts";

/** The bars that windows are cut from: the open time of each, and the absolute number of the first. */
export type BarTimes = { readonly startBar: number; readonly openTimeMs: Float64Array };

/** A place between bars: `position` bars lie before it. Calendar lengths count from `timeMs`, which need not be a bar's; `dayOfMonth` survives short months. */
export type Mark = { readonly position: number; readonly timeMs: number; readonly dayOfMonth: number };

const dayMs = 86_400_000;

/** Lengths along bars. Days and months begin at midnight UTC; a trading day is a UTC day with a bar. */
export class BarCalendar {
  readonly #times: Float64Array;
  /** The position of the first bar of each trading day. */
  readonly #dayStarts: readonly number[];

  constructor(openTimeMs: Float64Array) {
    this.#times = openTimeMs;
    const starts: number[] = [];
    let last = Number.NaN;
    openTimeMs.forEach((timeMs, position) => {
      const day = Math.floor(timeMs / dayMs);
      if (day !== last) starts.push(position);
      last = day;
    });
    this.#dayStarts = starts;
  }

  get barCount(): number {
    return this.#times.length;
  }

  /** The mark before the bar at this position. */
  markAt(position: number): Mark {
    const end = (this.#times[this.barCount - 1] ?? 0) + 1;
    const timeMs = Math.floor((this.#times[position] ?? end) / dayMs) * dayMs;
    return { position, timeMs, dayOfMonth: new Date(timeMs).getUTCDate() };
  }

  /** The mark a length (above or below 0) further; undefined when the bars end before it. Never before the first bar. */
  move(from: Mark, length: Length): Mark | undefined {
    if (length.count === 0) return from;
    switch (length.unit) {
      case "bars":
        return this.#at(from.position + length.count);
      case "trading days":
        return this.#at(this.#moveTradingDays(from.position, length.count));
      case "days":
        return this.#atTime(from.timeMs + length.count * dayMs, from.dayOfMonth);
      case "months":
        return this.#atTime(addMonths(from, length.count), from.dayOfMonth);
    }
  }

  #at(position: number): Mark | undefined {
    return position > this.barCount ? undefined : this.markAt(Math.max(0, position));
  }

  #moveTradingDays(position: number, count: number): number {
    const day = lowerBound(this.#dayStarts, position + 1) - 1 + count;
    if (day === this.#dayStarts.length) return this.barCount;
    return day < 0 ? 0 : (this.#dayStarts[day] ?? Number.POSITIVE_INFINITY);
  }

  /** A time is within the bars up to midnight after the last one: what comes later may be missing. */
  #atTime(timeMs: number, dayOfMonth: number): Mark | undefined {
    const last = this.#times[this.barCount - 1] ?? 0;
    if (timeMs > (Math.floor(last / dayMs) + 1) * dayMs) return undefined;
    return { position: lowerBound(this.#times, timeMs), timeMs, dayOfMonth };
  }
}

/** The first index whose value is at or above `value`. */
export function lowerBound(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same day of another month, or its last day when it is shorter. */
function addMonths({ timeMs, dayOfMonth }: Mark, count: number): number {
  const from = new Date(timeMs);
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth() + count];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(dayOfMonth, lastDay));
}
