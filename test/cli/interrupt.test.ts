import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import { errorDocument, json, openWorkplace, runDocument, type Started, slowStrategy, smaSpec } from "./backstitch.ts";

const place = openWorkplace();
afterAll(place.remove);

const barCount = 12_000;

/** Minute bars that wander by whole cents; the same every time. */
function generatedCsv(barCount: number): string {
  const lines = ["time,open,high,low,close,volume"];
  let [cents, seed] = [10_000, 1];
  for (let i = 0; i < barCount; i++) {
    seed = (seed * 48_271) % 2_147_483_647;
    const open = cents;
    cents = Math.max(100, cents + (seed % 21) - 10);
    const time = new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString();
    lines.push(
      `${time},${open / 100},${(Math.max(open, cents) + 3) / 100},${(Math.min(open, cents) - 3) / 100},${cents / 100},${seed % 100}`,
    );
  }
  return lines.join("\n");
}

beforeAll(async () => {
  place.write("generated.csv", generatedCsv(barCount));
  place.write("slow.ts", slowStrategy);
  const { code } = await place.run(
    "data",
    "import",
    "generated.csv",
    "--symbol",
    "GEN",
    "--timeframe",
    "1m",
    "--name",
    "generated",
  );
  expect(code).toBe(0);
});

/** About a tenth of a millisecond a bar; `seed` tells the runs of the tests apart. */
function slowSpec(name: string, seed: number): string {
  const strategy = { file: "./slow.ts", params: { work: 20_000 } };
  return place.write(
    `${name}.json`,
    smaSpec({ name, data: { snapshot: "generated" }, strategy, checkpoint: { everyBars: 400 }, seed }),
  );
}

/** The id of the run that a command works on, once it has committed a few checkpoints. */
async function runInProgress(name: string): Promise<string> {
  const stores = await openLocalStores(place.home);
  try {
    for (let look = 0; look < 1_000; look++) {
      const run = (await stores.runs.listRuns({}, 50)).items.find(
        (candidate) => candidate.name === name && candidate.headSequence >= 2,
      );
      if (run !== undefined) return run.runId;
      await setTimeout(20);
    }
  } finally {
    await stores.close();
  }
  throw new Error(`No run "${name}" came to its second checkpoint.`);
}

function startRun(spec: string): Started {
  const started = place.start(["run", spec]);
  onTestFinished(() => started.kill("SIGKILL"));
  return started;
}

test("Ctrl-C checkpoints, prints the resume command and ends with 130; the resumed result is the uninterrupted one", async () => {
  const spec = slowSpec("stopped", 1);
  const started = startRun(spec);
  const runId = await runInProgress("stopped");
  started.kill("SIGINT");
  const { code, stdout, stderr } = await started.ended;
  expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
  expect(stderr).toContain(`Resume with: backstitch resume ${runId}`);
  const stopped = json(await place.run("show", runId, "--json"), runDocument);
  expect(stopped).toMatchObject({ status: "cancelled", stale: false, reason: { name: "Interrupted" } });
  expect(stopped.head.bar).toBeLessThan(barCount);

  const resumed = json(await place.run("resume", runId, "--json"), runDocument);
  expect(resumed).toMatchObject({ runId, status: "completed", timing: { attempts: 2, bars: barCount } });
  const fresh = await place.run("run", spec, "--fresh", "--segment-bars", "7000", "--json");
  expect(fresh.code).toBe(0);
  expect(json(fresh, runDocument).resultDigest).toBe(resumed.resultDigest);
});

test("SIGTERM does what Ctrl-C does, with one document for --json", async () => {
  const started = place.start(["run", slowSpec("terminated", 5), "--json"]);
  const runId = await runInProgress("terminated");
  started.kill("SIGTERM");
  const ended = await started.ended;
  expect(ended).toMatchObject({ code: 130, stderr: expect.stringContaining(`backstitch resume ${runId}`) });
  expect(json(ended, runDocument)).toMatchObject({ runId, status: "cancelled", reason: { name: "Interrupted" } });
});

test("a second Ctrl-C kills at once, and the run can be resumed all the same", async () => {
  const spec = place.write(
    "stuck.json",
    smaSpec({
      name: "stuck",
      data: { snapshot: "generated" },
      strategy: { file: "./slow.ts", params: { work: 20_000_000 } },
      checkpoint: { everyBars: 20_000 },
    }),
  );
  const started = startRun(spec);
  await started.said(/Run stuck-/);
  await setTimeout(500);
  started.kill("SIGINT");
  await started.said(/once more to kill at once/);
  await setTimeout(400);
  started.kill("SIGINT");
  expect((await started.ended).code).toBe(130);
});

test("a run whose process was killed is listed as interrupted, and `run` goes on with it", async () => {
  const spec = slowSpec("killed", 2);
  const started = startRun(spec);
  const runId = await runInProgress("killed");
  started.kill("SIGKILL");
  await started.ended;
  const listed = json(
    await place.run("ls", "--json"),
    z.object({ runs: z.array(z.object({ runId: z.string(), status: z.string(), stale: z.boolean() })) }),
  );
  expect(listed.runs.find((run) => run.runId === runId)).toEqual({ runId, status: "running", stale: true });
  expect((await place.run("ls")).stdout).toContain("running (interrupted: resume)");
  const again = await place.run("run", spec, "--json");
  expect(again.stderr).toContain(`Run ${runId} with this spec was begun on`);
  expect(json(again, runDocument)).toMatchObject({ runId, status: "completed", timing: { attempts: 2 } });
});

test("a run under way is refused to a second process, and cancelled by it with a checkpoint", async () => {
  const spec = slowSpec("busy", 3);
  const started = startRun(spec);
  const runId = await runInProgress("busy");
  const second = await place.run("run", spec, "--json");
  expect(second.code).toBe(2);
  expect(json(second, errorDocument).error).toMatchObject({
    name: "RunBusyError",
    message: expect.stringContaining(`process ${started.pid}`),
  });
  expect(await place.run("resume", runId)).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/^RunBusyError/),
  });
  expect(await place.run("rm", runId)).toMatchObject({ code: 2, stderr: expect.stringContaining("cancel it first") });

  const cancelled = await place.run("cancel", runId, "--json");
  expect(cancelled.code).toBe(0);
  expect(json(cancelled, runDocument)).toMatchObject({ status: "cancelled", reason: { name: "Cancelled" } });
  expect(await started.ended).toMatchObject({
    code: 130,
    stderr: expect.stringContaining(`backstitch resume ${runId}`),
  });
  expect((await place.run("cancel", runId)).stdout).toContain("is cancelled");
});

test("a killed run is cancelled at once", async () => {
  const started = startRun(slowSpec("dead", 4));
  const runId = await runInProgress("dead");
  started.kill("SIGKILL");
  await started.ended;
  expect(json(await place.run("cancel", runId, "--json"), runDocument).status).toBe("cancelled");
});
