import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { createSweep } from "../../lib/sweep/create-sweep.ts";
import { parseSweepSpec } from "../../lib/sweep/parse-sweep-spec.ts";
import { getDocument } from "../../lib/sweep/sweep-objects.ts";
import type { SweepResult } from "../../lib/sweep/sweep-result.ts";
import { localHome } from "./local-home.ts";

const sweepChild = fileURLToPath(new URL("sweep-child.ts", import.meta.url));

/** Twenty trials in each of three windows, in five rounds. */
const spec = {
  name: "killed-rounds",
  base: {
    data: { snapshot: "bars" },
    strategy: { name: "sma-cross" },
    sizing: { kind: "units", units: 1 },
    checkpoint: { everyBars: 200 },
  },
  space: { fast: { from: 2, to: 21, step: 1 }, slow: { from: 30, to: 59, step: 1 } },
  method: { kind: "tpe", n: 20, round: 4, startup: 6, seed: 5 },
  windows: { kind: "rolling", inSample: "600 bars", outOfSample: "100 bars", warmup: 60 },
  objective: "totalReturn",
};

test("an optimiser over windows that is killed three times ends with the answer of one that was not", async () => {
  const whole = await answerAfterKills([]);
  const killed = await answerAfterKills([0.15, 0.45, 0.75]);
  expect(whole.kills).toBe(0);
  expect(killed.kills).toBeGreaterThan(1);
  expect(killed.result).toEqual(whole.result);
});

/** The answer of the sweep when its process is killed each time that this share of its work is done. */
async function answerAfterKills(shares: readonly number[]) {
  const { home, stores } = await localHome(900);
  const { sweepId } = (await createSweep(parseSweepSpec(spec, "The spec"), 1_000, stores)).sweep;
  let kills = 0;
  for (const share of [...shares, Number.POSITIVE_INFINITY]) if (await diesIn(home, sweepId, share)) kills += 1;
  const { resultHash = "" } = (await stores.sweeps.getSweep(sweepId)) ?? {};
  return { kills, result: await getDocument<SweepResult>(resultHash, stores.objects) };
}

/** Lets a process compute the sweep until the share is done, or to its end; whether it was killed. */
async function diesIn(home: string, sweepId: string, share: number): Promise<boolean> {
  const child = spawn(process.execPath, [sweepChild, home, sweepId, "1000000"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const die = () => void child.kill("SIGKILL");
  onTestFinished(die);
  createInterface(child.stdout).on("line", (line) => {
    if (Number(line) >= share) die();
  });
  await once(child, "close");
  if (child.signalCode !== "SIGKILL") expect(child.exitCode).toBe(0);
  return child.signalCode === "SIGKILL";
}
