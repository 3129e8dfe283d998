import assert from "node:assert/strict";
import { runSweep } from "../lib/local/run-sweep.ts";
import { allRuns } from "../lib/run/retention.ts";
import type { SegmentRecord } from "../lib/run/run-store.ts";
import { openLocalStores } from "../lib/stores/local/stores.ts";
import { createSweep } from "../lib/sweep/create-sweep.ts";
import { parseSweepSpec } from "../lib/sweep/parse-sweep-spec.ts";
import type { Bench, BenchRow } from "./bench.ts";
import { benchmarkBars } from "./benchmark-bars.ts";
import { rawLoop } from "./raw-loop.ts";
import { benchmarkSpec, withStoredBenchmark } from "./stored-benchmark.ts";

const fasts = { from: 5, to: 50, step: 5 };
const slows = { from: 60, to: 150, step: 10 };
const pairs = Array.from({ length: 100 }, (_, i) => ({ fast: 5 + 5 * Math.floor(i / 10), slow: 60 + 10 * (i % 10) }));
const everyBars = 250_000;

/** What one sweep took: from the call to its result, to its first lanes, and in its runs' segments alone. */
type Took = {
  readonly wholeMs: number;
  readonly firstMs: number;
  readonly segmentsMs: number;
  readonly peakMb: number;
  readonly lastToFirstQuarter: number;
  readonly best: unknown;
};

export const sweepBench: Bench = {
  name: "sweep",
  measures:
    "the sweep of 100 pairs on a laptop's store with all that belongs to it, beside the hand-written loop once for each pair on one thread",
  run: async () => [
    await pairsOver(100_000, 1),
    await pairsOver(100_000, 2),
    await pairsOver(1_000_000, 1),
    await pairsOver(1_000_000, 2),
  ],
};

export const sweepLanesBench: Bench = {
  name: "sweep-lanes",
  measures:
    "many lanes in one sweep: memory, and whether the last lanes are as fast as the first; BACKSTITCH_LARGE_BENCH=1 takes 10,000 lanes of a million bars",
  run: async () => {
    const shapes = [
      { lanes: 10_000, bars: 200 },
      { lanes: 2_000, bars: 100_000 },
      ...(process.env.BACKSTITCH_LARGE_BENCH === "1" ? [{ lanes: 10_000, bars: 1_000_000 }] : []),
    ];
    const rows: BenchRow[] = [];
    for (const { lanes, bars } of shapes) {
      const space = { fast: { from: 1, to: 100, step: 1 }, slow: { from: 101, to: 100 + lanes / 100, step: 1 } };
      const took = await sweepOver(bars, 2, space);
      const { wholeMs, firstMs, peakMb, lastToFirstQuarter } = took;
      rows.push({
        lanes,
        bars,
        threads: 2,
        wholeMs,
        firstMs,
        microsecondsPerLane: (wholeMs * 1_000) / lanes,
        millionLaneBarsPerSecond: (lanes * bars) / wholeMs / 1_000,
        lastToFirstQuarter,
        peakMb,
      });
    }
    return rows;
  },
};

async function pairsOver(bars: number, threads: number): Promise<BenchRow> {
  const { open, close } = benchmarkBars(bars);
  const raw = () => {
    const startedAtMs = performance.now();
    for (const { fast, slow } of pairs) rawLoop(open, close, fast, slow);
    return performance.now() - startedAtMs;
  };
  // Before, while the sweep's home is still warm, and after: the better of them, as compiled code runs.
  const before = Math.min(raw(), raw());
  const { wholeMs, firstMs, segmentsMs, best } = await sweepOver(bars, threads, { fast: fasts, slow: slows });
  const rawLoopMs = Math.min(before, raw());
  if (bars === 100_000) assert.deepEqual(best, { fast: 50, slow: 150, side: "long" });
  return {
    lanes: pairs.length,
    bars,
    threads,
    wholeMs,
    firstMs,
    rawLoopMs,
    lanesPerThreadToRawLoop: rawLoopMs / segmentsMs,
    wholeToRawLoop: rawLoopMs / wholeMs,
  };
}

function sweepOver(bars: number, workers: number, space: object): Promise<Took> {
  return withStoredBenchmark(bars, everyBars, async (home) => {
    const stores = await openLocalStores(home);
    const { checkpoint: _, name: __, ...base } = benchmarkSpec(everyBars) as { checkpoint: object; name: string };
    const spec = parseSweepSpec({ base, space, objective: "finalEquity" }, "The spec");
    const { sweep } = await createSweep(spec, Date.now(), stores);
    const startedAtMs = performance.now();
    const seen: { readonly lanes: number; readonly atMs: number }[] = [];
    let peak = 0;
    const end = await runSweep({
      sweepId: sweep.sweepId,
      home,
      stores,
      workers,
      onProgress: ({ lanesDone }) => {
        peak = Math.max(peak, process.memoryUsage.rss());
        if (lanesDone > 0) seen.push({ lanes: lanesDone, atMs: performance.now() - startedAtMs });
      },
      stop: new AbortController().signal,
    });
    const wholeMs = performance.now() - startedAtMs;
    assert.equal(end.kind, "completed");
    const segments: SegmentRecord[] = [];
    for await (const run of allRuns(stores.runs))
      if (run.runId.includes("-i")) segments.push(...(await stores.runs.listSegments(run.runId)));
    await stores.close();
    return {
      wholeMs,
      firstMs: seen[0]?.atMs ?? wholeMs,
      segmentsMs: segments.reduce((sum, { durationMs }) => sum + durationMs, 0),
      peakMb: peak / 2 ** 20,
      lastToFirstQuarter: quarters(seen),
      best: end.kind === "completed" ? end.result.best?.params : undefined,
    };
  });
}

/** Lanes a second of the last quarter of the lanes, divided by those of the first, each from the time of its first answer. */
function quarters(seen: readonly { readonly lanes: number; readonly atMs: number }[]): number {
  const [first, last] = [seen[0], seen.at(-1)];
  if (first === undefined || last === undefined || seen.length < 5) return Number.NaN;
  const at = (share: number) =>
    seen.findLast(({ lanes }) => lanes <= first.lanes + share * (last.lanes - first.lanes)) ?? first;
  const speed = (a: typeof first, b: typeof first) => (b.lanes - a.lanes) / (b.atMs - a.atMs);
  return speed(at(0.75), last) / speed(first, at(0.25));
}
