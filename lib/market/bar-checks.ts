import { type BarColumns, barFields, type RowPlace } from "./bar-rows.ts";
import { BarsInputError } from "./bars-input-error.ts";

const prices = ["open", "high", "low", "close"] as const;

/**
 * Checks what every stored bar promises: times are whole milliseconds, strictly increasing after `previousMs` and not after `nowMs`; prices are finite and above zero;
 * volume is finite and not negative; low ≤ open, close ≤ high. Throws BarsInputError for the first bar that does not keep it.
 */
export function checkBars(columns: BarColumns, previousMs: number, nowMs: number, place: RowPlace): void {
  const { openTimeMs, open, high, low, close, volume } = columns;
  let lastMs = previousMs;
  for (let i = 0; i < openTimeMs.length; i++) {
    const t = openTimeMs[i] ?? Number.NaN;
    const [o, h, l, c] = [open[i] ?? Number.NaN, high[i] ?? Number.NaN, low[i] ?? Number.NaN, close[i] ?? Number.NaN];
    const v = volume[i] ?? Number.NaN;
    const sound =
      t > lastMs &&
      t <= nowMs &&
      l > 0 &&
      l <= o &&
      l <= c &&
      o <= h &&
      c <= h &&
      h < Number.POSITIVE_INFINITY &&
      v >= 0 &&
      v < Number.POSITIVE_INFINITY;
    if (!sound || !Number.isInteger(t)) throw problemOf(columns, i, { previousMs: lastMs, nowMs, place });
    lastMs = t;
  }
  checkAdjustedClose(columns, place);
}

type Context = { readonly previousMs: number; readonly nowMs: number; readonly place: RowPlace };

function problemOf(columns: BarColumns, index: number, { previousMs, nowMs, place }: Context): BarsInputError {
  const t = columns.openTimeMs[index] ?? Number.NaN;
  if (!Number.isInteger(t) || Math.abs(t) > 8.64e15)
    return problem(place(index, "openTimeMs"), `expected a time in whole milliseconds, found ${t}. Correct it.`);
  if (t === previousMs)
    return problem(place(index, "openTimeMs"), `found ${iso(t)} a second time. Remove one of the two rows.`);
  if (t < previousMs)
    return problem(
      place(index, "openTimeMs"),
      `expected a time after ${iso(previousMs)}, found ${iso(t)}. Sort the rows by time, oldest first.`,
    );
  if (t > nowMs)
    return problem(
      place(index, "openTimeMs"),
      `found ${iso(t)}, which lies in the future (now ${iso(nowMs)}). Check the unit of the times, --timezone and --bar-label, or remove the row.`,
    );
  for (const field of [...prices, "volume"] as const) {
    const value = columns[field][index] ?? Number.NaN;
    if (!Number.isFinite(value))
      return problem(place(index, field), `expected a finite number, found ${value}. Correct the value.`);
    if (field === "volume" ? value < 0 : value <= 0) {
      return problem(
        place(index, field),
        `expected ${field === "volume" ? "zero or more" : "a price above zero"}, found ${value}. Correct the value, or remove the row.`,
      );
    }
  }
  const [open, high, low, close] = prices.map((field) => columns[field][index] ?? Number.NaN);
  const found = `(open ${open}, high ${high}, low ${low}, close ${close}). Correct the row, or check the order of the columns.`;
  if (Number(high) < Number(low)) return problem(place(index), `found high ${high} below low ${low} ${found}`);
  if (Number(high) < Math.max(Number(open), Number(close)))
    return problem(
      place(index),
      `expected the high to be the highest price of the bar, found high ${high} below ${Number(high) < Number(open) ? `open ${open}` : `close ${close}`} ${found}`,
    );
  return problem(
    place(index),
    `expected the low to be the lowest price of the bar, found low ${low} above ${Number(low) > Number(open) ? `open ${open}` : `close ${close}`} ${found}`,
  );
}

function checkAdjustedClose({ adjustedClose }: BarColumns, place: RowPlace): void {
  if (adjustedClose === undefined) return;
  const index = adjustedClose.findIndex((value) => !(value > 0 && Number.isFinite(value)));
  if (index === -1) return;
  throw problem(
    place(index, "adjustedClose"),
    `expected a price above zero, found ${adjustedClose[index]}. Correct the value, or remove the row.`,
  );
}

/** Refuses columns of unequal lengths, which only a caller in code can make. */
export function checkLengths(columns: BarColumns): void {
  const count = columns.openTimeMs.length;
  for (const field of barFields) {
    if (columns[field].length !== count) {
      throw new BarsInputError(
        `Column "${field}": expected ${count} values as in openTimeMs, found ${columns[field].length}. Give columns of one length.`,
      );
    }
  }
}

function iso(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}

function problem(place: string, text: string): BarsInputError {
  return new BarsInputError(`${place}: ${text}`);
}
