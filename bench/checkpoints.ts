import { hostname } from "node:os";
import { encodeState, type RunState } from "../lib/run/checkpoint.ts";
import { openRun, type RunStores } from "../lib/run/opened-run.ts";
import { parseSpec } from "../lib/run/parse-spec.ts";
import type { RunRecord } from "../lib/run/run-store.ts";
import { saveSegment } from "../lib/run/save-segment.ts";
import { computeSegment, restoreHead, type SegmentWatch } from "../lib/run/segment.ts";
import { createRun, planRun } from "../lib/run/start-run.ts";
import { workOnRun } from "../lib/run/work-on-run.ts";
import { openLocalStores } from "../lib/stores/local/stores.ts";
import type { Bench, BenchRow } from "./bench.ts";
import { benchmarkSpec, withStoredBenchmark } from "./stored-benchmark.ts";

const bars = 1_000_000;
const everyBars = 100_000;
const runs = 9;

const watch: SegmentWatch = { stop: () => Promise.resolve(undefined), onChunk: () => undefined, nowMs: Date.now };

export const checkpointsBench: Bench = {
  name: "checkpoints",
  measures:
    "a million bars with ten checkpoints beside one, in one process with warm code; what a checkpoint takes; and how long a resume needs to stand at its head",
  run: () =>
    withStoredBenchmark(bars, everyBars, async (home): Promise<readonly BenchRow[]> => {
      const stores = await openLocalStores(home);
      const many: number[] = [];
      const one: number[] = [];
      for (let k = 0; k < runs + 2; k++) {
        many.push(await timed(async () => compute(everyBars, stores)));
        one.push(await timed(async () => compute(bars, stores)));
      }
      const [manyMs, oneMs] = [median(many.slice(2)), median(one.slice(2))];
      const parts = await checkpointParts(stores);
      await stores.close();
      return [
        {
          tenCheckpointsMs: manyMs,
          oneCheckpointMs: oneMs,
          ...parts,
          shareOfRun: (9 * (parts.encodeMs + parts.commitMs)) / manyMs,
        },
      ];
    }),
};

async function begin(every: number, stores: RunStores): Promise<RunRecord> {
  const plan = await planRun(parseSpec(benchmarkSpec(every), "The benchmark's spec"), stores);
  const run = await createRun(plan, undefined, Date.now(), stores);
  const taken = await stores.runs.beginAttempt(run.runId, 0, {
    host: hostname(),
    pid: process.pid,
    heartbeatAtMs: Date.now(),
  });
  return taken.run;
}

async function compute(every: number, stores: RunStores): Promise<void> {
  await workOnRun(await begin(every, stores), watch, stores);
}

/** Segment by segment: the encoding of the state, and the commit with its parts already written; then a restore at the head. */
async function checkpointParts(stores: RunStores) {
  const run = await begin(everyBars, stores);
  const opened = await openRun(run, stores);
  const work = await restoreHead(opened, run.attempt, stores, Date.now());
  if (work === undefined) throw new Error("The run was taken over.");
  const encode: number[] = [];
  const commit: number[] = [];
  let stateBytes = 0;
  while (work.simulation.barIndex < run.endBar) {
    const computed = await computeSegment(work, watch, stores);
    await computed.parts;
    const state: RunState = computed.state;
    encode.push(await timed(async () => void encodeState({ ...state, ...work.simulation.save() })));
    stateBytes = Buffer.byteLength(computed.encoded.text);
    commit.push(await timed(async () => void (await saveSegment(computed, stores))));
  }
  const current = await stores.runs.getRun(run.runId);
  const resumeMs = await timed(async () => {
    const again = await openRun(current ?? run, stores);
    const restored = await restoreHead(again, run.attempt, stores, Date.now());
    if (restored?.simulation.barIndex !== bars) throw new Error("The run was not restored at its head.");
  });
  return { stateBytes, encodeMs: median(encode), commitMs: median(commit), resumeMs };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
