import { expect, test } from "vitest";
import { RandomGenerator, seedRandom } from "../../lib/engine/random.ts";
import { addModel } from "../../lib/run/model-catalog.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import { randomBundle } from "../models/random-bundle.ts";
import { computeInChild, type Death } from "./child-process.ts";
import { localHome } from "./local-home.ts";
import { plannedRun } from "./planned-run.ts";
import { expectSoundRun } from "./run-invariants.ts";
import { live, storedRun } from "./run-lives.ts";

const barCount = 60_000;
const kills = 6;
const spec: SpecInput = {
  data: { snapshot: "bars" },
  strategy: { name: "model", params: { model: ["lstm", "dense"], ensemble: "vote", side: "both" } },
};

test(`runs that ask models, whose processes are killed ${kills} times, end like a run that nobody interrupted`, async () => {
  const seed = Date.now() % 1_000_000;
  const random = new RandomGenerator(seedRandom(seed, "model kills"));
  const { home, stores } = await localHome(barCount);
  await addModel(randomBundle("lstm", 4, "lstm"), undefined, 1, stores.objects);
  await addModel(randomBundle("dense", 5, "dense"), undefined, 1, stores.objects);
  const whole = await plannedRun(spec, { everyBars: 1_000_000 }, stores);
  await live(whole.runId, stores);
  let killed = 0;
  for (let runs = 1; killed < kills; runs++) {
    expect(runs, `seed ${seed}`).toBeLessThan(5 * kills);
    killed += await killedRun(home, stores, random, kills - killed);
  }
  process.stdout.write(`model kills: ${killed}\n`);

  /** Kills a run's processes up to `most` times, lets one finish, and compares its end; returns how often it was killed. */
  async function killedRun(home: string, stores: Stores, random: RandomGenerator, most: number): Promise<number> {
    const { runId } = await plannedRun(spec, { everyBars: 7_001, keep: 2 }, stores);
    let times = 0;
    while (times < Math.min(4, most) && (await storedRun(runId, stores)).status !== "completed") {
      if ((await computeInChild(home, runId, randomDeath(random))).kind === "killed") times += 1;
      await expectSoundRun(runId, new Map(), stores);
    }
    if ((await storedRun(runId, stores)).status !== "completed") await computeInChild(home, runId);
    const { status, resultDigest } = await storedRun(runId, stores);
    const { resultDigest: expected } = await storedRun(whole.runId, stores);
    expect({ status, resultDigest }, `seed ${seed}`).toEqual({ status: "completed", resultDigest: expected });
    return times;
  }
});

/** Half of the deaths come at any time, half in a step of a write. */
function randomDeath(random: RandomGenerator): Death {
  if (random.next() < 0.5) return { kind: "time", afterMs: Math.floor(random.next() * 700) };
  return { kind: "step", step: 1 + Math.floor(random.next() * 40) };
}
