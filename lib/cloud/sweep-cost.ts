import type { RunCost } from "../report/run-document.ts";
import { loadResult } from "../report/sweep-document.ts";
import { laneParams } from "../run/program.ts";
import type { RunRecord } from "../run/run-store.ts";
import { storedSpec } from "../run/stored-spec.ts";
import type { SweepStores } from "../sweep/open-sweep.ts";
import { runsOfSweep } from "../sweep/runs-of-sweep.ts";
import { sweepSpecSchema } from "../sweep/sweep-spec.ts";
import type { SweepRecord } from "../sweep/sweep-store.ts";
import { isWalk } from "../sweep/winner-runs.ts";
import { sumUsage } from "./cost-model.ts";
import { costOf, type RunUse, runUse } from "./run-cost.ts";
import { sweepStepsUsage } from "./sweep-steps-usage.ts";

/** So many runs are looked at for one answer, which must not take a minute; of a larger sweep the dollars stay open. */
const mostRuns = 2_000;
const readsAtOnce = 32;

/**
 * What a sweep has used of AWS so far, and its list price: what the records of its runs say, and its own steps as `plan` takes them. Nothing for a sweep without a
 * segment on AWS: lanes that were known cost nothing. Null dollars when a region's prices are not in the table, or for more than 2,000 runs.
 */
export async function sweepCost(sweep: SweepRecord, stores: SweepStores): Promise<RunCost> {
  const runs: RunRecord[] = [];
  for await (const run of runsOfSweep(sweep, stores.runs)) {
    if (runs.length === mostRuns) return { dollars: null };
    runs.push(run);
  }
  const laneBytes = await stateBytesOfLane(runs, stores);
  const uses: RunUse[] = [];
  for (let from = 0; from < runs.length; from += readsAtOnce) {
    const some = runs.slice(from, from + readsAtOnce);
    const read = await Promise.all(some.map((run) => useOf(run, laneBytes, stores)));
    uses.push(...read.filter((use) => use !== undefined));
  }
  const [first] = uses;
  if (first === undefined) return { dollars: 0 };
  const { host } = first;
  const steps = sweepStepsUsage({ ...(await stepsOf(sweep, runs, stores)), memoryMb: host.memoryMb });
  const children = uses.map(({ usage }) => [{ ...usage, apiRequests: 0 }, 1] as const);
  return costOf({ host, usage: sumUsage([...children, [steps, 1]]) });
}

async function useOf(run: RunRecord, laneBytes: number, { runs }: SweepStores): Promise<RunUse | undefined> {
  return runUse(run, await runs.listSegments(run.runId), {
    stateBytes: laneBytes * laneCount(run),
    runBytes: JSON.stringify(run).length,
  });
}

/** The state of one lane, by the newest of the first run that has one: lanes of a sweep differ in their parameters only. */
async function stateBytesOfLane(runs: readonly RunRecord[], stores: SweepStores): Promise<number> {
  const begun = runs.find(({ headSequence }) => headSequence > 0);
  if (begun === undefined) return 0;
  const head = await stores.runs.getCheckpoint(begun.runId, begun.headSequence);
  return (head?.stateBytes ?? 0) / laneCount(begun);
}

function laneCount(run: RunRecord): number {
  return laneParams(storedSpec(run)).length;
}

/** How often the sweep's own steps were called follows from its spec and from what it came to. */
async function stepsOf(sweep: SweepRecord, runs: readonly RunRecord[], { objects }: SweepStores) {
  const { windows = [], counts } = (await loadResult(sweep, objects)) ?? {};
  const spec = sweepSpecSchema.parse(sweep.spec);
  const rounds = spec.method.kind === "tpe" ? Math.ceil(spec.method.n / spec.method.round) : 1;
  const judged = windows.filter(({ winners }) => winners.length > 0).length;
  // Chained windows follow one another, each in a map of its own.
  const isChained = spec.capital === "chained" && isWalk({ spec });
  return {
    maps: rounds + (isChained ? judged : Math.min(1, judged)),
    runs: runs.length,
    windows: windows.length,
    rows: counts?.rows ?? 0,
    attempts: sweep.attempt,
  };
}
