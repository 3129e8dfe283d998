import { mkdirSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import {
  json,
  openWorkplace,
  type Started,
  slowStrategy,
  smaSpec,
  sp500File,
  type Workplace,
} from "../cli/backstitch.ts";
import { freePort } from "../cloud/free-port.ts";

let place: Workplace;
beforeAll(async () => {
  place = openWorkplace();
  await place.run("data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--name", "sp500");
  mkdirSync(place.path("strategies"));
  place.write("strategies/slow.ts", slowStrategy);
});
afterAll(() => place.remove());

const run = z.looseObject({ runId: z.string(), status: z.string(), resultDigest: z.string().nullable() });
const progress = z.object({
  progress: z.looseObject({ bar: z.int(), status: z.string() }),
  position: z.string(),
  done: z.boolean(),
});

const sweepProgress = z.object({
  progress: z.looseObject({ status: z.string(), totalLanes: z.int() }),
  position: z.string(),
  done: z.boolean(),
});

/** A server of the place on a free port, once it answers. */
async function served(): Promise<Started & { readonly url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const started = place.start(["serve", "--port", String(port), "--strategies", "strategies"]);
  for (let tries = 0; tries < 300; tries++) {
    if (await answers(url)) return { ...started, url };
    await setTimeout(50);
  }
  throw new Error(`${url} did not answer: ${(await started.ended).stderr}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
}

async function ask(url: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url + path, {
    method,
    ...(body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  expect(response.ok, `${method} ${path} answered ${response.status}`).toBe(true);
  return response.json();
}

const slow = JSON.parse(
  smaSpec({ name: "slow", strategy: { name: "slow", params: { work: 40_000 } }, checkpoint: { everyBars: 200 } }),
);

/** Waits until the run has done some bars. */
async function underWay(url: string, runId: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const { progress: now } = progress.parse(await ask(url, "GET", `/runs/${runId}/events?wait=1&after=x`));
    if (now.bar > 0) return;
    await setTimeout(50);
  }
  throw new Error(`Run ${runId} did not begin.`);
}

async function finished(url: string, runId: string): Promise<z.output<typeof run>> {
  for (let [tries, after] = [0, "x"]; tries < 200; tries++) {
    const now = progress.parse(await ask(url, "GET", `/runs/${runId}/events?wait=5&after=${after}`));
    if (now.done) return run.parse(await ask(url, "GET", `/runs/${runId}`));
    after = now.position;
  }
  throw new Error(`Run ${runId} did not end.`);
}

test("a server that is stopped checkpoints its runs, and the next goes on with them to the same digest", async () => {
  const first = await served();
  const { runId } = run.parse(await ask(first.url, "POST", "/runs", slow));
  await underWay(first.url, runId);
  first.kill("SIGTERM");
  expect((await first.ended).code).toBe(0);
  expect(json(await place.run("show", runId, "--json"), run)).toMatchObject({
    status: "cancelled",
    reason: { name: "ServerStopped" },
  });

  const second = await served();
  await second.said(/Going on with 1 run/);
  const resumed = await finished(second.url, runId);
  expect(resumed.status).toBe("completed");
  const fresh = run.parse(await ask(second.url, "POST", "/runs", { spec: slow, fresh: true }));
  expect((await finished(second.url, fresh.runId)).resultDigest).toBe(resumed.resultDigest);
  second.kill("SIGTERM");
  await second.ended;
});

test("a server that is killed leaves runs that the next goes on with", async () => {
  const spec = { ...slow, seed: 2 };
  const first = await served();
  const { runId } = run.parse(await ask(first.url, "POST", "/runs", spec));
  await underWay(first.url, runId);
  first.kill("SIGKILL");
  await first.ended;
  const second = await served();
  await second.said(/Going on with 1 run/);
  expect((await finished(second.url, runId)).status).toBe("completed");
  second.kill("SIGTERM");
  await second.ended;
});

test("a sweep of a server that is killed is gone on with by the next", async () => {
  const sweep = {
    name: "grid",
    base: { ...slow, strategy: { name: "slow", params: {} }, seed: 3 },
    space: { work: { from: 3_000, to: 3_029, step: 1 } },
  };
  const swept = z.looseObject({ sweepId: z.string(), status: z.string(), resultDigest: z.string().nullable() });
  const first = await served();
  const { sweepId } = swept.parse(await ask(first.url, "POST", "/sweeps", sweep));
  for (let tries = 0; tries < 200; tries++) {
    const { progress: now } = sweepProgress.parse(
      await ask(first.url, "GET", `/sweeps/${sweepId}/events?wait=1&after=x`),
    );
    if (now.status === "running" && now.totalLanes > 0) break;
    await setTimeout(50);
  }
  first.kill("SIGKILL");
  await first.ended;
  const second = await served();
  await second.said(/Going on with 1 sweep/);
  for (let [tries, after] = [0, "x"]; tries < 100; tries++) {
    const now = sweepProgress.parse(await ask(second.url, "GET", `/sweeps/${sweepId}/events?wait=5&after=${after}`));
    if (now.done) break;
    after = now.position;
  }
  const ended = swept.parse(await ask(second.url, "GET", `/sweeps/${sweepId}`));
  second.kill("SIGTERM");
  await second.ended;
  expect(ended.status).toBe("completed");
});

test("a port that is taken is told", async () => {
  const first = await served();
  const { port } = new URL(first.url);
  const second = await place.run("serve", "--port", port);
  expect([second.code, second.stderr]).toEqual([2, expect.stringContaining("another program uses this port")]);
  first.kill("SIGTERM");
  await first.ended;
});

test("an address that others reach without a token is refused", async () => {
  const { code, stderr } = await place.run("serve", "--host", "0.0.0.0", "--port", "0");
  expect([code, stderr]).toEqual([2, expect.stringContaining("--token")]);
});

test("a folder of strategies that is none is refused", async () => {
  const { code, stderr } = await place.run("serve", "--port", "0", "--strategies", "nowhere");
  expect([code, stderr]).toEqual([2, expect.stringContaining("expected a folder")]);
});

test("a cloud that was never deployed is told", async () => {
  const { code, stderr } = await place.run("serve", "--cloud", "--port", "0");
  expect([code, stderr]).toEqual([2, expect.stringContaining("backstitch deploy")]);
});
