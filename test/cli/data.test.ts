import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { json, openWorkplace, sp500File, sp500Lines } from "./backstitch.ts";

const place = openWorkplace();
afterAll(place.remove);

const barCount = sp500Lines.length - 1;
const snapshot = z.object({
  name: z.string().nullable(),
  snapshotId: z.string(),
  instruments: z.array(
    z.object({ symbol: z.string(), barCount: z.number(), chunks: z.array(z.object({ hash: z.string() })) }),
  ),
});

beforeAll(async () => {
  const { code, stdout, stderr } = await place.run(
    "data",
    "import",
    sp500File,
    "--symbol",
    "SP500",
    "--timeframe",
    "1d",
    "--name",
    "sp500",
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(`Imported ${barCount.toLocaleString("en-US")} bars as snapshot "sp500".`);
  expect(stdout).toContain("2000-01-03 to 2020-04-17");
});

test("ls lists name, symbol, bars and dates, in a table and as JSON", async () => {
  const text = await place.run("data", "ls");
  expect(text.stdout).toMatch(/^NAME +ID +SYMBOL +BAR +BARS +FIRST +LAST +SIZE +RECORDED \(UTC\)\n/);
  expect(text.stdout).toMatch(/\nsp500 +[0-9a-f]{12} +SP500 +1d +5,105 +2000-01-03 +2020-04-17 /);
  const list = json(
    await place.run("data", "ls", "--json"),
    z.object({ snapshots: z.array(z.object({ name: z.string(), barCount: z.number() })) }),
  );
  expect(list.snapshots).toEqual([{ name: "sp500", barCount }]);
});

test("show finds a snapshot by name and by the beginning of its id", async () => {
  const byName = json(await place.run("data", "show", "sp500", "--json"), snapshot);
  const byId = json(await place.run("data", "show", byName.snapshotId.slice(0, 8), "--json"), snapshot);
  expect(byId.snapshotId).toBe(byName.snapshotId);
  expect((await place.run("data", "show", "sp500")).stdout).toMatch(/Quality +5,105 rows read/);
});

test("an import under no name is named after symbol and timeframe, and again changes nothing", async () => {
  const first = await place.run("data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--json");
  expect(json(first, snapshot).name).toBe("sp500-1d");
  const again = await place.run("data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d");
  expect(again.stdout).toContain("These bars were imported before: nothing changed.");
});

test.each(["csv", "json", "parquet"] as const)("export as %s leaves one whole file", async (format) => {
  const { code, stdout } = await place.run(
    "data",
    "export",
    "sp500",
    "--format",
    format,
    "--out",
    `out-${format}/bars.${format}`,
  );
  expect(code).toBe(0);
  expect(stdout).toContain("Wrote 5,105 bars to");
  expect(readdirSync(place.path(`out-${format}`))).toEqual([`bars.${format}`]);
});

test("an exported file imports to the same snapshot", async () => {
  await place.run("data", "export", "sp500", "--format", "parquet", "--out", "again.parquet");
  const original = json(await place.run("data", "show", "sp500", "--json"), snapshot);
  const imported = json(
    await place.run(
      "data",
      "import",
      "again.parquet",
      "--symbol",
      "SP500",
      "--timeframe",
      "1d",
      "--name",
      "again",
      "--json",
    ),
    snapshot,
  );
  expect(imported.snapshotId).toBe(original.snapshotId);
});

test("export writes to stdout what it writes to a file", async () => {
  const { stdout } = await place.run("data", "export", "sp500", "--out", "-");
  await place.run("data", "export", "sp500");
  expect(stdout).toBe(readFileSync(place.path("sp500.csv"), "utf8"));
});

test("append adds the new bars, skips the stored ones and gives the id of one import of all", async () => {
  const early = place.write("early.csv", sp500Lines.slice(0, 4001).join("\n"));
  const late = place.write("late.csv", [sp500Lines[0], ...sp500Lines.slice(3901)].join("\n"));
  await place.run("data", "import", early, "--symbol", "SP500", "--timeframe", "1d", "--name", "growing");
  const { code, stdout } = await place.run("data", "append", "growing", late);
  expect(code).toBe(0);
  expect(stdout).toContain('Added 1,105 bars to snapshot "growing"');
  expect(stdout).toContain("100 rows were stored already");
  const grown = json(await place.run("data", "show", "growing", "--json"), snapshot);
  const whole = json(await place.run("data", "show", "sp500", "--json"), snapshot);
  expect(grown.snapshotId).toBe(whole.snapshotId);
  const nothing = json(
    await place.run("data", "append", late, "--name", "growing", "--json"),
    z.object({ kind: z.string(), addedBarCount: z.number() }),
  );
  expect(nothing).toEqual({ kind: "nothingNew", addedBarCount: 0 });
});

test("a file without header is read with --columns, and a scale applies to prices", async () => {
  place.write("bare.csv", "1,2020-01-02,100,110,90,105\n2,2020-01-03,105,120,100,110\n");
  const columns = ["--columns", "-,time,open,high,low,close", "--price-scale", "0.01"];
  const { code } = await place.run(
    "data",
    "import",
    "bare.csv",
    "--symbol",
    "X",
    "--timeframe",
    "1d",
    "--name",
    "bare",
    ...columns,
  );
  expect(code).toBe(0);
  expect((await place.run("data", "export", "bare", "--out", "-")).stdout).toContain(
    "2020-01-03T00:00:00Z,1.05,1.2,1,1.1,0",
  );
});

test("verify reads everything back, of one snapshot or of all", async () => {
  expect((await place.run("data", "verify", "sp500")).stdout).toMatch(
    /^sp500 \([0-9a-f]{12}\): 5,105 bars in 1 chunk, .*: whole\n$/,
  );
  const all = await place.run("data", "verify", "--json");
  expect(all.code).toBe(0);
  expect(json(all, z.object({ ok: z.boolean() })).ok).toBe(true);
});

test("an unfinished export leaves no file", async () => {
  const { code, stderr } = await place.run("data", "export", "sp500", "--out", "early.csv/bars.csv");
  expect(code).toBe(2);
  expect(stderr).toContain("OutputError");
  expect(existsSync(place.path("early.csv/bars.csv"))).toBe(false);
});
