import { readdirSync, readFileSync } from "node:fs";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { json, openWorkplace, runDocument, smaSpec, sp500File } from "./backstitch.ts";

const place = openWorkplace();
afterAll(place.remove);
let runId = "";
let digest = "";

beforeAll(async () => {
  await place.run("data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--name", "sp500");
  place.write("sma.json", smaSpec());
  const document = json(await place.run("run", "sma.json", "--json"), runDocument);
  runId = document.runId;
  digest = document.resultDigest ?? "";
});

test("run answers with id, status, digest, lanes, timing and cost", async () => {
  const document = json(await place.run("show", runId, "--json"), runDocument);
  expect(document).toMatchObject({ status: "completed", stale: false, cost: { dollars: 0 } });
  expect(document.timing).toMatchObject({ bars: 5105, segments: 11, attempts: 1 });
  expect(document.resultDigest).toMatch(/^[0-9a-f]{64}$/);
  expect(document.lanes[0]?.params).toEqual({ fast: 10, slow: 30, side: "long" });
  expect(document.lanes[0]?.metrics).toMatchObject({ closedTrades: 87, openTrades: 1, bars: 5105 });
});

test("an equal run is answered from what exists, however it is cut", async () => {
  const { code, stdout } = await place.run("run", "sma.json", "--segment-bars", "77");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Already computed on /);
  expect(stdout).toContain(runId);
});

test("--fresh computes again and says that the digests are equal", async () => {
  const { code, stdout } = await place.run("run", "sma.json", "--fresh", "--segment-bars", "1000");
  expect({ code, first: stdout.split("\n")[0] }).toEqual({
    code: 0,
    first: `Completed: the result digest equals that of run ${runId}.`,
  });
});

test("--fresh fails on a strategy that is not deterministic, and names both runs", async () => {
  place.write(
    "dice.ts",
    `import { defineStrategy, z } from "backstitch";
export default defineStrategy({ name: "dice", params: z.strictObject({}), onBar: (bar) => { if (Math.random() < 0.1) bar.position === 0 ? bar.buy() : bar.closePosition(); } });`,
  );
  place.write("dice.json", smaSpec({ name: "dice", strategy: { file: "./dice.ts" } }));
  const first = json(await place.run("run", "dice.json", "--json"), runDocument);
  const { code, stderr, stdout } = await place.run("run", "dice.json", "--fresh");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("DeterminismViolationError: ");
  expect(stderr).toContain(first.runId);
  expect(stderr).not.toContain("    at ");
});

test("--set changes a field, and the result", async () => {
  const changed = await place.run(
    "run",
    "sma.json",
    "--set",
    "strategy.params.fast=20",
    "--set",
    "execution.commission={ kind: fixed, amount: 5 }",
    "--json",
    "--quiet",
  );
  expect(changed.stderr).toBe("");
  const document = json(changed, runDocument);
  expect(document.lanes[0]?.params).toMatchObject({ fast: 20 });
  expect(document.resultDigest).not.toBe(digest);
});

test("a strategy file is found beside the spec, from whatever folder", async () => {
  place.write(
    "hold.ts",
    `import { defineStrategy, z } from "backstitch";\nexport default defineStrategy({ name: "hold", params: z.strictObject({}), onBar: (bar) => { if (bar.position === 0) bar.buy(); } });`,
  );
  place.write("hold.yaml", "data: { snapshot: sp500 }\nstrategy: { file: ./hold.ts }\n");
  const elsewhere = openWorkplace(place.home);
  const { code, stdout } = await elsewhere.run("run", place.path("hold.yaml"));
  elsewhere.remove();
  expect(code).toBe(0);
  expect(stdout).toMatch(/Strategy +hold\n/);
});

test("lanes are told in a table", async () => {
  place.write(
    "lanes.json",
    smaSpec({
      name: "lanes",
      strategy: { name: "sma-cross", params: { slow: 50 }, lanes: [{ fast: 5 }, { fast: 10 }] },
    }),
  );
  const { stdout } = await place.run("run", "lanes.json");
  expect(stdout).toMatch(
    /LANE +PARAMETERS +FINAL EQUITY \(USD\) +RETURN +SHARPE +MAX DRAWDOWN +TRADES\n +0 +fast 5, slow 50, side long +/,
  );
});

test("ls lists runs newest first, by page, and filters by strategy, status and date", async () => {
  const list = z.object({
    runs: z.array(z.object({ runId: z.string(), strategy: z.string(), status: z.string(), createdAtMs: z.number() })),
    next: z.string().nullable(),
  });
  const first = json(
    await place.run("ls", "--limit", "1", "--strategy", "sma-cross", "--status", "completed", "--json"),
    list,
  );
  expect(first.runs).toHaveLength(1);
  const second = json(
    await place.run(
      "ls",
      "--limit",
      "1",
      "--strategy",
      "sma-cross",
      "--status",
      "completed",
      "--cursor",
      first.next ?? "",
      "--json",
    ),
    list,
  );
  expect(second.runs[0]?.createdAtMs).toBeLessThanOrEqual(first.runs[0]?.createdAtMs ?? 0);
  expect(json(await place.run("ls", "--to", "2020-01-01", "--json"), list).runs).toEqual([]);
  expect((await place.run("ls", "--from", "2020-01-01")).stdout).toMatch(
    /^RUN +STRATEGY +STATUS +BARS +DONE +CREATED \(UTC\) +RESULT DIGEST\n/,
  );
});

test("show prints metrics with units, the last trades and the history", async () => {
  const { stdout } = await place.run("show", runId);
  expect(stdout).toMatch(/Final equity +104,238\.07 USD\n/);
  expect(stdout).toMatch(/Last trades:\n +SIDE +QUANTITY +ENTRY +PRICE +EXIT +PRICE +NET PROFIT +RETURN\n/);
  expect(stdout).toMatch(/long +10 +2019-10-23 +2994\.01001 +2020-02-28 +2916\.899902 +-830\.21017912 +-2\.77 %/);
  expect(stdout).toMatch(/attempt 1 +completed at bar 5,105/);
  expect(stdout).toContain(`backstitch report ${runId} --open`);
});

test("a run is found by the beginning of its id and as latest", async () => {
  expect(json(await place.run("show", runId.slice(0, -3), "--json"), runDocument).runId).toBe(runId);
  expect((await place.run("show", "latest")).code).toBe(0);
});

test("export writes exact decimals and times as ISO and milliseconds in CSV", async () => {
  const { code } = await place.run("export", runId, "--out", "csv");
  expect(code).toBe(0);
  expect(readdirSync(place.path("csv")).sort()).toEqual(["equity.csv", "fills.csv", "orders.csv", "trades.csv"]);
  const [header, first] = readFileSync(place.path("csv/trades.csv"), "utf8").split("\n");
  expect(header).toMatch(/^lane,tradeId,instrument,side,quantity,entryBar,entryTime,entryTimeMs,entryPrice,/);
  expect(first).toMatch(
    /^0,1,SP500,long,10,52,2000-03-17T00:00:00\.000Z,953251200000,1458\.469971,75,.*,-168\.59986,29\.00079956,-197\.60065956,/,
  );
  expect(readFileSync(place.path("csv/equity.csv"), "utf8").trimEnd().split("\n")).toHaveLength(5106);
});

test("export as JSON and Parquet holds the same facts", async () => {
  await place.run("export", runId, "--format", "json", "--what", "trades,equity", "--out", "facts");
  await place.run("export", runId, "--format", "parquet", "--what", "trades,equity", "--out", "facts");
  const trades = z
    .array(z.object({ netProfit: z.number(), entryTime: z.string(), exitPrice: z.number() }))
    .parse(JSON.parse(readFileSync(place.path("facts/trades.json"), "utf8")));
  const rows = z
    .array(z.object({ netProfit: z.number(), entryTime: z.date(), exitPrice: z.number() }))
    .parse(
      await parquetReadObjects({ file: Uint8Array.from(readFileSync(place.path("facts/trades.parquet"))).buffer }),
    );
  expect(trades).toHaveLength(87);
  // The reader turns a decimal into a float64 by a product; the file holds all the digits.
  const plain = rows.map((row) => ({
    ...row,
    netProfit: Number(row.netProfit.toFixed(8)),
    entryTime: row.entryTime.toISOString(),
  }));
  expect(plain).toEqual(trades);
});

test("report writes one HTML file", async () => {
  const { code, stdout } = await place.run("report", runId, "--out", "report.html");
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("report.html") });
  expect(readFileSync(place.path("report.html"), "utf8")).toMatch(/^<!doctype html>/i);
});

test("rm deletes a run, and only with its checkpoints", async () => {
  const { runId: doomed } = json(await place.run("run", "sma.json", "--set", "seed=7", "--json"), runDocument);
  expect(await place.run("rm", doomed)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`Deleted ${doomed}`),
  });
  expect((await place.run("show", doomed)).code).toBe(2);
});

test("a finished run is neither resumed nor cancelled", async () => {
  expect(await place.run("resume", runId)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("is completed: there is nothing to resume"),
  });
  expect(await place.run("cancel", runId)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("is completed: there is nothing to cancel"),
  });
});
