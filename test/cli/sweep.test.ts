import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { expectRelative } from "../golden-cases/expect-relative.ts";
import { goldenBarsFile, hasSharedCases, readJson } from "../golden-cases/golden-file.ts";
import { errorDocument, json, openWorkplace, sp500File } from "./backstitch.ts";

const place = openWorkplace();
afterAll(place.remove);

/** Throws on the bars of one length. */
const moody = `
import { close, defineStrategy, sma, z } from "backstitch";
export default defineStrategy({
  name: "moody",
  params: z.strictObject({ length: z.int().min(2).default(10) }),
  columns: ({ length }) => ({ mean: sma(close, length) }),
  initialState: () => ({}),
  onBar(bar) {
    if (bar.params.length === 7 && bar.index === 300) throw new Error("no more");
    if (bar.position === 0 && bar.close > bar.columns.mean.now) bar.buy();
    else if (bar.position !== 0 && bar.close < bar.columns.mean.now) bar.closePosition();
  },
});
`;

beforeAll(async () => {
  place.write("moody.ts", moody);
  await place.run("data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--name", "sp500");
});

const spec = {
  name: "small",
  base: {
    data: { snapshot: "sp500", to: "2004-12-31" },
    strategy: { name: "sma-cross" },
    sizing: { kind: "units", units: 10 },
  },
  space: { fast: [5, 10, 20], slow: [30, 60] },
  windows: { kind: "rolling", inSample: "500 bars", outOfSample: "125 bars", warmup: 60 },
  objective: "totalReturn",
};
const walk = spec.windows;

const badSpecs: readonly (readonly [what: string, change: object, message: RegExp])[] = [
  ["a space without a parameter", { space: {} }, /space: expected at least one parameter/],
  ["a parameter without values", { space: { fast: [] } }, /space\.fast: .*found none|space\.fast: expected/],
  [
    "10^12 lanes",
    { space: { fast: { from: 1, to: 1e6, step: 1 }, slow: { from: 1, to: 1e6, step: 1 } } },
    /space: expected at most 100000 lanes \(maxLanes\), found 1000000000000\..*sobol/,
  ],
  [
    "10^12 lanes with a condition",
    { space: { fast: { from: 1, to: 1e6, step: 1 }, slow: { from: 1, to: 1e6, step: 1 } }, where: ["fast < slow"] },
    /space: expected at most 100000 lanes/,
  ],
  ["a condition that nothing meets", { where: ["fast > slow"] }, /where: no point of the space meets "fast > slow"/],
  ["an unknown objective", { objective: "sharp" }, /objective: .*"sharp".*did you mean "sharpe"/],
  ["a constraint on no metric", { require: ["closedTrade >= 3"] }, /require.*closedTrade.*did you mean "closedTrades"/],
  ["an unknown parameter", { space: { fasst: [5] } }, /space\.fasst: .*did you mean "fast"/],
  [
    "windows longer than the data",
    { windows: { ...walk, inSample: "5000 bars" } },
    /windows: .*1256 bars|windows.*5000/,
  ],
  [
    "ranges that overlap",
    {
      windows: {
        kind: "list",
        list: [
          {
            inSample: { from: "2000-01-03", to: "2002-12-31" },
            outOfSample: { from: "2002-06-01", to: "2003-06-30" },
          },
        ],
      },
    },
    /windows\.list\[0\]\.outOfSample: expected no bar of inSample .*share \d+ bars/,
  ],
  ["a negative embargo", { windows: { ...walk, embargo: "-5 bars" } }, /windows\.embargo: .*overlap/],
  [
    "positions carried over a gap",
    { state: "carried", windows: { ...walk, step: "200 bars" } },
    /state: "carried" expects .* found \d+ bars between/,
  ],
  ["an unknown snapshot", { base: { ...spec.base, data: { snapshot: "sp50" } } }, /sp50.*sp500/s],
];

test.each(badSpecs)("%s is refused in one message, and no sweep is made", async (_, change, message) => {
  place.write("bad.json", JSON.stringify({ ...spec, ...change }));
  const { code, stdout, stderr } = await place.run("sweep", "bad.json", "--json");
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
  expect(stderr).not.toContain("    at ");
  expect(errorDocument.parse(JSON.parse(stdout)).error.message).toMatch(message);
  expect((await place.run("sweep", "ls")).stdout).toBe("No sweeps.\n");
});

const document = z.object({
  sweepId: z.string(),
  status: z.string(),
  best: z.object({ params: z.record(z.string(), z.unknown()) }).nullable(),
  counts: z.object({ total: z.number(), failed: z.number() }),
  hosts: z.array(z.string()),
  windows: z.array(z.object({ best: z.unknown(), selection: z.unknown() })),
  stitched: z.unknown(),
});

async function swept(name: string, change: object): Promise<z.output<typeof document>> {
  place.write(`${name}.json`, JSON.stringify({ ...spec, name, ...change }));
  const ended = await place.run("sweep", `${name}.json`, "--json");
  expect({ code: ended.code, name }, ended.stderr).toEqual({ code: 0, name });
  return json(ended, document);
}

test("a constraint that excludes every lane leaves windows without a winner and no stitched record", async () => {
  const { status, best, windows, stitched } = await swept("excluded", { require: ["closedTrades >= 5000"] });
  expect({ status, best, stitched, bests: new Set(windows.map(({ best: own }) => own)) }).toEqual({
    status: "completed",
    best: null,
    stitched: null,
    bests: new Set([null]),
  });
});

test("a lane that throws fails alone, and the sweep ends as partial with the lane's parameters", async () => {
  const { sweepId, status, counts, hosts } = await swept("moody", {
    base: { ...spec.base, strategy: { file: "./moody.ts" } },
    space: { length: [5, 6, 7, 8] },
    windows: { kind: "none" },
  });
  expect([status, counts.total, counts.failed, hosts]).toEqual(["partial", 4, 1, [hostname()]]);
  const { stdout } = await place.run("sweep", "show", sweepId);
  expect(stdout).toMatch(/\n {2}lane 2 in window 0 \(length 7\): StrategyError: bar 300: no more/);
});

test("a partial sweep exits with 0 and a warning", async () => {
  const { code, stderr } = await place.run("sweep", "moody.json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "1 of 4 lanes failed; the answer is that of the others.\n" });
});

test("a sweep whose lanes all fail is failed, with exit code 1", async () => {
  place.write(
    "all.json",
    JSON.stringify({
      ...spec,
      name: "all",
      base: { ...spec.base, strategy: { file: "./moody.ts" } },
      space: { length: [7] },
      windows: { kind: "none" },
    }),
  );
  const { code, stdout, stderr } = await place.run("sweep", "all.json");
  expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: expect.stringContaining("no more") });
  expect(stderr).not.toContain("    at ");
});

test("the table is exported as CSV and Parquet with the same rows, one for each lane and window", async () => {
  const { sweepId, windows } = await swept("exported", {});
  await place.run("sweep", "export", sweepId, "--out", "lanes.csv");
  await place.run("sweep", "export", sweepId, "--format", "parquet", "--out", "lanes.parquet");
  const [header = "", ...lines] = readFileSync(place.path("lanes.csv"), "utf8").trimEnd().split("\n");
  const names = header.split(",");
  const rows = (await parquetReadObjects({
    file: Uint8Array.from(readFileSync(place.path("lanes.parquet"))).buffer,
  })) as { [name: string]: unknown }[];
  expect([lines.length, rows.length]).toEqual([6 * windows.length, 6 * windows.length]);
  expect(Object.keys(rows[0] ?? {})).toEqual(names);
  const text = (value: unknown) => (value === null || value === undefined ? "" : String(value));
  expect(rows.map((row) => names.map((name) => text(row[name])).join(","))).toEqual(lines);
});

test("the rows of the table are in the order of windows and lanes, with each lane's parameters", async () => {
  const lines = readFileSync(place.path("lanes.csv"), "utf8").trimEnd().split("\n").slice(1, 7);
  expect(lines.map((line) => line.split(",").slice(0, 5).join(","))).toEqual([
    "0,0,0,5,30",
    "0,0,1,5,60",
    "0,0,2,10,30",
    "0,0,3,10,60",
    "0,0,4,20,30",
    "0,0,5,20,60",
  ]);
});

const goldenGrid = z.object({
  data: z.object({ file: z.string() }),
  results: z.array(
    z.object({
      fast: z.number(),
      slow: z.number(),
      final_equity: z.number(),
      n_trades: z.number(),
      sharpe: z.number(),
      max_drawdown_pct: z.number(),
    }),
  ),
  best_by_final_equity: z.object({ fast: z.number(), slow: z.number() }),
});

test.skipIf(!hasSharedCases)("the grid of 33 pairs (B13) gives what backtesting.py gives, pair by pair", async () => {
  const golden = goldenGrid.parse(readJson("cases/golden/B13_goog_sma_grid.json"));
  const file = goldenBarsFile(golden.data.file);
  await place.run("data", "import", file, "--symbol", "GOOG", "--timeframe", "1d", "--name", "goog");
  place.write(
    "b13.json",
    JSON.stringify({
      base: {
        data: { snapshot: "goog" },
        strategy: { name: "sma-cross", params: { side: "both" } },
        account: { cash: 10_000 },
        sizing: { kind: "fraction", fraction: 1 },
        execution: { commission: { kind: "percent", percent: 0.2 } },
      },
      space: { fast: { from: 5, to: 30, step: 5 }, slow: { from: 10, to: 70, step: 10 } },
      where: ["fast < slow"],
      objective: "finalEquity",
    }),
  );
  const row = z.object({
    params: z.object({ fast: z.number(), slow: z.number() }),
    metrics: z.record(z.string(), z.number().nullable()),
  });
  const { best, lanes } = json(
    await place.run("sweep", "b13.json", "--json"),
    z.object({ best: z.object({ params: z.object({ fast: z.number(), slow: z.number() }) }), lanes: z.array(row) }),
  );
  expect(best.params).toMatchObject(golden.best_by_final_equity);
  expect(lanes.length).toBe(33);
  golden.results.forEach(({ fast, slow, ...result }, i) => {
    const { params, metrics } = lanes[i] as z.output<typeof row>;
    expect(params).toMatchObject({ fast, slow });
    expect(metrics.closedTrades).toBe(result.n_trades);
    expectRelative(metrics.finalEquity ?? null, result.final_equity, `${fast}/${slow} final equity`);
    expectRelative(metrics.sharpeGeometric ?? null, result.sharpe, `${fast}/${slow} Sharpe`);
    expectRelative(-(metrics.maxDrawdown ?? 0) * 100, result.max_drawdown_pct, `${fast}/${slow} maximum drawdown`);
  });
});
