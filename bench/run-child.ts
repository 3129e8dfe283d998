/** A process of its own that computes a stored spec once, so that its peak memory is that of a run and nothing else. */
import { readFileSync } from "node:fs";
import { executeRun } from "../lib/local/execute-run.ts";
import { parseSpec } from "../lib/run/parse-spec.ts";
import { answerRun, planRun } from "../lib/run/start-run.ts";
import { openLocalStores } from "../lib/stores/local/stores.ts";
import { benchmarkSpec } from "./stored-benchmark.ts";

const [home = "", everyBars = ""] = process.argv.slice(2);
const stores = await openLocalStores(home);
const plan = await planRun(parseSpec(benchmarkSpec(Number(everyBars)), "The benchmark's spec"), stores);
const { run } = await answerRun(plan, { fresh: true, nowMs: Date.now() }, stores);
const startedAt = performance.now();
const end = await executeRun({ run, home, stores, onProgress: () => undefined, stop: new AbortController().signal });
const ms = performance.now() - startedAt;
const metrics = end.kind === "completed" ? end.result.lanes[0]?.metrics : undefined;
await stores.close();
console.log(JSON.stringify({ ms, peakMb: peakMb(), finalEquity: metrics?.finalEquity }));

/** The peak resident memory of this program. (Linux counts in maxRSS what the parent held when it forked.) */
function peakMb(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS / 1024;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
}
