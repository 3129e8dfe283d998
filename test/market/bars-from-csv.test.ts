import { expect, test } from "vitest";
import { barsFromCsv } from "../../lib/market/bars-from-csv.ts";
import { fileWith, importText } from "./import-text.ts";

const text = "date,open,high,low,close\n2020-01-06,10,12,9,11\n2020-01-07,10,12,9,\n";

test("reads text with the bars that an import stores", async () => {
  expect(await barsFromCsv({ text }, { timeframe: "1d" })).toEqual((await importText(text)).bars);
});

test("reads a file", async () => {
  expect((await barsFromCsv({ file: fileWith(text) }, { timeframe: "1d" })).close).toEqual(new Float64Array([11, 11]));
});

test("refuses what an import refuses, naming the line", async () => {
  await expect(barsFromCsv({ text: `${text}2020-01-07,1,1,1,1\n` }, { timeframe: "1d" })).rejects.toThrow(
    'CSV text line 4, column "date": found 2020-01-07T00:00:00.000Z a second time.',
  );
});
