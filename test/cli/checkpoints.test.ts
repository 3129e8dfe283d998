import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { json, openWorkplace, runDocument, smaSpec, sp500File, sp500Lines, type Workplace } from "./backstitch.ts";

const place = openWorkplace();
afterAll(place.remove);
let runId = "";

const list = z.object({
  checkpoints: z.array(
    z.object({
      runId: z.string(),
      sequence: z.number(),
      checkpointId: z.string(),
      barIndex: z.number(),
      isHead: z.boolean(),
    }),
  ),
});

beforeAll(async () => {
  await place.run("data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--name", "sp500");
  place.write("sma.json", smaSpec({ checkpoint: { everyBars: 500, keep: 20 } }));
  runId = await runOf(place);
});

async function runOf(at: Workplace, ...flags: readonly string[]): Promise<string> {
  return json(await at.run("run", place.path("sma.json"), "--json", ...flags), runDocument).runId;
}

test("ls lists sequence, id, bar, time and size, and marks the newest", async () => {
  const { stdout } = await place.run("checkpoints", "ls", runId);
  expect(stdout).toMatch(/^RUN +SEQUENCE +CHECKPOINT +BAR +BAR TIME +SIZE +CREATED \(UTC\)\n/);
  expect(stdout).toMatch(/ 1 +[0-9a-f]{12} +500 +2001-12-31 /);
  expect(stdout).toMatch(/ 11 +[0-9a-f]{12} +5,105 +2020-04-17 .* newest\n$/);
});

test("ls without a run lists those of all runs that match", async () => {
  const all = json(
    await place.run("checkpoints", "ls", "--strategy", "sma-cross", "--status", "completed", "--json"),
    list,
  );
  expect(all.checkpoints.length).toBeGreaterThanOrEqual(11);
  expect(json(await place.run("checkpoints", "ls", "--status", "failed", "--json"), list).checkpoints).toEqual([]);
  expect(json(await place.run("checkpoints", "ls", "--to", "2001-01-01", "--json"), list).checkpoints).toEqual([]);
});

test("show prints cash, position, orders and columns; --json holds the whole state", async () => {
  const { stdout } = await place.run("checkpoints", "show", `${runId}@10`);
  expect(stdout).toMatch(/Bar index +5,000/);
  expect(stdout).toMatch(/Bar time +2019-11-14/);
  expect(stdout).toMatch(/Cash +74336\.9905603\n/);
  expect(stdout).toMatch(/Positions +SP500 long 10 since 2019-10-23 \(bar 4,983\) at 2994\.01001\n/);
  expect(stdout).toMatch(/Closed trades +86\n/);
  const whole = json(
    await place.run("checkpoints", "show", `${runId}@10`, "--json"),
    z.object({
      sequence: z.number(),
      lanes: z.array(z.object({ side: z.string() })),
      columns: z.array(z.string()),
      state: z.object({ barIndex: z.number(), lanes: z.array(z.unknown()) }),
    }),
  );
  expect(whole).toMatchObject({ sequence: 10, lanes: [{ side: "long" }], state: { barIndex: 5000 } });
});

test("a checkpoint is found by six digits of its id", async () => {
  const [first] = json(await place.run("checkpoints", "ls", runId, "--json"), list).checkpoints;
  const id = first?.checkpointId ?? "";
  expect((await place.run("checkpoints", "show", id.slice(0, 6))).stdout).toContain(id);
});

test("diff names the fields that differ, within a limit, and their count", async () => {
  const diff = z.object({
    equal: z.boolean(),
    differenceCount: z.number(),
    differences: z.array(z.object({ path: z.string(), a: z.unknown(), b: z.unknown() })),
  });
  const found = json(
    await place.run("checkpoints", "diff", `${runId}@1`, `${runId}@2`, "--limit", "3", "--json"),
    diff,
  );
  expect(found.equal).toBe(false);
  expect(found.differences).toHaveLength(3);
  expect(found.differences[0]).toEqual({ path: "barIndex", a: 500, b: 1000 });
  expect(found.differenceCount).toBeGreaterThan(3);
  expect((await place.run("checkpoints", "diff", `${runId}@1`, `${runId}@1`)).stdout).toContain("are the same state");
});

test("fork goes on with changed parameters and another name", async () => {
  const flags = ["--set", "strategy.params.fast=20", "--name", "what if"];
  const forked = json(await place.run("checkpoints", "fork", `${runId}@4`, ...flags, "--json"), runDocument);
  expect(forked).toMatchObject({ status: "completed", timing: { inheritedSegments: 4, bars: 3105 } });
  expect(forked.runId).toMatch(/^what-if-/);
  expect(forked.lanes[0]?.params).toMatchObject({ fast: 20 });
});

test("fork --no-run only creates; resume computes it, with the result of the whole when nothing was changed", async () => {
  const queued = json(await place.run("checkpoints", "fork", `${runId}@7`, "--no-run", "--json"), runDocument);
  expect(queued).toMatchObject({ status: "queued", head: { sequence: 7, bar: 3500 } });
  const done = json(await place.run("resume", queued.runId, "--json"), runDocument);
  const whole = json(await place.run("show", runId, "--json"), runDocument);
  expect(done.resultDigest).toBe(whole.resultDigest);
});

test("a fork to another window start is refused with the reason", async () => {
  const { code, stderr } = await place.run("checkpoints", "fork", `${runId}@4`, "--set", "data.from=2005-01-01");
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("a fork keeps data.from") });
});

test("rm removes a checkpoint, but not the newest", async () => {
  const run = await runOf(place, "--fresh");
  expect((await place.run("checkpoints", "rm", `${run}@3`)).stdout).toContain(`Removed ${run}@3.`);
  const { code, stderr } = await place.run("checkpoints", "rm", `${run}@11`);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("is its newest") });
  expect((await place.run("checkpoints", "verify", run)).code).toBe(0);
});

test("gc keeps the newest, spares the young, and changes nothing in a dry run", async () => {
  const run = await runOf(place, "--fresh");
  const count = async (): Promise<number> =>
    json(await place.run("checkpoints", "ls", run, "--json"), list).checkpoints.length;
  await place.run("checkpoints", "gc", "--keep", "2", "--older-than", "1d");
  await place.run("checkpoints", "gc", "--keep", "2", "--dry-run");
  expect(await count()).toBe(11);
  expect((await place.run("checkpoints", "gc", "--keep", "10")).stdout).toContain(`${run}@1 `);
  expect(await count()).toBe(10);
});

test("verify finds everything whole", async () => {
  const { code, stdout } = await place.run("checkpoints", "verify", runId);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/11 segments, \d+ parts: whole\n$/) });
});

test("extend over appended bars gives the result of a run over all of them, and again what exists", async () => {
  const at = openWorkplace();
  at.write("early.csv", sp500Lines.slice(0, 4001).join("\n"));
  at.write("late.csv", [sp500Lines[0], ...sp500Lines.slice(4001)].join("\n"));
  at.write("sma.json", smaSpec({ data: { snapshot: "growing" }, execution: { closeAtEnd: true } }));
  await at.run("data", "import", "early.csv", "--symbol", "SP500", "--timeframe", "1d", "--name", "growing");
  const base = json(await at.run("run", "sma.json", "--json"), runDocument);
  expect(await at.run("extend", base.runId)).toMatchObject({ code: 2, stderr: expect.stringContaining("nothing new") });
  await at.run("data", "append", "late.csv", "--name", "growing");
  const extended = json(await at.run("extend", base.runId, "--data", "growing", "--json"), runDocument);
  expect(extended).toMatchObject({ status: "completed", timing: { bars: 1105, inheritedSegments: 8 } });
  const whole = json(await at.run("run", "sma.json", "--fresh", "--json"), runDocument);
  expect(extended.resultDigest).toBe(whole.resultDigest);
  expect(json(await at.run("extend", base.runId, "--json"), runDocument).runId).toBe(extended.runId);
  at.remove();
});
