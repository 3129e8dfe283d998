import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Bench, BenchRow } from "./bench.ts";
import { benchmarkBars } from "./benchmark-bars.ts";
import { benchmarkLane, simulate } from "./benchmark-case.ts";
import { withStoredBenchmark } from "./stored-benchmark.ts";

const root = join(import.meta.dirname, "..");
const runs = 7;
const finalEquities: { readonly [bars: number]: number } = { 1000000: 967383.1472115, 10000000: 843421.92233837 };

export const wholeRunBench: Bench = {
  name: "run",
  measures:
    "the command `backstitch run` from a snapshot on disk, started anew each time, segments of 100,000 bars; the goal is 1.5 times the engine's own time and half a second",
  async run(): Promise<readonly BenchRow[]> {
    const bars = 1_000_000;
    const series = benchmarkBars(bars);
    const engineMs = median(() => void simulate([benchmarkLane(10, 30, "full")], series));
    return withStoredBenchmark(bars, 100_000, async (home, spec) => {
      const backstitch = (...args: string[]): string =>
        execFileSync(process.execPath, [join(root, "bin", "backstitch.js"), ...args], {
          encoding: "utf8",
          env: { ...process.env, BACKSTITCH_HOME: home },
          stdio: ["ignore", "pipe", "ignore"],
        });
      const versionMs = median(() => void backstitch("--version"));
      const runMs = median(() => {
        const { lanes } = JSON.parse(backstitch("run", spec, "--fresh", "--json")) as {
          lanes: { metrics: { finalEquity: number } }[];
        };
        assertEquity(lanes[0]?.metrics.finalEquity, bars);
      });
      const answerMs = median(() => void backstitch("run", spec, "--json"));
      return [{ bars, engineMs, versionMs, runMs, goalMs: 1.5 * engineMs + 500, answeredMs: answerMs }];
    });
  },
};

export const memoryBench: Bench = {
  name: "memory",
  measures: "peak memory of a process that computes a run, segments of 100,000 bars",
  async run(): Promise<readonly BenchRow[]> {
    const rows: BenchRow[] = [];
    for (const bars of [1_000_000, 10_000_000]) {
      const row = await withStoredBenchmark(bars, 100_000, async (home) => child(home, 100_000, bars));
      rows.push({ bars, runMs: row.ms, peakMb: row.peakMb });
    }
    return rows;
  },
};

type ChildFigures = { readonly ms: number; readonly peakMb: number; readonly finalEquity: number };

/** Computes the benchmark in a process of its own. */
function child(home: string, everyBars: number, bars: number): ChildFigures {
  const args = [join(import.meta.dirname, "run-child.ts"), home, String(everyBars)];
  const figures = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as ChildFigures;
  assertEquity(figures.finalEquity, bars);
  return figures;
}

function assertEquity(found: number | undefined, bars: number): void {
  const wanted = finalEquities[bars] ?? Number.NaN;
  assert.ok(found !== undefined && Math.abs(found - wanted) <= 1e-9 * wanted, `final equity ${found} of ${bars} bars`);
}

function median(work: () => void): number {
  work();
  const times = Array.from({ length: runs }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
  return times.toSorted((a, b) => a - b)[runs >> 1] as number;
}
