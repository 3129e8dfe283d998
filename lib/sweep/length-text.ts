/** A length of a window: so many bars, or a stretch of the UTC calendar. */
export type Length = { readonly unit: "bars" | "days" | "trading days" | "months"; readonly count: number };

export const lengthExpectation =
  'expected a length such as "500 bars", "30 days", "21 trading days", "6 months", or a number of bars';

/** Reads a length; undefined when the text is none. Weeks are 7 days and years 12 months. */
export function parseLength(value: string | number): Length | undefined {
  if (typeof value === "number")
    return Number.isSafeInteger(value) && value >= 0 ? { unit: "bars", count: value } : undefined;
  const match = /^\s*(\d{1,9})\s*(bar|day|trading day|week|month|year)s?\s*$/i.exec(value);
  if (match === null) return undefined;
  const count = Number(match[1]);
  switch (match[2]?.toLowerCase()) {
    case "bar":
      return { unit: "bars", count };
    case "trading day":
      return { unit: "trading days", count };
    case "week":
      return { unit: "days", count: 7 * count };
    case "month":
      return { unit: "months", count };
    case "year":
      return { unit: "months", count: 12 * count };
    default:
      return { unit: "days", count };
  }
}

/** The length as a person writes it. */
export function lengthText({ unit, count }: Length): string {
  return `${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
}
