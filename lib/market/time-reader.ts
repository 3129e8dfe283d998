import { BarsInputError } from "./bars-input-error.ts";
import type { ColumnRoles } from "./column-roles.ts";
import { type LocalClock, localClock } from "./local-time.ts";
import { type BarLabel, type BarSpan, isCalendarSpan, openTimeOf } from "./open-time.ts";
import type { Cell, RowBatch, Table } from "./table-rows.ts";
import { provenSlashOrder, readTimeOfDay, readTimeText, type SlashOrder, type TimeReading } from "./time-text.ts";

export type TimeOptions = {
  readonly span: BarSpan;
  /** IANA zone of times without an offset. */
  readonly timeZone: string;
  readonly barLabel: BarLabel;
  readonly timeFormat: SlashOrder | undefined;
};

/** Reads the open time (UTC ms) of a row; `place` describes the row in messages. Throws BarsInputError. */
export type TimeReader = (row: readonly Cell[], place: () => string) => number;

const dayMs = 86_400_000;

/** A reader for one table, after a look at its first batch of bars. */
export function timeReader(table: Table, roles: ColumnRoles, sample: RowBatch, options: TimeOptions): TimeReader {
  const { span, barLabel } = options;
  const clock = options.timeZone === "UTC" ? undefined : localClock(options.timeZone);
  const calendar = isCalendarSpan(span);
  const slashOrder = options.timeFormat ?? slashOrderOf(table, roles, sample);
  const fileDayMs = dayOfFile(table, roles, sample);
  const reading: TimeReading = { kind: "instant", ms: 0 };
  let previousMs = Number.NEGATIVE_INFINITY;
  return (row, place) => {
    if (fileDayMs !== undefined) {
      reading.kind = "local";
      reading.ms = fileDayMs + Number(row[roles.time]);
      if (!Number.isFinite(reading.ms)) throw notATime(row[roles.time] ?? null, place);
    } else {
      readCell(row[roles.time] ?? null, slashOrder, reading, place);
      if (roles.timeOfDay !== undefined) addTimeOfDay(row[roles.timeOfDay] ?? null, reading, place);
    }
    // Daily bars stamped 00:00 without an offset name a day, in any zone.
    if (reading.kind === "local" && calendar && reading.ms % dayMs === 0) reading.kind = "date";
    const precision = reading.kind === "date" ? "date" : "time";
    if (clock !== undefined && (reading.kind === "local" || (reading.kind === "date" && !calendar))) {
      reading.ms = resolve(clock, reading.ms, previousMs, options, place);
    }
    previousMs = reading.ms;
    return openTimeOf(reading.ms, precision, barLabel, span);
  };
}

function readCell(cell: Cell, slashOrder: SlashOrder | undefined, reading: TimeReading, place: () => string): void {
  if (cell instanceof Date) {
    reading.kind = "instant";
    reading.ms = cell.getTime();
    if (!Number.isFinite(reading.ms)) throw notATime(cell, place);
  } else if (!readTimeText(String(cell ?? "").trim(), slashOrder, reading)) throw notATime(cell, place);
}

function addTimeOfDay(cell: Cell, reading: TimeReading, place: () => string): void {
  const text = String(cell ?? "").trim();
  const ms = readTimeOfDay(text);
  if (ms === undefined)
    throw new BarsInputError(
      `${place()}: expected a time of day like 09:30 or 093000, found "${text}". Correct the cell.`,
    );
  reading.ms += ms;
  reading.kind = "local";
}

// A wall clock that goes back shows an hour twice: the order of the rows tells the first from the second, or nothing does.
function resolve(
  clock: LocalClock,
  wallMs: number,
  previousMs: number,
  options: TimeOptions,
  place: () => string,
): number {
  const instants = clock(wallMs);
  const [first, second] = instants;
  const wall = new Date(wallMs).toISOString().slice(0, 19);
  if (first === undefined) {
    throw new BarsInputError(
      `${place()}: the time ${wall} does not exist in ${options.timeZone}, where the clock was put forward. Give times with a UTC offset (2021-03-28T02:30:00+02:00), or correct --timezone.`,
    );
  }
  if (second === undefined) return first;
  if (first <= previousMs) return second;
  if (first - previousMs <= options.span.ms) return first;
  throw new BarsInputError(
    `${place()}: the time ${wall} exists twice in ${options.timeZone}, where the clock was put back, and the rows around it do not tell which is meant. Give times with a UTC offset (2021-10-31T02:30:00+01:00).`,
  );
}

function slashOrderOf(table: Table, roles: ColumnRoles, sample: RowBatch): SlashOrder | undefined {
  const order = provenSlashOrder(sample.rows.map((row) => String(row[roles.time] ?? "")));
  if (order !== "unclear") return order;
  const text = String(sample.rows[0]?.[roles.time] ?? "");
  throw new BarsInputError(
    `${table.label} ${table.unit} ${sample.numbers[0]}, column "${roles.names[roles.time]}": "${text}" can be read as month/day or day/month. Say which: --time-format MM/DD/YYYY or --time-format DD/MM/YYYY`,
  );
}

/** LEAN's intraday files: milliseconds since midnight, under a file name that begins with the date. */
function dayOfFile(table: Table, roles: ColumnRoles, sample: RowBatch): number | undefined {
  const date = /^(\d{4})(\d{2})(\d{2})[_.-]/.exec(table.fileName);
  const first = String(sample.rows[0]?.[roles.time] ?? "");
  if (date === null || !/^\d{1,8}$/.test(first) || Number(first) >= dayMs) return undefined;
  const reading: TimeReading = { kind: "date", ms: 0 };
  if (first.length === 8 && readTimeText(first, undefined, reading)) return undefined;
  return Date.UTC(Number(date[1]), Number(date[2]) - 1, Number(date[3]));
}

function notATime(cell: Cell, place: () => string): BarsInputError {
  const text = String(cell ?? "");
  return new BarsInputError(
    `${place()}: expected a time (ISO 8601, an epoch, YYYYMMDD, DD.MM.YYYY …), found "${text.slice(0, 60)}". Correct the cell, or write the time as 2021-03-28T09:30:00Z.`,
  );
}
