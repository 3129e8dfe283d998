import type { CurvePoint } from "./thinning.ts";

/** The last equity and benchmark in a month (UTC). */
export type MonthEnd = {
  readonly year: number;
  readonly month: number;
  readonly equity: number | null;
  readonly benchmark: number;
};

/** Takes points in order and keeps the last of each month; months count from 1. */
export class MonthEnds {
  readonly #ends: MonthEnd[] = [];
  #untilMs = Number.NEGATIVE_INFINITY;

  add({ timeMs, equity, benchmark }: CurvePoint): void {
    if (timeMs >= this.#untilMs) {
      const date = new Date(timeMs);
      this.#untilMs = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
      this.#ends.push({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, equity, benchmark });
      return;
    }
    const end = this.#ends[this.#ends.length - 1] as MonthEnd;
    this.#ends[this.#ends.length - 1] = { ...end, equity: equity ?? end.equity, benchmark };
  }

  list(): readonly MonthEnd[] {
    return this.#ends;
  }
}

/** A year's returns: by month (index 0 is January, null where there is none), of the whole year, and of the benchmark. */
export type YearReturns = {
  readonly year: number;
  readonly months: readonly (number | null)[];
  readonly total: number | null;
  readonly benchmark: number;
};

/** Simple returns from month end to month end, the first from the starting cash; undefined once the equity is not above zero. */
export function yearReturns(ends: readonly MonthEnd[], cash: number): YearReturns[] {
  const years = new Map<number, MonthEnd[]>();
  for (const end of ends) years.set(end.year, [...(years.get(end.year) ?? []), end]);
  let equity = cash;
  let benchmark = cash;
  return [...years].map(([year, list]) => {
    const before = { equity, benchmark };
    const months = new Array<number | null>(12).fill(null);
    for (const end of list) {
      if (end.equity !== null) {
        months[end.month - 1] = change(equity, end.equity);
        equity = end.equity;
      }
      benchmark = end.benchmark;
    }
    const hasEquity = months.some((value) => value !== null);
    return {
      year,
      months,
      total: hasEquity ? change(before.equity, equity) : null,
      benchmark: benchmark / before.benchmark - 1,
    };
  });
}

function change(from: number, to: number): number | null {
  return from > 0 ? to / from - 1 : null;
}
