/** How a file writes dates with slashes, where 03/04/2020 could be either. */
export type SlashOrder = "MM/DD/YYYY" | "DD/MM/YYYY";

/**
 * What a time text says, written into one reused object so that a million rows make no garbage.
 * `instant`: `ms` is UTC. `local`: `ms` is a wall clock reading, as if it were UTC. `date`: a calendar day at 00:00, no time given.
 */
export type TimeReading = { kind: "instant" | "local" | "date"; ms: number };

const yearFirst =
  /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp][Mm])?)?\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/;
const yearLast =
  /^(\d{1,2})([./-])(\d{1,2})[./-](\d{4})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp][Mm])?)?\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/;
const compact = /^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2}))?)?(Z)?$/;
const monthName = /^(\d{1,2})[- ]([A-Za-z]{3})[A-Za-z]*[- ](\d{4})$/;
const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * Reads ISO 8601, YYYYMMDD[ HH:MM[:SS]], YYYY.MM.DD, DD.MM.YYYY, DD-Mon-YYYY, slashes in the given order, and epochs in s, ms, µs or ns told
 * apart by their size. False when the text is none of these or no such day or time exists.
 */
export function readTimeText(text: string, slashOrder: SlashOrder | undefined, out: TimeReading): boolean {
  let match = yearFirst.exec(text);
  if (match !== null)
    return readDay(Number(match[1]), Number(match[2]), Number(match[3]), out) && readClock(match, 4, out);
  match = compact.exec(text);
  if (match !== null && text.length !== 13) {
    if (!readDay(Number(match[1]), Number(match[2]), Number(match[3]), out)) return false;
    return readClock([match[4], match[5], match[6], undefined, undefined, match[7]], 0, out);
  }
  if (/^\d{9,19}(\.\d+)?$/.test(text)) return readEpoch(text, out);
  match = yearLast.exec(text);
  if (match !== null) {
    const dayFirst = match[2] !== "/" || slashOrder === "DD/MM/YYYY";
    if (match[2] === "/" && slashOrder === undefined) return false;
    const [day, month] = dayFirst ? [match[1], match[3]] : [match[3], match[1]];
    return readDay(Number(match[4]), Number(month), Number(day), out) && readClock(match, 5, out);
  }
  match = monthName.exec(text);
  if (match === null) return false;
  return readDay(Number(match[3]), months.indexOf((match[2] ?? "").toLowerCase()) + 1, Number(match[1]), out);
}

/** The order of dates with slashes that these texts prove, "unclear" when they prove neither or both, undefined when none has slashes. */
export function provenSlashOrder(texts: Iterable<string>): SlashOrder | "unclear" | undefined {
  let [seen, monthFirst, dayFirst] = [false, false, false];
  for (const text of texts) {
    const match = /^(\d{1,2})\/(\d{1,2})\/\d{4}/.exec(text.trim());
    if (match === null) continue;
    seen = true;
    if (Number(match[1]) > 12) dayFirst = true;
    if (Number(match[2]) > 12) monthFirst = true;
  }
  if (!seen) return undefined;
  if (monthFirst === dayFirst) return "unclear";
  return monthFirst ? "MM/DD/YYYY" : "DD/MM/YYYY";
}

/** The milliseconds since midnight of "09:30", "9:30 AM", "09:30:00", "093000" or "0930"; undefined when it is no time of day. */
export function readTimeOfDay(text: string): number | undefined {
  if (text === "0") return 0;
  const match = /^(\d{1,2}):?(\d{2})(?::?(\d{2})(?:\.(\d{1,9}))?)?\s*([AaPp][Mm])?$/.exec(text);
  const reading: TimeReading = { kind: "date", ms: 0 };
  return match !== null && readClock([...match, undefined], 1, reading) ? reading.ms : undefined;
}

/** The UTC milliseconds of an epoch in s, ms, µs or ns, told apart by size: seconds below 10¹¹ (year 5138), and so on. */
function epochMs(value: number): number {
  if (value < 1e11) return value * 1e3;
  if (value < 1e14) return value;
  return value < 1e17 ? value / 1e3 : value / 1e6;
}

function readEpoch(text: string, out: TimeReading): boolean {
  out.kind = "instant";
  out.ms = Math.floor(epochMs(Number(text)));
  return true;
}

function readDay(year: number, month: number, day: number, out: TimeReading): boolean {
  out.kind = "date";
  out.ms = Date.UTC(year, month - 1, day);
  if (year < 1800 || year > 2200 || month < 1 || month > 12 || day < 1) return false;
  return day <= 28 || new Date(out.ms).getUTCDate() === day;
}

/** Adds hour, minute, second, fraction, AM or PM and offset, which stand in `match` from `at` on. */
function readClock(match: readonly (string | undefined)[], at: number, out: TimeReading): boolean {
  const [hourText, minute, second, fraction, half, zone] = match.slice(at, at + 6);
  if (hourText === undefined) {
    // "2020-01-02Z" names a day all the same.
    return zone === undefined || /^[zZ]$/.test(zone);
  }
  let hour = Number(hourText);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return false;
    hour = (hour % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
  }
  if (hour > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return false;
  const fractionMs = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000 + 1e-6);
  out.ms += ((hour * 60 + Number(minute)) * 60 + Number(second ?? 0)) * 1000 + fractionMs;
  out.kind = "local";
  if (zone === undefined) return true;
  out.kind = "instant";
  out.ms -= offsetMs(zone);
  return true;
}

function offsetMs(zone: string): number {
  if (!/^[+-]/.test(zone)) return 0;
  const digits = zone.replace(":", "");
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5) || 0);
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}
