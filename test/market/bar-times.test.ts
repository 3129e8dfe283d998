import { expect, test } from "vitest";
import type { ImportOptions } from "../../lib/market/import-bars.ts";
import { importText, refusal, times } from "./import-text.ts";

const series = (...labels: string[]): string =>
  `time,open,high,low,close\n${labels.map((label) => `${label},1,1,1,1\n`).join("")}`;
const read = async (labels: string[], changes: Partial<ImportOptions>): Promise<readonly string[]> =>
  times((await importText(series(...labels), changes)).bars);

test("takes times without an offset for UTC when no zone is given", async () => {
  expect(await read(["2020-07-01 09:30:00"], { timeframe: "1m" })).toEqual(["2020-07-01T09:30Z"]);
});

test("reads times without an offset on the clock of the zone", async () => {
  const labels = ["2020-01-15T09:30:00", "2020-07-15T09:30:00"];
  expect(await read(labels, { timeframe: "1m", timeZone: "America/New_York" })).toEqual([
    "2020-01-15T14:30Z",
    "2020-07-15T13:30Z",
  ]);
});

test("lets a stated offset win over the zone", async () => {
  expect(await read(["2020-01-15T09:30:00+01:00"], { timeframe: "1m", timeZone: "America/New_York" })).toEqual([
    "2020-01-15T08:30Z",
  ]);
});

test("keeps a date a date in any zone for daily bars", async () => {
  const labels = ["2020-01-15", "2020-01-16 00:00:00"];
  expect(await read(labels, { timeZone: "Asia/Tokyo" })).toEqual(["2020-01-15T00:00Z", "2020-01-16T00:00Z"]);
});

test("refuses a time that a zone skips", async () => {
  expect(await refusal(series("2021-03-28T02:30:00"), { timeframe: "1m", timeZone: "Europe/Berlin" })).toContain(
    'FILE line 2, column "time": the time 2021-03-28T02:30:00 does not exist in Europe/Berlin',
  );
});

test("refuses a time that a zone has twice when nothing tells which", async () => {
  expect(await refusal(series("2021-10-31T02:30:00"), { timeframe: "1m", timeZone: "Europe/Berlin" })).toContain(
    "exists twice in Europe/Berlin",
  );
});

test("tells a repeated hour by the order of the rows", async () => {
  const labels = ["2021-10-31T01:00:00", "2021-10-31T02:00:00", "2021-10-31T02:00:00", "2021-10-31T03:00:00"];
  const expected = ["2021-10-30T23:00Z", "2021-10-31T00:00Z", "2021-10-31T01:00Z", "2021-10-31T02:00Z"];
  expect(await read(labels, { timeframe: "1h", timeZone: "Europe/Berlin" })).toEqual(expected);
});

test("reads every minute of a day on which the clock goes back", async () => {
  const clock = new Intl.DateTimeFormat("sv-SE", {
    timeZone: "America/New_York",
    dateStyle: "short",
    timeStyle: "medium",
  });
  const startMs = Date.UTC(2021, 10, 7, 4);
  const labels = Array.from({ length: 25 * 60 }, (_, i) => clock.format(startMs + i * 60_000));
  const { bars } = await importText(series(...labels), { timeframe: "1m", timeZone: "America/New_York" });
  expect([...bars.openTimeMs]).toEqual(labels.map((_, i) => startMs + i * 60_000));
});

const closes: readonly [string, string, string, string][] = [
  ["a minute", "1m", "2020-01-02T09:31:00Z", "2020-01-02T09:30Z"],
  ["an hour over midnight", "1h", "2020-01-02T00:00:00Z", "2020-01-01T23:00Z"],
  ["a day by its date", "1d", "2020-01-02", "2020-01-02T00:00Z"],
  ["a day by the instant it ends", "1d", "2020-01-03T00:00:00Z", "2020-01-02T00:00Z"],
  ["a week by its last day", "1w", "2020-01-05", "2019-12-30T00:00Z"],
  ["a month by its last day", "1M", "2020-02-29", "2020-02-01T00:00Z"],
  ["a month by the instant it ends", "1M", "2020-03-01T00:00:00Z", "2020-02-01T00:00Z"],
  ["a quarter by its last day", "3M", "2020-03-31", "2020-01-01T00:00Z"],
];

test.each(closes)("finds the open of %s from a close label", async (_, timeframe, label, open) => {
  expect(await read([label], { timeframe, barLabel: "close" })).toEqual([open]);
});
