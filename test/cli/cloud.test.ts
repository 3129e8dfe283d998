import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import {
  type Ended,
  errorDocument,
  json,
  openWorkplace,
  runDocument,
  slowStrategy,
  smaSpec,
  sp500File,
  sp500Lines,
} from "./backstitch.ts";

/** The same command line against a server's API and against the stores of this machine: `backstitch serve` speaks the API that AWS speaks. */
const server = openWorkplace();
const client = openWorkplace();
const token = "a-token-for-the-test";
const env: NodeJS.ProcessEnv = { BACKSTITCH_API_TOKEN: token, AWS_EC2_METADATA_DISABLED: "true" };
let serving: ReturnType<typeof server.start> | undefined;

const cloud = (...args: readonly string[]): Promise<Ended> => client.start([...args, "--cloud"], env).ended;
const here = (...args: readonly string[]): Promise<Ended> => client.run(...args);

beforeAll(async () => {
  server.write("slow.ts", slowStrategy);
  const port = await freePort();
  serving = server.start(["serve", "--port", String(port), "--strategies", server.folder], env);
  env.BACKSTITCH_API_URL = `http://127.0.0.1:${port}`;
  await answering(env.BACKSTITCH_API_URL);
  client.write("sma.json", smaSpec());
  for (const run of [here, cloud]) {
    const imported = await run(
      "data",
      "import",
      sp500File,
      "--symbol",
      "SP500",
      "--timeframe",
      "1d",
      "--name",
      "sp500",
    );
    expect(imported).toMatchObject({ code: 0 });
  }
});

afterAll(async () => {
  serving?.kill("SIGTERM");
  await serving?.ended;
  server.remove();
  client.remove();
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Waits until the server answers; within 20 seconds. */
async function answering(url: string): Promise<void> {
  for (let n = 0; n < 200; n++) {
    const isThere = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return;
    await setTimeout(100);
  }
  throw new Error(`no answer from ${url}`);
}

async function answered<Schema extends z.ZodType>(ended: Promise<Ended>, schema: Schema): Promise<z.output<Schema>> {
  const { code, stdout, stderr } = await ended;
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  return schema.parse(JSON.parse(stdout));
}

const anything = z.record(z.string(), z.unknown());

test("a spec gives the same digest, metrics and checkpoint here and through the API", async () => {
  const [one, other] = [
    await answered(here("run", "sma.json", "--json"), runDocument),
    await answered(cloud("run", "sma.json", "--segment-bars", "777", "--json"), runDocument),
  ];
  expect(other.resultDigest).toBe(one.resultDigest);
  expect(other.lanes).toEqual(one.lanes);
  expect(other.head.checkpointId).toBe(one.head.checkpointId);
  expect(Object.keys(other)).toEqual(Object.keys(one));
});

test("an equal run is answered from what exists, with the same words", async () => {
  const [one, other] = [await here("run", "sma.json"), await cloud("run", "sma.json")];
  for (const { code, stdout } of [one, other]) {
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Already computed on \d{4}-/);
  }
  expect(other.stdout).toMatch(/Next: backstitch report sma-[0-9a-f]{8,16} --open --cloud\n/);
});

test("--fresh computes again there and says that the digests are equal", async () => {
  const { code, stdout } = await cloud("run", "sma.json", "--fresh");
  expect({ code, first: stdout.split("\n")[0] }).toEqual({
    code: 0,
    first: expect.stringMatching(/^Completed: the result digest equals that of run sma-[0-9a-f]{8,16}\.$/),
  });
});

test("show gives the same document, but for ids, times and places", async () => {
  const [one, other] = [
    await answered(here("show", "latest", "--json"), anything),
    await answered(cloud("show", "latest", "--json"), anything),
  ];
  expect(Object.keys(other)).toEqual(Object.keys(one));
  expect(other.lastTrades).toEqual(one.lastTrades);
  expect(other.spec).toEqual(one.spec);
});

test("ls lists the runs, filtered and page by page", async () => {
  const page = z.object({ runs: z.array(z.object({ status: z.string() })), next: z.string().nullable() });
  const first = await answered(cloud("ls", "--strategy", "sma-cross", "--limit", "1", "--json"), page);
  expect(first.runs.length).toBe(1);
  const rest = await answered(cloud("ls", "--limit", "5", "--cursor", first.next ?? "", "--json"), page);
  expect(rest.runs.length).toBeGreaterThan(0);
  expect((await answered(cloud("ls", "--status", "failed", "--json"), page)).runs).toEqual([]);
});

test.each(["csv", "json", "parquet"])("export as %s writes the same bytes", async (format) => {
  const files = z.object({ files: z.array(z.object({ what: z.string(), file: z.string(), rows: z.number() })) });
  const [one, other] = [
    await answered(here("export", "latest", "--format", format, "-o", `here-${format}`, "--json"), files),
    await answered(cloud("export", "latest", "--format", format, "-o", `there-${format}`, "--json"), files),
  ];
  expect(other.files.map(({ what, rows }) => [what, rows])).toEqual(one.files.map(({ what, rows }) => [what, rows]));
  // Parquet's row groups are as long as what was read at once.
  const compared = format === "parquet" ? [] : one.files;
  compared.forEach(({ file }, index) => {
    expect(readFileSync(other.files[index]?.file ?? "", "utf8")).toBe(readFileSync(file, "utf8"));
  });
});

test("report writes the page that the server renders", async () => {
  const { file } = await answered(
    cloud("report", "latest", "-o", "there.html", "--json"),
    z.object({ file: z.string() }),
  );
  expect(readFileSync(file, "utf8")).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/i);
});

test("snapshots are listed, shown and verified as here", async () => {
  const list = z.object({ snapshots: z.array(z.object({ name: z.string(), snapshotId: z.string() })) });
  const [one, other] = [
    await answered(here("data", "ls", "--json"), list),
    await answered(cloud("data", "ls", "--json"), list),
  ];
  expect(other).toEqual(one);
  const [shown, there] = [
    await answered(here("data", "show", "sp500", "--json"), anything),
    await answered(cloud("data", "show", "sp500", "--json"), anything),
  ];
  const same = ({ importedAtMs: _, history: _h, ...rest }: typeof shown): object => rest;
  expect(same(there)).toEqual(same(shown));
  expect(await cloud("data", "verify")).toEqual(await here("data", "verify"));
});

test("the bars of a snapshot are exported to the same bytes", async () => {
  const [one, other] = [
    await here("data", "export", "sp500", "-o", "-"),
    await cloud("data", "export", "sp500", "-o", "-"),
  ];
  expect(other).toEqual({ ...one, code: 0 });
});

test("a faulty file is refused by the import with its row, and leaves no snapshot", async () => {
  client.write("bad.csv", `${sp500Lines[0]}\n2000-01-03,1,2,3,x,5,6\n`);
  const ended = await cloud("data", "import", "bad.csv", "--symbol", "BAD", "--timeframe", "1d", "--json");
  expect(ended.code).toBe(2);
  expect(json(ended, errorDocument).error).toMatchObject({
    name: "BarsInputError",
    message: expect.stringContaining("bad.csv"),
  });
  expect((await cloud("data", "show", "bad-1d")).code).toBe(2);
});

test("appended bars go on from what is there, and extend pays only for them", async () => {
  client.write("first.csv", sp500Lines.slice(0, 4_001).join("\n"));
  client.write("more.csv", [sp500Lines[0], ...sp500Lines.slice(4_001)].join("\n"));
  await cloud("data", "import", "first.csv", "--symbol", "SP500", "--timeframe", "1d", "--name", "growing");
  client.write(
    "growing.json",
    smaSpec({ name: "growing", data: { snapshot: "growing" }, strategy: { name: "sma-cross", params: { fast: 12 } } }),
  );
  await cloud("run", "growing.json");
  const added = z.object({ kind: z.string(), addedBarCount: z.number() });
  expect(await answered(cloud("data", "append", "growing", "more.csv", "--json"), added)).toEqual({
    kind: "appended",
    addedBarCount: sp500Lines.length - 4_001,
  });
  const extended = await answered(cloud("extend", "latest", "--json"), runDocument);
  const whole = await answered(here("run", "sma.json", "--set", "strategy.params={ fast: 12 }", "--json"), runDocument);
  expect(extended.resultDigest).toBe(whole.resultDigest);
  expect(extended.timing.bars).toBe(sp500Lines.length - 4_001);
});

test("checkpoints are listed, shown, compared, verified, forked and removed", async () => {
  const list = z.object({
    checkpoints: z.array(z.object({ runId: z.string(), sequence: z.number(), checkpointId: z.string() })),
  });
  const { runId } = await answered(cloud("run", "sma.json", "--json"), runDocument);
  const { checkpoints } = await answered(cloud("checkpoints", "ls", runId, "--json"), list);
  expect(checkpoints.length).toBe(3);
  const [first, , last] = checkpoints;
  const shown = await cloud("checkpoints", "show", last?.checkpointId ?? "");
  expect(shown.stdout).toContain(`Checkpoint   ${last?.checkpointId}`);
  const places = checkpoints.map(({ sequence }) => `${runId}@${sequence}`);
  const compared = await cloud("checkpoints", "diff", places[0] ?? "", places[2] ?? "", "--limit", "2");
  expect(compared.stdout).toMatch(/^[\d,]+ differences\n/);
  expect(await cloud("checkpoints", "verify", runId)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/: whole\n$/),
  });
  const fork = await answered(
    cloud("checkpoints", "fork", places[0] ?? "", "--set", "strategy.params.fast=20", "--name", "what-if", "--json"),
    runDocument,
  );
  expect(fork).toMatchObject({ status: "completed", lanes: [{ params: { fast: 20 } }] });
  expect(await cloud("checkpoints", "rm", places[0] ?? "")).toMatchObject({
    code: 0,
    stdout: `Removed ${runId}@${first?.sequence}.\n`,
  });
  expect((await cloud("checkpoints", "gc", "--dry-run")).stdout).toMatch(/^Would remove /);
});

test("runs are deleted, all that are named or none", async () => {
  const { runId } = await answered(cloud("run", "sma.json", "--fresh", "--json"), runDocument);
  expect(await cloud("rm", runId, "sma-no-such-run")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("UnknownRunError"),
  });
  expect(await cloud("rm", runId)).toMatchObject({ code: 0, stdout: expect.stringContaining(`Deleted ${runId}.`) });
  expect((await cloud("show", runId)).code).toBe(2);
});

test("a strategy file runs under its name when its code is what was deployed", async () => {
  client.write("slow.ts", slowStrategy);
  client.write("mine.json", smaSpec({ name: "mine", strategy: { file: "slow.ts" } }));
  const [one, other] = [
    await answered(here("run", "mine.json", "--json"), runDocument),
    await answered(cloud("run", "mine.json", "--json"), runDocument),
  ];
  expect(other.resultDigest).toBe(one.resultDigest);
});

test("a strategy file with other code than what was deployed is refused with both digests", async () => {
  client.write("other.ts", `${slowStrategy}\n// changed`);
  client.write("other.json", smaSpec({ strategy: { file: "other.ts" } }));
  const ended = await cloud("run", "other.json", "--json");
  expect(ended.code).toBe(2);
  const { name, message } = json(ended, errorDocument).error;
  expect(name).toBe("StrategyNotDeployedError");
  expect(message).toMatch(
    /has digest [0-9a-f]{64}, but strategy "slow" is deployed with digest [0-9a-f]{64}\. Deploy the folder/,
  );
});

test("a run goes on after Ctrl-C on its watcher, is cancelled with a checkpoint, and resumed to the same digest", async () => {
  const spec = (work: number): string =>
    smaSpec({ name: "long", strategy: { name: "slow", params: { work } }, checkpoint: { everyBars: 100 } });
  client.write("long.json", spec(200_000));
  const detached = await answered(cloud("run", "long.json", "--detach", "--json"), runDocument);
  const watching = client.start(["watch", detached.runId, "--cloud"], env);
  await setTimeout(2_000);
  watching.kill("SIGINT");
  const left = await watching.ended;
  expect(left).toMatchObject({ code: 130, stdout: expect.stringContaining(`Run ${detached.runId} goes on`) });
  expect(left.stdout).toContain(`Cancel it:      backstitch cancel ${detached.runId} --cloud`);
  const cancelled = await answered(cloud("cancel", detached.runId, "--json"), runDocument);
  expect(cancelled).toMatchObject({ status: "cancelled" });
  expect(cancelled.head.sequence).toBeGreaterThan(0);
  const resumed = cloud("resume", detached.runId, "--json");
  const busy = client.start(["watch", detached.runId, "--cloud", "--json"], env);
  expect((await answered(resumed, runDocument)).status).toBe("completed");
  await busy.ended;
}, 120_000);

test("what is wrong with a spec is told by the API with its field", async () => {
  client.write("wrong.json", smaSpec({ strategy: { name: "sma-cross", params: { fast: "x" } } }));
  const ended = await cloud("run", "wrong.json", "--json");
  expect(ended.code).toBe(2);
  expect(json(ended, errorDocument).error.message).toMatch(/fast: .*expected number/);
});

test("a run that does not exist is bad input, with a near id", async () => {
  expect(await cloud("show", "no-such-run")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('UnknownRunError: Run "no-such-run"'),
  });
});

test("a wrong token is refused with what to check", async () => {
  const { code, stderr } = await client.start(["ls", "--cloud"], { ...env, BACKSTITCH_API_TOKEN: "wrong" }).ended;
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("BACKSTITCH_API_TOKEN") });
});

test("the flags stand in front of the command too", async () => {
  const { code } = await client.start(["--cloud", "--endpoint-url", env.BACKSTITCH_API_URL ?? "", "ls"], {
    BACKSTITCH_API_TOKEN: token,
  }).ended;
  expect(code).toBe(0);
});

test("strategies of the place are listed with their digests", async () => {
  const list = z.object({ strategies: z.array(z.object({ name: z.string(), digest: z.string() })) });
  const [one, other] = [
    await answered(here("strategies", "ls", "--json"), list),
    await answered(cloud("strategies", "ls", "--json"), list),
  ];
  expect(other.strategies).toEqual(expect.arrayContaining(one.strategies));
  expect(other.strategies.map(({ name }) => name)).toContain("slow");
});

test.each([
  [["ls", "--profile", "x"], "--profile: expected --cloud beside it"],
  [["ls", "--cloud", "--endpoint-url", "http://example.com"], "expected https, because requests are signed"],
  [["cancel", "latest", "--force"], "--force: only for runs on AWS."],
])("%j says why not", async (args, message) => {
  expect(await client.run(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
});

test("without an address the ways to give one are named", async () => {
  const { code, stderr } = await client.run("ls", "--cloud");
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      "PlaceError: --cloud: no API is known here. Deploy one (backstitch deploy), or say where it is: --endpoint-url URL, or BACKSTITCH_API_URL.\n",
  });
});

test("the address is the one that deploy noted", async () => {
  const home = openWorkplace();
  home.write(
    "cloud.json",
    JSON.stringify({
      format: 1,
      stackName: "Backstitch",
      region: "us-east-1",
      account: "111111111111",
      apiUrl: env.BACKSTITCH_API_URL,
      bucketName: "b",
      tableName: "t",
      runStateMachineArn: "r",
      importStateMachineArn: "i",
      deployedAtMs: 1,
    }),
  );
  const { code, stdout } = await home.start(["data", "ls", "--cloud"], {
    BACKSTITCH_HOME: home.folder,
    BACKSTITCH_API_TOKEN: token,
  }).ended;
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("sp500") });
  home.remove();
});

test("a note that is none is told with its file", async () => {
  const home = openWorkplace();
  const file = home.write("cloud.json", "{}");
  const { code, stderr } = await home.start(["ls", "--cloud"], { BACKSTITCH_HOME: home.folder }).ended;
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(file) });
  home.remove();
});
