import { expect, test } from "vitest";
import { computeInChild } from "./child-process.ts";
import { localHome } from "./local-home.ts";
import { plannedRun } from "./planned-run.ts";
import { live, storedRun } from "./run-lives.ts";
import { randomOrders } from "./specs.ts";

const spec = { data: { snapshot: "bars" }, strategy: { file: randomOrders, params: { activity: 0.05 } } };

test("of two processes that resume a run at once, one computes it and the other is told who does", async () => {
  const { home, stores } = await localHome(120_000);
  const whole = await plannedRun(spec, { everyBars: 1_000_000 }, stores);
  await live(whole.runId, stores);
  const { runId } = await plannedRun(spec, { everyBars: 5_000 }, stores);
  expect(await computeInChild(home, runId, { kind: "step", step: 90 })).toMatchObject({ kind: "killed" });
  const ends = await Promise.all([computeInChild(home, runId), computeInChild(home, runId)]);
  expect(ends.map(({ kind }) => kind).sort()).toEqual(["busy", "completed"]);
  expect(ends.find(({ kind }) => kind === "busy")).toMatchObject({
    name: "RunBusyError",
    message: expect.stringMatching(/is being computed by process \d+ on|is completed already/),
  });
  const run = await storedRun(runId, stores);
  expect(run).toMatchObject({
    status: "completed",
    attempt: 2,
    resultDigest: (await storedRun(whole.runId, stores)).resultDigest,
  });
});
