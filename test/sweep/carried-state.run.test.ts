import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { sweepDetailsSchema } from "../../lib/api/sweep-schemas.ts";
import { type Bars, sliceBars } from "../../lib/engine/bars.ts";
import { add, type Fixed, formatFixed, parseFixed, subtract } from "../../lib/engine/money.ts";
import { type BarContext, defineStrategy } from "../../lib/engine/strategy.ts";
import { type BacktestSpec, runBacktest } from "../../lib/local/run-backtest.ts";
import type { BarColumns } from "../../lib/market/bar-rows.ts";
import { sweepDocument } from "../../lib/report/sweep-document.ts";
import { renderSweepReport } from "../../lib/report/sweep-report.ts";
import { collectSweepReport } from "../../lib/report/sweep-report-input.ts";
import { parseSpec } from "../../lib/run/parse-spec.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import { accountLeftBy } from "../../lib/sweep/carried-state.ts";
import type { SweepSpecInput } from "../../lib/sweep/sweep-spec.ts";
import { barsOf, type Row } from "../engine/bars-of.ts";
import { generatedBars } from "../simulation/generated-bars.ts";
import { actByNumber, numberedParams } from "../simulation/numbered-orders.ts";
import { putSnapshot } from "../simulation/put-snapshot.ts";
import { temporaryFolder } from "../stores/temporary-folder.ts";
import { completedSweep } from "./laptop-sweep.ts";
import { type SteppedSweep, type StitchedTrade, sweepInSteps } from "./sweep-in-steps.ts";

const dayMs = 86_400_000;
const numberedOrders = fileURLToPath(new URL("../simulation/numbered-orders.ts", import.meta.url));

const account = {
  account: { cash: 10_000 },
  sizing: { kind: "fraction", fraction: 0.3, of: "equity", lot: 0.01 },
  execution: {
    commission: { kind: "percent", percent: 0.1 },
    slippage: { kind: "bps", bps: 3 },
    pyramiding: 3,
  },
} as const satisfies Partial<SweepSpecInput["base"]>;

function carried(changes: Partial<SweepSpecInput>): SweepSpecInput {
  return {
    base: { ...account, data: { snapshot: "bars" }, strategy: { file: numberedOrders }, checkpoint: { everyBars: 11 } },
    space: { draw: [1] },
    windows: { kind: "rolling", inSample: 40, outOfSample: 30, warmup: 10 },
    objective: "totalReturn",
    state: "carried",
    ...changes,
  };
}

/** One run over all bars from `startBar` on, that is told which parameters hold at each. */
function uninterrupted(
  bars: BarColumns,
  { result }: SteppedSweep,
  warmup: number,
  changes: Partial<BacktestSpec> = {},
) {
  const windows = result.windows.map(({ outOfSample: { ranges }, best }) => ({
    range: ranges[0],
    params: best?.params,
  }));
  const startBar = (windows[0]?.range?.startBar ?? 0) - warmup;
  const endBar = windows.at(-1)?.range?.endBar ?? 0;
  const strategy = defineStrategy({
    name: "scheduled-orders",
    params: z.strictObject({}),
    onBar(bar) {
      const own = windows.find(({ range }) => range !== undefined && bar.index < range.endBar);
      actByNumber(bar as unknown as BarContext, numberedParams.parse(own?.params));
    },
  });
  return runBacktest(
    { ...account, ...changes, strategy, data: { warmupBars: warmup }, metrics: { warmup: "left-out" } },
    { bars: sliceBars({ startBar: 0, ...bars } as Bars, startBar, endBar), timeframe: "1d" },
  );
}

/** A stored trade as code gets it, without its window. */
function plainOf({ window: _, ...trade }: StitchedTrade) {
  const amounts = ["quantity", "grossProfit", "fees", "netProfit"].map((name) => [name, Number(trade[name])]);
  return { ...trade, ...Object.fromEntries(amounts) };
}

async function specOf(runId: string, { stores }: SteppedSweep) {
  const run = await stores.runs.getRun(runId);
  return run && parseSpec(run.spec, runId);
}

async function cashOf(runId: string, done: SteppedSweep) {
  return (await specOf(runId, done))?.account.cash;
}

const cases = fc.record({
  seed: fc.integer({ min: 1, max: 1_000 }),
  activity: fc.constantFrom(0.15, 0.5, 0.9),
  outOfSample: fc.integer({ min: 12, max: 50 }),
  warmup: fc.integer({ min: 0, max: 20 }),
  embargo: fc.constantFrom(0, 3),
  kind: fc.constantFrom("rolling", "anchored"),
  fill: fc.constantFrom("next-open", "close"),
  closeAtEnd: fc.boolean(),
  everyBars: fc.integer({ min: 3, max: 60 }),
  looks: fc.integer({ min: 2, max: 20 }),
});

const grid = { kind: "grid" } as const;

async function equalsOneRun(
  draw: readonly number[],
  method: NonNullable<SweepSpecInput["method"]>,
  found: typeof cases extends fc.Arbitrary<infer Case> ? Case : never,
) {
  const { seed, activity, outOfSample, warmup, embargo, kind, everyBars, looks, ...execution } = found;
  const bars = generatedBars(160, seed, dayMs);
  const base = carried({}).base;
  const spec = carried({
    base: { ...base, execution: { ...account.execution, ...execution }, checkpoint: { everyBars } },
    space: { draw: [...draw], activity: [activity] },
    windows: { kind, inSample: 40, outOfSample, embargo, warmup },
    method,
  });
  const done = await sweepInSteps(bars, spec, looks);
  const whole = await uninterrupted(bars, done, warmup, { execution: { ...account.execution, ...execution } });
  const judged = whole.equity.slice(warmup);
  expect(done.bars).toEqual(judged.map(({ bar }) => bar));
  expect(done.equity).toEqual(judged.map(({ equity }) => equity));
  expect(done.trades.map(plainOf)).toEqual(whole.trades);
  const worth = done.result.windows.map(({ outOfSample: { metrics } }) => metrics?.finalEquity);
  const begun = await Promise.all(worth.map((_, window) => cashOf(`${done.sweepId}-w${window}-0-0`, done)));
  expect(begun).toEqual([10_000, ...worth.slice(0, -1)]);
  // What is filled at the very last close takes the place of that bar's mark in a joined record, and comes after it in a run.
  if (execution.closeAtEnd || execution.fill === "close") return;
  const stitched = done.result.stitched?.metrics;
  for (const [name, value] of Object.entries(whole.metrics)) {
    const joined = stitched?.[name as keyof typeof stitched] ?? null;
    if (value === null) expect([name, joined]).toEqual([name, null]);
    else expect(joined, name).toBeCloseTo(value, 9);
  }
}

test("carried windows of one parameter set are one run over the bars out of sample", async () => {
  await fc.assert(
    fc.asyncProperty(cases, (found) => equalsOneRun([1], grid, found)),
    { numRuns: 8 },
  );
}, 60_000);

test("carried windows of several are one run that changes its parameters at their first bars", async () => {
  await fc.assert(
    fc.asyncProperty(cases, (found) => equalsOneRun([1, 2, 3, 4], grid, found)),
    { numRuns: 8 },
  );
}, 60_000);

/** Six bars in-sample and four out of sample; no costs, ten units at a time. */
function levels(changes: Partial<SweepSpecInput> = {}): SweepSpecInput {
  return {
    base: {
      data: { snapshot: "bars" },
      strategy: { file: fileURLToPath(new URL("price-levels.ts", import.meta.url)) },
      account: { cash: 1_000 },
      sizing: { kind: "units", units: 10 },
    },
    space: { sell: [15, 12] },
    windows: { kind: "rolling", inSample: 6, outOfSample: 4 },
    objective: "totalReturn",
    state: "carried",
    ...changes,
  };
}

const chosen = ({ result }: SteppedSweep) => result.windows.map(({ best }) => (best?.params as { sell: number })?.sell);

test("so are those of an optimiser", async () => {
  const method = { kind: "tpe", n: 6, round: 3, startup: 3 } as const;
  await fc.assert(
    fc.asyncProperty(cases, (found) => equalsOneRun([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], method, found)),
    { numRuns: 2 },
  );
}, 60_000);

// Window 0 chooses on bars 0 to 5: selling at 15 gains 60, at 12 only 20. Window 1 on bars 4 to 9: 30 at 12, 5 at 15.
const crossing: readonly Row[] = [10, 10, 13, 12, 15, 16, 10, 10, 13, [13, 13, 9.5, 10.5], 12.5, 14, 9, 11];

test("a position bought by one window's parameters is sold by the next one's, and is one trade", async () => {
  const bars = dailyBars(crossing);
  const done = await sweepInSteps(bars, levels());
  expect(chosen(done)).toEqual([15, 12]);
  // Bought at 10 in bar 7; 12.5 at bar 10 is enough for the new parameters: sold at 14 in bar 11. Bought again at 11 in bar 13.
  expect(done.bars).toEqual([6, 7, 8, 9, 10, 11, 12, 13]);
  expect(done.equity).toEqual([1_000, 1_000, 1_030, 1_005, 1_025, 1_040, 1_040, 1_040]);
  expect(done.trades).toMatchObject([
    { window: 1, tradeId: 1, entryBar: 7, entryPrice: 10, exitBar: 11, exitPrice: 14, netProfit: "40" },
  ]);
  expect(done.trades[0]).toMatchObject({ maxAdverse: -5, maxFavorable: 40, exitReason: "order" });
  const [first, second] = done.result.windows;
  expect(first?.outOfSample).toMatchObject({ metrics: { finalEquity: 1_005, openTrades: 1, closedTrades: 0 } });
  expect(second?.outOfSample).toMatchObject({
    metrics: { finalEquity: 1_040, totalReturn: 1_040 / 1_005 - 1, closedTrades: 1 },
    inherited: { units: 10, openTrades: 1, orders: 0 },
  });
  expect(done.result.stitched).toMatchObject({
    state: "carried",
    metrics: { openTrades: 1, closedTrades: 1, fills: 3 },
  });

  const fresh = await sweepInSteps(bars, levels({ state: "fresh" }));
  expect(fresh.equity).toEqual([1_000, 1_000, 1_030, 1_005, 1_005, 1_005, 1_005, 1_005]);
  expect(fresh.trades).toEqual([]);
});

test("the report and the document say what each window began with", async () => {
  const { sweepId, stores } = await sweepInSteps(dailyBars(crossing), levels());
  const sweep = await stores.sweeps.getSweep(sweepId);
  if (sweep === undefined) throw new Error("The sweep is gone.");
  const page = renderSweepReport(await collectSweepReport(sweep, { dollars: 0 }, stores));
  const [, rows = ""] = /<section id="windows"[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/.exec(page) ?? [];
  expect(rows.match(/>(flat|long 10|short 10)</g)).toEqual([">flat<", ">long 10<"]);
  expect(page).toContain("Each window begins with the account of the one before it");
  const document = sweepDetailsSchema.parse(await sweepDocument(sweep, { dollars: 0 }, stores));
  expect(document.stitched?.state).toBe("carried");
  expect(document.windows.map(({ outOfSample }) => outOfSample.inherited?.units)).toEqual([undefined, 10]);
});

test("an order that waits at a window's end is filled in the next one", async () => {
  // The signal at the close of bar 9, the last of window 0, is filled at the open of bar 10.
  const bars = dailyBars([10, 10, 13, 12, 15, 16, 11, 11, 11, 10, 10.5, 11, 12, 13]);
  const done = await sweepInSteps(bars, levels());
  expect(done.result.windows[1]?.outOfSample.inherited).toEqual({ units: 0, openTrades: 0, orders: 1 });
  expect(done.equity.slice(4)).toEqual([1_000, 1_005, 1_015, 1_025]);
});

test("before a window in which nothing met the constraints the position is closed, and the next winner begins flat", async () => {
  // In bars 4 to 9 nothing is sold, so that window 1 has no winner; window 2 chooses 12 on bars 8 to 13.
  const bars = dailyBars([10, 10, 13, 12, 15, 16, 10, 10, 11, 11, 10, 10, 13, 14, 10, 10, 12, 12]);
  const done = await sweepInSteps(bars, levels({ require: ["closedTrades >= 1"] }));
  expect(chosen(done)).toEqual([15, undefined, 12]);
  expect(done.bars).toEqual([6, 7, 8, 9, 14, 15, 16, 17]);
  expect(done.trades).toMatchObject([
    { window: 0, entryBar: 7, exitBar: 9, exitPrice: 11, netProfit: "10", exitReason: "end-of-data" },
    { window: 2, entryBar: 15, exitBar: 17, exitPrice: 12, netProfit: "20", exitReason: "order" },
  ]);
  expect(done.result.windows[2]?.outOfSample.inherited).toBeUndefined();
  expect(done.result.stitched?.metrics).toMatchObject({ finalEquity: 1_030, openTrades: 0 });
});

test("a winner that fails out of sample ends the record before its window", async () => {
  // Bar 75 lies in the out-of-sample range of window 1, and in-sample in window 2; window 3 could choose again.
  const done = await sweepInSteps(generatedBars(160, 4, dayMs), carried({ space: { draw: [1], throwsAt: [75] } }));
  const { windows, stitched } = done.result;
  expect(windows.map(({ best }) => best?.lane ?? null)).toEqual([0, 0, null, 0]);
  expect(windows.map(({ outOfSample: { metrics } }) => metrics === null)).toEqual([false, true, true, true]);
  expect(done.bars).toEqual(Array.from({ length: 30 }, (_, i) => 40 + i));
  expect(stitched?.metrics.finalEquity).toBe(windows[0]?.outOfSample.metrics?.finalEquity);
  expect(windows[3]?.winners[0]?.runIds).toEqual([]);
});

test("only the best of a window hands its account on; the others begin flat with their own equity", async () => {
  const done = await sweepInSteps(generatedBars(130, 5, dayMs), carried({ space: { draw: [1, 2, 3] }, topK: 2 }));
  const [best, second] = await Promise.all([0, 1].map((rank) => specOf(`${done.sweepId}-w1-${rank}-0`, done)));
  expect(best?.account.opening).toBeDefined();
  expect(second?.account.opening).toBeUndefined();
  expect(second?.account.cash).toBe(done.result.windows[0]?.winners[1]?.outOfSample?.finalEquity);
});

test("cash at the end is cash at the start, the profits of all trades, and what is open, to the last unit", async () => {
  const done = await sweepInSteps(generatedBars(160, 9, dayMs), carried({ space: { draw: [1, 2], activity: [0.6] } }));
  const last = await done.stores.runs.getRun(`${done.sweepId}-w${done.result.windows.length - 1}-0-0`);
  if (last === undefined) throw new Error("The last window has a winner.");
  const left = await accountLeftBy(last, done.stores);
  expect(done.trades.some(({ entryBar, window }) => Number(entryBar) < 40 + 30 * window)).toBe(true);
  let cash: Fixed = parseFixed("10000");
  for (const { netProfit } of done.trades) cash = add(cash, parseFixed(netProfit));
  for (const { direction, entryValue, entryFee } of left.trades) {
    const value = parseFixed(entryValue);
    cash = subtract(direction === 1 ? subtract(cash, value) : add(cash, value), parseFixed(entryFee));
  }
  expect(left.cash).toBe(formatFixed(cash));
});

test("worker threads give the digest of the steps", async () => {
  const bars = generatedBars(130, 6, dayMs);
  const spec = carried({ space: { draw: [1, 2] } });
  const folder = await temporaryFolder();
  const stores = await openLocalStores(folder.path);
  try {
    await putSnapshot(bars, { name: "bars", timeframe: "1d", chunkBars: 1_024 }, stores);
    const { resultDigest } = await completedSweep(spec, { home: folder.path, stores }, { workers: 1 });
    const { result } = await sweepInSteps(bars, spec, 3);
    expect(resultDigest).toBe(result.resultDigest);
  } finally {
    await stores.close();
    await folder.remove();
  }
});

/** A day each. */
function dailyBars(rows: readonly Row[]): BarColumns {
  const { startBar: _, ...columns } = barsOf(rows, { stepMs: dayMs });
  return columns;
}
