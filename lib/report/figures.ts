/** What a person reads where a value is undefined. */
export const noValue = "–";

const money = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const ratio = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const significant = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 7 });
const cents = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 6 });

/** An amount with two decimals and separators; none above a million million, where nobody reads cents. */
export function moneyText(value: number | null | undefined): string {
  if (value === null || value === undefined) return noValue;
  return withMinus((Math.abs(value) >= 1e12 ? whole : money).format(value));
}

/** A fraction as percent with two decimals: 0.0123 is "1.23%". */
export function percentText(value: number | null | undefined): string {
  if (value === null || value === undefined) return noValue;
  return withMinus(`${ratio.format(value * 100)}%`);
}

/** A fraction as percent with its sign. */
export function changeText(value: number | null | undefined): string {
  return value !== null && value !== undefined && value > 0 ? `+${percentText(value)}` : percentText(value);
}

export function ratioText(value: number | null | undefined): string {
  return value === null || value === undefined ? noValue : withMinus(ratio.format(value));
}

export function countText(value: number | null | undefined): string {
  return value === null || value === undefined ? noValue : withMinus(whole.format(value));
}

/** A count with its noun, in the plural where it is not one: "1 bar", "5,105 bars". */
export function countOf(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A price to seven digits, with cents from 1 on so that a column lines up. */
export function priceText(value: number): string {
  return Math.abs(value) >= 1 && Math.abs(value) < 100_000
    ? withMinus(cents.format(Number(value.toPrecision(7))))
    : quantityText(value);
}

/** A quantity to seven digits. */
export function quantityText(value: number): string {
  return withMinus(significant.format(value));
}

/** A time in UTC without its seconds where they are zero, and without its time of day at midnight. */
export function timeText(timeMs: number | null | undefined): string {
  if (timeMs === null || timeMs === undefined) return noValue;
  const iso = new Date(timeMs).toISOString();
  if (iso.endsWith("T00:00:00.000Z")) return iso.slice(0, 10);
  return `${iso.slice(0, 10)} ${iso.slice(11, iso.endsWith(":00.000Z") ? 16 : 19)}`;
}

/** A moment of a clock in UTC, to the second. */
export function clockText(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

const steps: readonly (readonly [number, string, number, string])[] = [
  [365.25 * 86_400_000, "y", 86_400_000, "d"],
  [86_400_000, "d", 3_600_000, "h"],
  [3_600_000, "h", 60_000, "min"],
  [60_000, "min", 1_000, "s"],
];

/** A length of time in its two largest units: "3 h 12 min", "850 ms". */
export function durationText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return noValue;
  for (const [size, unit, smaller, smallerUnit] of steps) {
    if (ms < size) continue;
    const rest = Math.floor((ms % size) / smaller);
    const first = `${whole.format(Math.floor(ms / size))} ${unit}`;
    return rest === 0 ? first : `${first} ${rest} ${smallerUnit}`;
  }
  return ms >= 1_000 ? `${ratio.format(ms / 1_000)} s` : `${Math.round(ms)} ms`;
}

/** Minus signs as wide as plus signs. */
function withMinus(text: string): string {
  return text === "-0.00%" || text === "-0.00" || text === "-0" ? text.slice(1) : text.replace("-", "−");
}
