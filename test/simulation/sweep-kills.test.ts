import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
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

const { lanes, windows, kills } = runCounts.sweep;
const [inSample, outOfSample] = [900, 150];
const barCount = inSample + windows * outOfSample;
const sweepChild = fileURLToPath(new URL("sweep-child.ts", import.meta.url));
const dieInWorker = new URL("die-in-worker.ts", import.meta.url).href;

/** Every fast average is shorter than every slow one, so that no lane fails. */
const spec = {
  name: "killed",
  base: { data: { snapshot: "bars" }, strategy: { name: "sma-cross" }, sizing: { kind: "units", units: 1 } },
  space: { fast: { from: 2, to: 21, step: 1 }, slow: { from: 30, to: 29 + lanes / 20, step: 1 } },
  windows: { kind: "rolling", inSample: `${inSample} bars`, outOfSample: `${outOfSample} bars`, warmup: 20 },
  objective: "totalReturn",
  capital: "chained",
  maxLanes: lanes,
};

/** Items of 25 lanes: an item takes about ten seconds of the speed that is claimed. */
const laneBarsPerSecond = (25 * inSample) / 10;

test(`a sweep of ${lanes} lanes and ${windows} windows, killed ${kills} times, ends with the table of one that was not`, async () => {
  const seed = Date.now() % 1_000_000;
  const random = new RandomGenerator(seedRandom(seed, "sweep kills"));
  const expected = await uninterrupted();

  const { home, stores } = await localHome(barCount);
  const { sweepId } = (await createSweep(parseSweepSpec(spec, "The spec"), 1_000, stores)).sweep;
  let kept = new Map<string, number>();
  let redone = 0;
  let [died, tries] = [0, 0];
  // A sweep may be done before its process dies; a worker's death alone ends nothing.
  while (died < kills && tries++ < 2 * kills) {
    if ((await stores.sweeps.getSweep(sweepId))?.status === "completed") break;
    if (await diesIn(home, sweepId, Math.floor(random.next() * 900))) died += 1;
    const completed = await completedRuns(stores);
    for (const [runId, attempt] of kept) if (completed.get(runId) !== attempt) redone += 1;
    kept = completed;
  }
  if ((await stores.sweeps.getSweep(sweepId))?.status !== "completed") await diesIn(home, sweepId, undefined);
  const sweep = await stores.sweeps.getSweep(sweepId);
  process.stdout.write(`sweep kills: ${died} of ${tries} processes, seed ${seed}\n`);
  expect({ status: sweep?.status, redone }, `seed ${seed}`).toEqual({ status: "completed", redone: 0 });
  const result = await getDocument<SweepResult>(sweep?.resultHash ?? "", stores.objects);
  expect(result.table).toEqual(expected.table);
  expect(result.resultDigest).toBe(expected.resultDigest);
  expect(result.counts).toEqual({ points: lanes, rows: lanes * windows, failedRows: 0 });
}, 600_000);

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

/** Runs that are done, with the attempt that did them: none of them is computed again. */
async function completedRuns({ runs }: Stores): Promise<Map<string, number>> {
  const completed = new Map<string, number>();
  for await (const { runId, status, attempt } of allRuns(runs))
    if (status === "completed") completed.set(runId, attempt);
  return completed;
}

/** Lets a process compute the sweep until it is killed, and its workers die by themselves; whether it was killed. */
async function diesIn(home: string, sweepId: string, afterMs: number | undefined): Promise<boolean> {
  const preload = afterMs === undefined ? [] : ["--import", dieInWorker];
  const child = spawn(process.execPath, [...preload, sweepChild, home, sweepId, String(laneBarsPerSecond)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const closed = once(child, "close");
  if (afterMs !== undefined) {
    await Promise.race([once(createInterface(child.stdout), "line"), closed]);
    await Promise.race([sleep(afterMs), closed]);
    child.kill("SIGKILL");
  }
  await closed;
  if (child.signalCode === "SIGKILL") return true;
  if (child.exitCode !== 0) throw new Error(`The process ended with code ${child.exitCode}: ${errors}`);
  return false;
}
