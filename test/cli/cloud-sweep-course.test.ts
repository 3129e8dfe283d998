import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Ended, errorDocument, json, openWorkplace, type Started, slowStrategy, sp500File } from "./backstitch.ts";
import { type ServingWorkplace, startServer } from "./start-server.ts";

/** What becomes of sweeps that are stopped, watched, resumed and that fail, through the API. */
const server = openWorkplace();
const client = openWorkplace();
let serving: ServingWorkplace;

const started = (...args: readonly string[]): Started => client.start([...args, "--cloud"], serving.env);
const cloud = (...args: readonly string[]): Promise<Ended> => started(...args).ended;
const here = (...args: readonly string[]): Promise<Ended> => client.run(...args);

const failingStrategy = `
import { close, defineStrategy, sma, z } from "backstitch";
export default defineStrategy({
  name: "failing",
  params: z.strictObject({ length: z.int().min(2).default(10) }),
  columns: ({ length }) => ({ mean: sma(close, length) }),
  initialState: () => ({}),
  onBar() { throw new Error("divided by the spread"); },
});
`;

const base = (strategy: object) => ({ data: { snapshot: "sp500", to: "2004-12-31" }, strategy });
/** Two seconds and more of one thread for 80,000 turns a bar, so that a command comes in time; other work is another sweep. */
const slowSweep = (name: string, work: number) => ({
  name,
  base: { ...base({ file: "slow.ts", params: { work } }), checkpoint: { everyBars: 100 } },
  space: { length: [5, 6, 7, 8] },
  objective: "totalReturn",
});

beforeAll(async () => {
  mkdirSync(server.path("strategies"));
  server.write("strategies/slow.ts", slowStrategy);
  server.write("strategies/failing.ts", failingStrategy);
  serving = await startServer(server, "--strategies", server.path("strategies"), "--concurrency", "1");
  client.write("slow.ts", slowStrategy);
  client.write("failing.ts", failingStrategy);
  client.write("slow.json", JSON.stringify(slowSweep("slow", 80_000)));
  client.write(
    "failing.json",
    JSON.stringify({ name: "failing", base: base({ file: "failing.ts" }), space: { length: [5, 6] } }),
  );
  for (const run of [here, cloud])
    expect(
      await run("data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--name", "sp500"),
    ).toMatchObject({ code: 0 });
}, 60_000);

afterAll(async () => {
  await serving?.stop();
  server.remove();
  client.remove();
});

const sweepLike = z.looseObject({
  sweepId: z.string(),
  status: z.string(),
  resultDigest: z.string().nullable(),
  reason: z.object({ name: z.string(), message: z.string() }).nullable(),
});

test("Ctrl-C leaves the sweep alone and says how to go on; it is cancelled, watched and resumed", async () => {
  const sweep = started("sweep", "slow.json");
  await sweep.said(/Sweep slow-/);
  sweep.kill("SIGINT");
  const detached = await sweep.ended;
  expect(detached.code).toBe(130);
  const [, id = ""] = /Sweep (slow-\w+) goes on/.exec(detached.stdout) ?? [];
  for (const command of ["watch", "show", "cancel"])
    expect(detached.stdout).toContain(`backstitch sweep ${command} ${id} --cloud`);
  const cancelled = await cloud("sweep", "cancel", id);
  expect(cancelled.stdout).toMatch(new RegExp(`is cancell.*backstitch sweep resume ${id} --cloud`));
  const watched = await cloud("sweep", "watch", id, "--json");
  expect(watched).toMatchObject({
    code: 130,
    stderr: expect.stringContaining(`backstitch sweep resume ${id} --cloud`),
  });
  expect(json(watched, sweepLike).status).toBe("cancelled");

  const resumed = await cloud("sweep", "resume", id, "--json");
  expect([resumed.code, json(resumed, sweepLike).status]).toEqual([0, "completed"]);
  expect(await cloud("sweep", "watch", id)).toMatchObject({ code: 0 });
});

test("a sweep all of whose lanes fail has its answer, exits with 1, and has nothing to cancel, here and there", async () => {
  for (const run of [here, cloud]) {
    const ended = await run("sweep", "failing.json", "--json");
    expect(ended.code).toBe(1);
    expect(json(ended, sweepLike)).toMatchObject({ status: "failed", failures: { strategy_error: 2 } });
    const cancelled = await run("sweep", "cancel", "latest");
    expect(cancelled).toMatchObject({ code: 0 });
    expect(cancelled.stdout).toMatch(
      /is failed; there is nothing to cancel\. Go on with: backstitch sweep resume failing-/,
    );
    expect(json(await run("sweep", "show", "latest", "--json"), sweepLike).status).toBe("failed");
  }
});

test("a sweep that somebody works on is neither removed nor resumed twice, and removed once it is cancelled", async () => {
  client.write("busy.json", JSON.stringify(slowSweep("busy", 150_000)));
  const sweep = started("sweep", "busy.json");
  await sweep.said(/Sweep busy-/);
  const removed = await cloud("sweep", "rm", "busy", "--json");
  expect(removed.code).toBe(2);
  expect(json(removed, errorDocument).error.message).toContain("somebody works on it");
  await cloud("sweep", "cancel", "busy");
  expect(await sweep.ended).toMatchObject({ code: 130 });
  expect(await cloud("sweep", "rm", "busy")).toMatchObject({ code: 0 });
  expect((await cloud("sweep", "show", "busy")).code).toBe(2);
});
