import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import type { MissingPolicy } from "../../lib/market/snapshot-manifest.ts";
import { importText, refusal } from "./import-text.ts";

const days = ["2020-01-06", "2020-01-07", "2020-01-08", "2020-01-09", "2020-01-10"];
const closesOnly = (closes: readonly (number | null)[]): string =>
  `date,open,high,low,close,volume\n${closes.map((close, i) => `${days[i]},${close ?? ""},${close ?? ""},${close ?? ""},${close ?? "null"},7\n`).join("")}`;
const gap = closesOnly([100, null, null, 106, 108]);

const cases: readonly [MissingPolicy, readonly number[]][] = [
  ["forward-fill", [100, 100, 100, 106, 108]],
  ["backfill", [100, 106, 106, 106, 108]],
  ["interpolate", [100, 102, 104, 106, 108]],
  ["drop", [100, 106, 108]],
];

test.each(cases)("fills missing closes by %s", async (missing, expected) => {
  expect([...(await importText(gap, { missing })).bars.close]).toEqual(expected);
});

test("gives a bar without a close one price and no volume", async () => {
  const { bars } = await importText(
    "date,open,high,low,close,volume\n2020-01-06,10,12,9,11,5\n2020-01-07,10,14,9,,5\n",
  );
  expect([bars.open[1], bars.high[1], bars.low[1], bars.close[1], bars.volume[1]]).toEqual([11, 11, 11, 11, 0]);
});

test("fills a single missing price from its own column", async () => {
  const { bars } = await importText(
    "date,open,high,low,close,volume\n2020-01-06,10,12,9,11,5\n2020-01-07,10,12,,11,5\n",
  );
  expect(bars.low[1]).toBe(9);
});

test("refuses a filled price that contradicts its bar", async () => {
  const text = "date,open,high,low,close,volume\n2020-01-06,10,12,9,11,5\n2020-01-07,5,12,,11,5\n";
  expect(await refusal(text)).toContain(
    "FILE line 3: expected the low to be the lowest price of the bar, found low 9 above open 5",
  );
});

test("takes a missing volume for none", async () => {
  expect((await importText("date,open,high,low,close,volume\n2020-01-06,10,12,9,11,\n")).bars.volume[0]).toBe(0);
});

test("refuses missing values under error, with their count by column", async () => {
  const text =
    "date,open,high,low,close\n2020-01-06,1,1,1,1\n2020-01-07,1,1,1,\n2020-01-08,1,1,1,null\n2020-01-09,1,1,1,1\n";
  expect(await refusal(text, { missing: "error" })).toBe(
    'Missing values, Close: 2 (first: FILE line 3, column "close"). Complete them, or choose how to fill them: --missing forward-fill, interpolate, backfill or drop.',
  );
});

test.each(["forward-fill", "interpolate"] as const)("refuses a gap at the beginning under %s", async (missing) => {
  expect(await refusal(closesOnly([null, 100]), { missing })).toContain(
    'FILE line 2, column "open": the value is missing and there is none',
  );
});

test("fills a gap at the beginning by backfill", async () => {
  expect([...(await importText(closesOnly([null, 100]), { missing: "backfill" })).bars.close]).toEqual([100, 100]);
});

test("drops a gap at the beginning by drop", async () => {
  expect([...(await importText(closesOnly([null, 100]), { missing: "drop" })).bars.close]).toEqual([100]);
});

test.each(["backfill", "interpolate"] as const)("refuses a gap at the end under %s", async (missing) => {
  expect(await refusal(closesOnly([100, null]), { missing })).toContain("FILE line 3");
});

test("counts filled bars and dropped rows", async () => {
  expect((await importText(gap)).manifest.quality[0]?.filledBarCount).toBe(2);
  expect((await importText(gap, { missing: "drop" })).manifest.quality[0]?.droppedRowCount).toBe(2);
});

test("bounds the rows that interpolation holds back", async () => {
  const rows = Array.from(
    { length: 10_002 },
    (_, i) => `${new Date(i * 60_000).toISOString()},1,1,1,${i === 0 ? 1 : ""}\n`,
  ).join("");
  expect(await refusal(`time,open,high,low,close\n${rows}`, { timeframe: "1m", missing: "interpolate" })).toContain(
    "more than 10000 rows in a row",
  );
});

const seedCases = fileURLToPath(new URL("../../../shared/cases/seed-cases.json", import.meta.url));
const hasSeedCases = existsSync(seedCases);
if (!hasSeedCases) console.log(`seed case F17 skipped: ${seedCases} is absent`);

test.skipIf(!hasSeedCases)("agrees with seed case F17", async () => {
  const closes = z.array(z.number());
  const F17 = z.object({
    id: z.literal("F17"),
    input: z.object({ close: z.array(z.number().nullable()) }),
    expected: z.object({ forward_fill: closes, backfill: closes, interpolate: closes, drop: closes }),
  });
  const { cases } = z.object({ cases: z.array(z.unknown()) }).parse(JSON.parse(readFileSync(seedCases, "utf8")));
  const { input, expected } = F17.parse(cases.find((entry) => F17.safeParse(entry).success));
  const closesUnder = async (missing: MissingPolicy): Promise<number[]> => [
    ...(await importText(closesOnly(input.close), { missing })).bars.close,
  ];
  expect({
    forward_fill: await closesUnder("forward-fill"),
    backfill: await closesUnder("backfill"),
    interpolate: await closesUnder("interpolate"),
    drop: await closesUnder("drop"),
  }).toEqual(expected);
  expect(await refusal(closesOnly(input.close), { missing: "error" })).toContain("Close: 2");
});

test("fills a single missing price after a filled bar from that bar", async () => {
  const text = "date,open,high,low,close\n2020-01-06,10,12,9,11\n2020-01-07,,,,\n2020-01-08,,12,9,10\n";
  expect([...(await importText(text)).bars.open]).toEqual([10, 11, 11]);
});
