const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const cents = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const figures = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });
const pennies = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 2 });

/** What stands where a figure is undefined. */
export const undefinedText = "n/a";

export function countText(count: number): string {
  return whole.format(count);
}

/** "1 bar", "5,104 bars". */
export function countOf(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
}

export function amountText(amount: number | null, currency: string): string {
  return amount === null ? undefinedText : `${cents.format(amount)} ${currency}`;
}

export function percentText(fraction: number | null): string {
  return fraction === null ? undefinedText : `${cents.format(fraction * 100)} %`;
}

/** Four significant digits. */
export function ratioText(ratio: number | null): string {
  return ratio === null ? undefinedText : figures.format(ratio);
}

/** "$12.34"; below a dollar two digits that say something: "$0.0042". */
export function dollarsText(dollars: number): string {
  return dollars === 0 ? "$0" : dollars >= 1 ? `$${cents.format(dollars)}` : `$${pennies.format(dollars)}`;
}

/** "2020-04-17" at midnight UTC, else "2020-04-17 09:30" with seconds only where there are some. */
export function timeText(timeMs: number): string {
  const text = new Date(timeMs).toISOString();
  if (text.endsWith("T00:00:00.000Z")) return text.slice(0, 10);
  return `${text.slice(0, 10)} ${text.endsWith(":00.000Z") ? text.slice(11, 16) : text.slice(11, 19)}`;
}

/** A moment of the clock, UTC, to the second. */
export function clockText(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** The same to the minute, for lists whose heading says UTC. */
export function minuteText(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace("T", " ");
}

export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return bytes < 1_000_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1_000_000_000).toFixed(2)} GB`;
}

/** "0.35 s", "12 s", "3:05 min", "2:10 h". */
export function durationText(ms: number): string {
  if (ms < 10_000) return `${(ms / 1_000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} min`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")} h`;
}

/** The beginning of an id that lists show: enough to give back to a command. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}

/** A price as short as it is exact to ten digits. */
export function priceText(price: number): string {
  return String(Number(price.toPrecision(10)));
}
