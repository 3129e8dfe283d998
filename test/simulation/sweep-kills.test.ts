import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { RandomGenerator, seedRandom } from "../../lib/engine/random.ts";
import { runSweep } from "../../lib/local/run-sweep.ts";
import { allRuns } from "../../lib/run/retention.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import { createSweep } from "../../lib/sweep/create-sweep.ts";
import { parseSweepSpec } from "../../lib/sweep/parse-sweep-spec.ts";
import { getDocument } from "../../lib/sweep/sweep-objects.ts";
import type { SweepResult } from "../../lib/sweep/sweep-result.ts";
import { type LocalHome, localHome } from "./local-home.ts";
import { runCounts } from "./run-counts.ts";

const { lanes, windows, inSample, kills, minutes } = runCounts.sweep;
const [outOfSample, warmup, everyBars, lanesPerItem, workers] = [150, 20, inSample / 3, 25, 2];
const barCount = inSample + windows * outOfSample;
const sweepChild = fileURLToPath(new URL("sweep-child.ts", import.meta.url));
const dieInWorker = new URL("die-in-worker.ts", import.meta.url).href;

/** Every fast average is shorter than every slow one, so that no lane fails. */
const spec = {
  name: "killed",
  base: {
    data: { snapshot: "bars" },
    strategy: { name: "sma-cross" },
    sizing: { kind: "units", units: 1 },
    checkpoint: { everyBars },
  },
  space: { fast: { from: 2, to: 21, step: 1 }, slow: { from: 30, to: 29 + lanes / 20, step: 1 } },
  windows: { kind: "rolling", inSample: `${inSample} bars`, outOfSample: `${outOfSample} bars`, warmup },
  objective: "totalReturn",
  state: "carried",
  maxLanes: lanes,
};

/** The first window has no bars before it. */
const allLaneBars = lanes * (windows * inSample + (windows - 1) * warmup);

/** An item takes ten seconds of the speed that is claimed. */
const laneBarsPerSecond = (lanesPerItem * (inSample + warmup)) / 10;

test(
  `a sweep of ${lanes} lanes and ${windows} windows, killed ${kills} times, ends with the table of one that was not`,
  async () => {
    const seed = Date.now() % 1_000_000;
    const random = new RandomGenerator(seedRandom(seed, "sweep kills"));
    const expected = await uninterrupted();

    const { home, stores } = await localHome(barCount);
    const { sweepId } = (await createSweep(parseSweepSpec(spec, "The spec"), 1_000, stores)).sweep;
    let kept: KeptWork = { completed: new Map(), laneBars: 0 };
    const lost: number[] = [];
    let redone = 0;
    let tries = 0;
    // A sweep may be done before its process dies; a worker's death alone ends nothing.
    while (lost.length < kills && tries++ < 2 * kills) {
      if ((await stores.sweeps.getSweep(sweepId))?.status === "completed") break;
      const { isKilled, share } = await diesIn(home, sweepId, killAfter(kept.laneBars / allLaneBars, random));
      const now = await stateOfRuns(stores);
      if (isKilled) lost.push(Math.max(0, share * allLaneBars - now.laneBars));
      for (const [runId, attempt] of kept.completed) if (now.completed.get(runId) !== attempt) redone += 1;
      kept = now;
      // The long version takes minutes.
      if (tries % 10 === 0)
        process.stdout.write(
          `sweep kills: ${tries} processes, ${Math.round((100 * now.laneBars) / allLaneBars)} % of the lane-bars kept\n`,
        );
    }
    if ((await stores.sweeps.getSweep(sweepId))?.status !== "completed") await diesIn(home, sweepId);
    const sweep = await stores.sweeps.getSweep(sweepId);
    const chunks = lost.map((laneBars) => laneBars / (lanesPerItem * everyBars));
    process.stdout.write(
      `sweep kills: ${lost.length} of ${tries} processes, seed ${seed}; lost by a kill ${mean(chunks).toFixed(2)} segments on average, at most ${Math.max(0, ...chunks).toFixed(2)}, of ${workers} workers\n`,
    );
    expect({ status: sweep?.status, redone }, `seed ${seed}`).toEqual({ status: "completed", redone: 0 });
    expect(Math.max(0, ...chunks), `seed ${seed}`).toBeLessThanOrEqual(workers + 1e-6);
    const result = await getDocument<SweepResult>(sweep?.resultHash ?? "", stores.objects);
    expect(result.table).toEqual(expected.table);
    expect(result.resultDigest).toBe(expected.resultDigest);
    expect(result.counts).toEqual({ points: lanes, rows: lanes * windows, failedRows: 0 });
  },
  minutes * 60_000,
);

/** Of other items, in this process: neither changes a number. */
async function uninterrupted(): Promise<SweepResult> {
  const place: LocalHome = await localHome(barCount);
  const { sweep } = await createSweep(parseSweepSpec(spec, "The spec"), 1_000, place.stores);
  const end = await runSweep({
    sweepId: sweep.sweepId,
    ...place,
    workers: 1,
    laneBarsPerSecond: 50_000_000,
    onProgress: () => undefined,
    stop: new AbortController().signal,
  });
  if (end.kind !== "completed") throw new Error(`The uninterrupted sweep is ${end.kind}.`);
  await place.remove();
  return end.result;
}

/** Runs that are done, with the attempt that did them: none of them is computed again. And the lane-bars before the heads of all. */
type KeptWork = { readonly completed: ReadonlyMap<string, number>; readonly laneBars: number };

async function stateOfRuns({ runs }: Stores): Promise<KeptWork> {
  const completed = new Map<string, number>();
  let laneBars = 0;
  for await (const { runId, status, attempt, spec, startBar, headBar } of allRuns(runs)) {
    if (status === "completed") completed.set(runId, attempt);
    if (runId.includes("-i")) laneBars += laneCount(spec) * (headBar - startBar);
  }
  return { completed, laneBars };
}

function laneCount(spec: unknown): number {
  return z.looseObject({ strategy: z.looseObject({ lanes: z.array(z.unknown()) }) }).parse(spec).strategy.lanes.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** When a process is killed: soon after it has begun, or when so large a share of the lane-bars is done; so that kills are spread over the whole sweep on any machine. */
type Kill = { readonly afterMs: number } | { readonly atShare: number };

function killAfter(share: number, random: RandomGenerator): Kill {
  return random.next() < 0.25 ? { afterMs: random.next() * 900 } : { atShare: share + (random.next() * 2) / kills };
}

/**
 * Lets a process compute the sweep until it is killed, while its workers die by themselves; without `kill` to its end. Tells whether it was killed, and what share of the
 * lane-bars it said was done.
 */
async function diesIn(home: string, sweepId: string, kill?: Kill) {
  const preload = kill === undefined ? [] : ["--import", dieInWorker];
  const child = spawn(process.execPath, [...preload, sweepChild, home, sweepId, String(laneBarsPerSecond)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const die = () => void child.kill("SIGKILL");
  onTestFinished(die);
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  let share = 0;
  createInterface(child.stdout).on("line", (line) => {
    if (Number(line) > 0) share = Number(line);
    if (kill === undefined) return;
    if ("afterMs" in kill) setTimeout(die, kill.afterMs);
    else if (share >= kill.atShare) die();
  });
  await once(child, "close");
  const isKilled = child.signalCode === "SIGKILL";
  if (!isKilled && child.exitCode !== 0) throw new Error(`The process ended with code ${child.exitCode}: ${errors}`);
  return { isKilled, share };
}
