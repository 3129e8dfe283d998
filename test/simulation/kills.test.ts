import { expect, test } from "vitest";
import { RandomGenerator, seedRandom } from "../../lib/engine/random.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { computeInChild, type Death } from "./child-process.ts";
import { localHome } from "./local-home.ts";
import { marketStores, plannedRun } from "./planned-run.ts";
import { runCounts } from "./run-counts.ts";
import { expectSoundRun } from "./run-invariants.ts";
import { live, storedRun } from "./run-lives.ts";
import { randomOrders } from "./specs.ts";

const barCount = 250_000;
const data = { snapshot: "bars" };
const specs: readonly SpecInput[] = [
  {
    data,
    strategy: {
      name: "sma-cross",
      lanes: [
        { fast: 10, slow: 30 },
        { fast: 50, slow: 200 },
      ],
    },
  },
  {
    data,
    strategy: {
      file: randomOrders,
      lanes: [
        { length: 3, activity: 0.01 },
        { length: 9, activity: 0.02 },
      ],
    },
    execution: { pyramiding: 3, closeAtEnd: true },
  },
  // Thirty thousand numbers: a state of this size lies beside its record, in an object of its own.
  { data, strategy: { file: randomOrders, params: { notes: 30_000, activity: 0.005 } }, record: { equityEvery: 10 } },
];

type Tally = { kills: number; runs: number; lost: number; different: number; readonly killedIn: Map<string, number> };

test(`runs whose processes are killed ${runCounts.kills} times end like runs that nobody interrupted`, async () => {
  const seed = Date.now() % 1_000_000;
  const random = new RandomGenerator(seedRandom(seed, "kills"));
  const expected = await Promise.all(specs.map(uninterruptedDigest));
  const tally: Tally = { kills: 0, runs: 0, lost: 0, different: 0, killedIn: new Map() };
  while (tally.kills < runCounts.kills) {
    const which = tally.runs++ % specs.length;
    const digest = await killedRun(specs[which] as SpecInput, random, tally);
    if (digest !== undefined && digest !== expected[which]) tally.different += 1;
  }
  const { kills, runs, lost, different, killedIn } = tally;
  process.stdout.write(`kills: ${kills}, runs: ${runs}, lost: ${lost}, different: ${different}\n`);
  for (const [where, times] of [...killedIn].sort()) process.stdout.write(`  killed ${times} times: ${where}\n`);
  expect({ lost, different }, `seed ${seed}`).toEqual({ lost: 0, different: 0 });
});

async function uninterruptedDigest(spec: SpecInput): Promise<string | undefined> {
  const stores = await marketStores({ count: barCount, seed: 11, timeframe: "1m", chunkBars: 65_536 });
  const { runId } = await plannedRun(spec, { everyBars: 10_000_000 }, stores);
  await live(runId, stores);
  return (await storedRun(runId, stores)).resultDigest;
}

/** Kills the run's processes a few times, then lets one finish. Returns the digest of its result, or undefined when it was lost. */
async function killedRun(spec: SpecInput, random: RandomGenerator, tally: Tally): Promise<string | undefined> {
  const { home, stores, remove } = await localHome(barCount);
  const { runId } = await plannedRun(spec, { everyBars: 9_000 + Math.floor(random.next() * 2_000), keep: 2 }, stores);
  const wanted = Math.min(tally.kills + 3 + Math.floor(random.next() * 5), runCounts.kills);
  let head = 0;
  // A child may end before its death: then the run is complete.
  while (tally.kills < wanted && (await storedRun(runId, stores)).status !== "completed") {
    const end = await computeInChild(home, runId, randomDeath(random));
    if (end.kind === "killed") {
      tally.kills += 1;
      tally.killedIn.set(end.in, (tally.killedIn.get(end.in) ?? 0) + 1);
    } else expect(end).toEqual({ kind: "completed" });
    await expectSoundRun(runId, new Map(), stores);
    const { headSequence } = await storedRun(runId, stores);
    if (headSequence < head) tally.lost += 1;
    head = headSequence;
  }
  if ((await storedRun(runId, stores)).status !== "completed") await computeInChild(home, runId);
  const { status, resultDigest } = await storedRun(runId, stores);
  if (status !== "completed") tally.lost += 1;
  await remove();
  return resultDigest;
}

/** Half of the deaths come at any time, half in a step of a write. */
function randomDeath(random: RandomGenerator): Death {
  if (random.next() < 0.5) return { kind: "time", afterMs: Math.floor(random.next() * 800) };
  return { kind: "step", step: 1 + Math.floor(random.next() * 200) };
}
