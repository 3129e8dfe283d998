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

/** How far a sweep was at a moment: share of its lane-bars, and what the process had used. */
type Seen = { readonly share: number; readonly atMs: number; readonly cpuMs: number; readonly mb: number };

/** What one sweep took: from the call to its result, to the first bars and lanes, from the first segment's start to the last one's end, and in segments alone. */
type Took = {
  readonly wholeMs: number;
  readonly cpuMs: number;
  readonly firstBarsMs: number;
  readonly firstLanesMs: number;
  readonly lanesMs: number;
  readonly segmentsMs: number;
  readonly seen: readonly Seen[];
  readonly best: unknown;
};

export const sweepBench: Bench = {
  name: "sweep",
  measures:
    "the sweep of 100 pairs on a laptop's store on one thread and on two, beside the hand-written loop once for each pair on one thread, the better of three; and 1,000 pairs, whose seconds outweigh a second thread's start",
  run: async () => [...(await pairsOver(100_000)), ...(await pairsOver(1_000_000)), ...(await manyPairs())],
};

export const sweepLanesBench: Bench = {
  name: "sweep-lanes",
  measures:
    "many lanes in one sweep: memory, and whether the last quarter is as fast as the second (1: it is), by the clock and by the processor's time; BACKSTITCH_LARGE_BENCH=1 takes 10,000 lanes of a million bars",
  run: async () => {
    const shapes = [
      { lanes: 10_000, bars: 200 },
      { lanes: 10_000, bars: 100_000 },
      ...(process.env.BACKSTITCH_LARGE_BENCH === "1" ? [{ lanes: 10_000, bars: 1_000_000 }] : []),
    ];
    const rows: BenchRow[] = [];
    for (const { lanes, bars } of shapes) {
      const space = { fast: { from: 1, to: 100, step: 1 }, slow: { from: 101, to: 100 + lanes / 100, step: 1 } };
      const { wholeMs, cpuMs, firstBarsMs, firstLanesMs, seen } = await sweepOver(bars, 2, space);
      rows.push({
        lanes,
        bars,
        threads: 2,
        wholeMs,
        firstBarsMs,
        firstLanesMs,
        cpuMicrosecondsPerLane: (cpuMs * 1_000) / lanes,
        millionLaneBarsPerSecond: (lanes * bars) / wholeMs / 1_000,
        lastToSecondQuarter: quarters(seen, ({ atMs }) => atMs),
        lastToSecondQuarterCpu: quarters(seen, ({ cpuMs: used }) => used),
        mbAtHalf: seen.find(({ share }) => share >= 0.5)?.mb ?? Number.NaN,
        mbPeak: Math.max(...seen.map(({ mb }) => mb)),
      });
    }
    return rows;
  },
};

/** One thread and two by turns, so that what else the machine does meets both. */
async function pairsOver(bars: number): Promise<readonly BenchRow[]> {
  const { open, close } = benchmarkBars(bars);
  const raw = () => {
    const startedAtMs = performance.now();
    for (const { fast, slow } of pairs) rawLoop(open, close, fast, slow);
    return performance.now() - startedAtMs;
  };
  let rawLoopMs = Number.POSITIVE_INFINITY;
  const best: { [threads: number]: Took } = {};
  for (let turn = 0; turn < 3; turn++) {
    rawLoopMs = Math.min(rawLoopMs, raw(), raw());
    for (const threads of [1, 2]) {
      const took = await sweepOver(bars, threads, { fast: fasts, slow: slows });
      if (bars === 100_000) assert.deepEqual(took.best, { fast: 50, slow: 150, side: "long" });
      if (took.lanesMs < (best[threads]?.lanesMs ?? Number.POSITIVE_INFINITY)) best[threads] = took;
    }
  }
  return [1, 2].map((threads): BenchRow => {
    const { wholeMs, cpuMs, firstBarsMs, firstLanesMs, lanesMs, segmentsMs } = best[threads] as Took;
    return {
      lanes: pairs.length,
      bars,
      threads,
      wholeMs,
      cpuMs,
      firstBarsMs,
      firstLanesMs,
      rawLoopMs,
      lanesPerThreadToRawLoop: rawLoopMs / segmentsMs,
      lanesToOneThread: (best[1] as Took).lanesMs / lanesMs,
      wholeToRawLoop: rawLoopMs / wholeMs,
    };
  });
}

/** Ten times as many slow averages. The loop by hand would take a minute for them: it is not run. */
async function manyPairs(): Promise<readonly BenchRow[]> {
  const space = { fast: fasts, slow: { from: 60, to: 1_050, step: 10 } };
  const one = await sweepOver(1_000_000, 1, space);
  const two = await sweepOver(1_000_000, 2, space);
  return [one, two].map(({ wholeMs, cpuMs, firstBarsMs, firstLanesMs, lanesMs }, i) => ({
    lanes: 1_000,
    bars: 1_000_000,
    threads: i + 1,
    wholeMs,
    cpuMs,
    firstBarsMs,
    firstLanesMs,
    lanesToOneThread: one.lanesMs / lanesMs,
  }));
}

function sweepOver(bars: number, workers: number, space: object): Promise<Took> {
  return withStoredBenchmark(bars, everyBars, async (home) => {
    const stores = await openLocalStores(home);
    const { checkpoint: _, name: __, ...base } = benchmarkSpec(everyBars) as { checkpoint: object; name: string };
    const spec = parseSweepSpec({ base, space, objective: "finalEquity" }, "The spec");
    const { sweep } = await createSweep(spec, Date.now(), stores);
    const [startedAtMs, startedCpuMs] = [performance.now(), cpuMsNow()];
    const seen: Seen[] = [];
    let firstLanesMs = Number.NaN;
    const end = await runSweep({
      sweepId: sweep.sweepId,
      home,
      stores,
      workers,
      onProgress: ({ lanesDone, pace }) => {
        const atMs = performance.now() - startedAtMs;
        if (lanesDone > 0 && Number.isNaN(firstLanesMs)) firstLanesMs = atMs;
        if (pace === undefined) return;
        const mb = process.memoryUsage.rss() / 2 ** 20;
        seen.push({ share: pace.share, atMs, cpuMs: cpuMsNow() - startedCpuMs, mb });
      },
      stop: new AbortController().signal,
    });
    const [wholeMs, cpuMs] = [performance.now() - startedAtMs, cpuMsNow() - startedCpuMs];
    assert.equal(end.kind, "completed");
    const segments: SegmentRecord[] = [];
    for await (const run of allRuns(stores.runs))
      if (run.runId.includes("-i")) segments.push(...(await stores.runs.listSegments(run.runId)));
    await stores.close();
    const ends = segments.map((segment) => segment.startedAtMs + segment.durationMs);
    return {
      wholeMs,
      cpuMs,
      firstBarsMs: seen[0]?.atMs ?? wholeMs,
      firstLanesMs,
      lanesMs: Math.max(...ends) - Math.min(...segments.map((segment) => segment.startedAtMs)),
      segmentsMs: segments.reduce((sum, { durationMs }) => sum + durationMs, 0),
      seen,
      best: end.kind === "completed" ? end.result.best?.params : undefined,
    };
  });
}

function cpuMsNow(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The speed of the last quarter of the lane-bars, divided by that of the second: the first is compiled while it runs. */
function quarters(seen: readonly Seen[], clock: (moment: Seen) => number): number {
  const at = (share: number) => seen.find((moment) => moment.share >= share);
  const [from, to, late, end] = [at(0.25), at(0.5), at(0.75), seen.at(-1)];
  if (from === undefined || to === undefined || late === undefined || end === undefined) return Number.NaN;
  const speed = (a: Seen, b: Seen) => (b.share - a.share) / (clock(b) - clock(a));
  return speed(late, end) / speed(from, to);
}
