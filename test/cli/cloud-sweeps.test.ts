import { readFileSync } from "node:fs";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Ended, errorDocument, json, openWorkplace, slowStrategy, smaSpec, sp500File } from "./backstitch.ts";
import { type ServingWorkplace, startServer } from "./start-server.ts";

/** The sweep commands against a server's API and against the stores of this machine. */
const server = openWorkplace();
const client = openWorkplace();
let serving: ServingWorkplace;

const cloud = (...args: readonly string[]): Promise<Ended> => client.start([...args, "--cloud"], serving.env).ended;
const here = (...args: readonly string[]): Promise<Ended> => client.run(...args);

const spec = {
  name: "small",
  tags: ["study"],
  base: {
    data: { snapshot: "sp500", to: "2004-12-31" },
    strategy: { name: "sma-cross" },
    sizing: { kind: "units", units: 10 },
  },
  space: { fast: [5, 10], slow: [30, 60] },
  windows: { kind: "rolling", inSample: "500 bars", outOfSample: "250 bars", warmup: 60 },
  objective: "totalReturn",
};

beforeAll(async () => {
  serving = await startServer(server);
  client.write("small.json", JSON.stringify(spec));
  client.write("daily.json", smaSpec({ name: "daily", tags: ["daily"] }));
  const bars = ["data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--name", "sp500"];
  for (const run of [here, cloud]) {
    expect(await run(...bars)).toMatchObject({ code: 0 });
    expect(await run("run", "daily.json")).toMatchObject({ code: 0 });
    expect(await run("sweep", "small.json")).toMatchObject({ code: 0 });
  }
}, 60_000);

afterAll(async () => {
  await serving?.stop();
  server.remove();
  client.remove();
});

const anything = z.record(z.string(), z.unknown());

/** The same command here and there, each with its JSON document. */
async function both(...args: readonly string[]): Promise<readonly [Record<string, unknown>, Record<string, unknown>]> {
  const [one, other] = [await here(...args, "--json"), await cloud(...args, "--json")];
  expect([one.code, other.code]).toEqual([0, 0]);
  return [json(one, anything), json(other, anything)];
}

test("a sweep gives the same document here and through the API, but for its times", async () => {
  const [one, other] = await both("sweep", "small.json");
  expect(Object.keys(other)).toEqual(Object.keys(one));
  expect({ ...other, timing: 0 }).toEqual({ ...one, timing: 0 });
});

test("show gives the same words", async () => {
  const [one, other] = [await here("sweep", "show", "latest"), await cloud("sweep", "show", "latest")];
  const words = ({ stdout }: Ended) => stdout.split("\n").slice(1);
  expect(words(other)).toEqual(words(one));
});

test("ls lists the same sweep", async () => {
  const [one, other] = await both("sweep", "ls", "--metric", "totalReturn > -1");
  const ids = z.object({ sweeps: z.array(z.looseObject({ sweepId: z.string(), resultDigest: z.string() })) });
  const [mine, theirs] = [ids.parse(one), ids.parse(other)];
  expect(theirs.sweeps.map(({ resultDigest }) => resultDigest)).toEqual(
    mine.sweeps.map(({ resultDigest }) => resultDigest),
  );
});

test.each([
  ["sweep ls", "sweeps", { tag: "study", metric: "totalReturn > -1" }, { tag: "other", metric: "totalReturn > 9" }],
  ["ls", "runs", { tag: "daily", metric: "closedTrades > 5" }, { tag: "other", metric: "closedTrades > 5000" }],
  ["checkpoints ls", "checkpoints", {}, {}],
] as const)(
  "%s finds by strategy, status, date, and what else there is, on the other side",
  async (command, field, own, others) => {
    const ask = async (filters: object): Promise<unknown> => {
      const flags = Object.entries(filters).flatMap(([name, value]) => [`--${name}`, String(value)]);
      const ended = await cloud(...command.split(" "), ...flags, "--json");
      return json(ended, anything)[field];
    };
    const found = { strategy: "sma-cross", status: "completed", from: "2020-01-01", to: "2100-01-01", ...own };
    expect(await ask(found)).not.toEqual([]);
    const misses = { strategy: "buy-and-hold", status: "failed", from: "2100-01-01", to: "2020-01-01", ...others };
    const each = Object.entries(misses).map(([name, value]) => ask({ ...found, [name]: value }));
    expect(await Promise.all(each)).toEqual(each.map(() => []));
  },
);

test.each(["lanes", "equity", "trades"])("export writes the same rows of %s, in every format", async (what) => {
  for (const format of ["csv", "json", "parquet"]) {
    const args = ["sweep", "export", "latest", "--what", what, "--format", format, "-o"];
    expect(await here(...args, "here")).toMatchObject({ code: 0 });
    expect(await cloud(...args, "there")).toMatchObject({ code: 0 });
    const [one, other] = await Promise.all(["here", "there"].map((file) => rowsOf(client.path(file), format)));
    expect(other).toEqual(one);
    expect(one?.length).toBeGreaterThan(10);
  }
});

/** The lines of a text; the rows of a Parquet file, whose groups follow from how they were read. */
async function rowsOf(file: string, format: string): Promise<readonly unknown[]> {
  const bytes = readFileSync(file);
  if (format !== "parquet") return bytes.toString().split("\n");
  return parquetReadObjects({ file: Uint8Array.from(bytes).buffer });
}

test("plan counts the same windows, lanes and runs, and says where it measured", async () => {
  const [one, other] = await both("sweep", "plan", "small.json");
  expect([other.windows, other.lanes, other.points]).toEqual([one.windows, one.lanes, one.points]);
  expect([one.measuredOn, other.measuredOn]).toEqual(["this machine", expect.stringMatching(/^the server /)]);
});

test("cancel of an ended sweep answers its entry and that there is nothing to cancel", async () => {
  const [one, other] = await both("sweep", "cancel", "latest");
  expect(Object.keys(other)).toEqual(Object.keys(one));
});

test("parity of a sweep with itself passes, with the same document", async () => {
  const [{ sweepId }] = await both("sweep", "show", "latest");
  const [one, other] = await both("parity", String(sweepId), String(sweepId));
  expect(other).toEqual(one);
});

test("compare of sweeps gives the same document, and a page with their equity", async () => {
  const [{ sweepId }] = await both("sweep", "show", "latest");
  const [one, other] = await both("compare", String(sweepId), String(sweepId));
  expect(other).toEqual(one);
  const args = ["compare", String(sweepId), String(sweepId), "--out"];
  await here(...args, "here.html");
  await cloud(...args, "there.html");
  const page = readFileSync(client.path("there.html"), "utf8");
  expect(page).toBe(readFileSync(client.path("here.html"), "utf8"));
  expect(page).not.toContain("No equity is kept");
});

test("report writes a page of the sweep", async () => {
  const [one, other] = await both("report", "latest", "-o", "report.html");
  expect(other.sweepId).toBe(one.sweepId);
});

test("an error of the spec exits with 2 and names the field", async () => {
  client.write("bad.json", JSON.stringify({ ...spec, space: { fasst: [5] } }));
  const ended = await cloud("sweep", "bad.json", "--json");
  expect(ended.code).toBe(2);
  expect(json(ended, errorDocument).error.message).toMatch(/space\.fasst: .*did you mean "fast"/);
});

test("a strategy file that is not deployed is refused", async () => {
  client.write("slow.ts", slowStrategy);
  const base = { ...spec.base, strategy: { file: "slow.ts" } };
  client.write("file.json", JSON.stringify({ ...spec, base, space: { length: [5, 6] } }));
  const ended = await cloud("sweep", "file.json");
  expect(ended).toMatchObject({ code: 2 });
  expect(ended.stderr).toMatch(/no strategy "slow" is deployed/);
});

test("rm removes it there", async () => {
  expect(await cloud("sweep", "rm", "latest")).toMatchObject({ code: 0 });
  expect(json(await cloud("sweep", "ls", "--json"), anything).sweeps).toEqual([]);
});
