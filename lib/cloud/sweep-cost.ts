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
import { hasAnswer } from "./sweep-execution-hold.ts";
import { sweepStepsUsage } from "./sweep-steps-usage.ts";

/** So many runs are looked at for one answer, which must not take a minute; of a larger sweep the dollars stay open. */
const mostRuns = 2_000;
const readsAtOnce = 32;
/** The sweeps that were asked about last whose cost a process keeps. */
const mostKept = 100;

/**
 * What sweeps have used of AWS so far, and its list price: what the records of their runs say, and their own steps as `plan` takes them. Nothing for a sweep without a
 * segment on AWS: lanes that were known cost nothing. Null dollars when a region's prices are not in the table, or for more than 2,000 runs. All runs are read for an
 * answer; that of a sweep with its result stays, and is kept.
 */
export function openSweepCost(stores: SweepStores): (sweep: SweepRecord) => Promise<RunCost> {
  const kept = new Map<string, RunCost>();
  return async (sweep) => {
    const { sweepId, createdAtMs, revision } = sweep;
    const key = `${sweepId}#${createdAtMs}#${revision}`;
    const cost = kept.get(key) ?? (await sweepCost(sweep, stores));
    if (!hasAnswer(sweep)) return cost;
    kept.delete(key);
    kept.set(key, cost);
    for (const oldest of [...kept.keys()].slice(0, -mostKept)) kept.delete(oldest);
    return cost;
  };
}

/** What of a run's record is needed: records of many lanes are large, and not kept. */
type CostedRun = Pick<RunRecord, "runId" | "status" | "attempt" | "headSequence"> & {
  readonly lanes: number;
  readonly recordBytes: number;
};

async function sweepCost(sweep: SweepRecord, stores: SweepStores): Promise<RunCost> {
  const runs: CostedRun[] = [];
  for await (const run of runsOfSweep(sweep, stores.runs)) {
    if (runs.length === mostRuns) return { dollars: null };
    runs.push(costed(run));
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

function costed(run: RunRecord): CostedRun {
  const { runId, status, attempt, headSequence } = run;
  const [lanes, recordBytes] = [laneParams(storedSpec(run)).length, JSON.stringify(run).length];
  return { runId, status, attempt, headSequence, lanes, recordBytes };
}

async function useOf(run: CostedRun, laneBytes: number, { runs }: SweepStores): Promise<RunUse | undefined> {
  return runUse(run, await runs.listSegments(run.runId), {
    stateBytes: laneBytes * run.lanes,
    runBytes: run.recordBytes,
  });
}

/** The state of one lane, by the newest of the first run that has one: lanes of a sweep differ in their parameters only. */
async function stateBytesOfLane(runs: readonly CostedRun[], stores: SweepStores): Promise<number> {
  const begun = runs.find(({ headSequence }) => headSequence > 0);
  if (begun === undefined) return 0;
  const head = await stores.runs.getCheckpoint(begun.runId, begun.headSequence);
  return (head?.stateBytes ?? 0) / begun.lanes;
}

/** How often the sweep's own steps were called follows from its spec and from what it came to. */
async function stepsOf(sweep: SweepRecord, runs: readonly CostedRun[], { objects }: SweepStores) {
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
