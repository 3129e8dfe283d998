import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { errorDocument, json, openWorkplace, runDocument, smaSpec, sp500File } from "./backstitch.ts";

const place = openWorkplace();
afterAll(place.remove);
/** Runs with fast 10, 20 and 50, and one of two lanes. */
const runs: string[] = [];

beforeAll(async () => {
  await place.run("data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--name", "sp500");
  const specs = [10, 20, 50].map((fast) => ({
    tags: [`fast-${fast}`, "study"],
    strategy: { name: "sma-cross", params: { fast, slow: 200 } },
  }));
  const lanes = { strategy: { name: "sma-cross", params: { slow: 200 }, lanes: [{ fast: 10 }, { fast: 30 }] } };
  for (const change of [...specs, lanes]) {
    place.write("spec.json", smaSpec(change));
    runs.push(json(await place.run("run", "spec.json", "--json"), runDocument).runId);
  }
}, 60_000);

const comparison = z.object({
  compared: z.array(z.object({ id: z.string(), kind: z.string() })),
  differences: z.array(z.object({ path: z.string(), values: z.array(z.unknown()) })),
  metrics: z.array(
    z.object({
      name: z.string(),
      values: z.array(z.number().nullable()),
      best: z.array(z.number()),
      worst: z.array(z.number()),
    }),
  ),
});

test("compare tells only what was assumed differently, and marks the best and the worst", async () => {
  const document = json(await place.run("compare", ...runs.slice(0, 3), "--json"), comparison);
  expect(document.differences).toEqual([{ path: "strategy.params.fast", values: [10, 20, 50] }]);
  const sharpe = document.metrics.find(({ name }) => name === "sharpe");
  expect(sharpe?.values.map((value) => value?.toFixed(2))).toEqual(["0.39", "0.29", "0.30"]);
  expect(sharpe).toMatchObject({ best: [0], worst: [1] });
});

test("compare takes single lanes, and equal lanes of different runs are equal", async () => {
  const [alone, , , both] = runs;
  const { code, stdout } = await place.run("compare", alone ?? "", `${both}:0`);
  expect(code).toBe(0);
  expect(stdout).toContain("Nothing that was assumed differs.");
  expect(stdout).toMatch(/All \d+ metrics are equal/);
});

test("compare --out writes one page with a curve for each", async () => {
  const { code } = await place.run("compare", ...runs.slice(0, 3), "--out", "compared.html");
  const page = readFileSync(place.path("compared.html"), "utf8");
  expect(code).toBe(0);
  expect(page.match(/<path class="line s-\d"/g)).toHaveLength(3);
  expect(page).not.toMatch(/(?:src|href)="(?!data:|#)/);
});

test.each([
  { given: ["latest"], name: "ComparisonError", says: "expected 2 to 10 runs or sweeps, found 1" },
  { given: ["latest", "latest"], name: "ExperimentError", says: "has 2 lanes: say which one" },
  { given: ["latest:0", "latest:2"], name: "ExperimentError", says: "has 2 lane(s), expected" },
  { given: ["latest:0", "nothing"], name: "UnknownRunError", says: 'Run "nothing": found none' },
])("compare $given is refused", async ({ given, name, says }) => {
  const ended = await place.run("compare", ...given, "--json");
  expect(ended.code).toBe(2);
  const { error } = json(ended, errorDocument);
  expect(error.name).toBe(name);
  expect(error.message).toContain(says);
});

test("parity of different runs names the checks that fail, and ends with 1", async () => {
  const { code, stdout } = await place.run("parity", runs[0] ?? "", runs[1] ?? "");
  expect(code).toBe(1);
  expect(stdout).toContain('Beyond the limits of "engines": 6 of 9 checks.');
  expect(stdout).toMatch(/closed trades +7 +1 +beyond/);
});

test("parity of a result computed twice is exact, and ends with 0", async () => {
  place.write(
    "again.json",
    smaSpec({
      tags: [],
      strategy: { name: "sma-cross", params: { fast: 10, slow: 200 } },
      checkpoint: { everyBars: 77 },
    }),
  );
  const again = json(await place.run("run", "again.json", "--fresh", "--json"), runDocument).runId;
  const { code, stdout } = await place.run("parity", runs[0] ?? "", again, "--preset", "exact");
  expect(code).toBe(0);
  expect(stdout).toContain('Within the limits of "exact". The result digests are equal.');
  await place.run("rm", again);
});

test("parity says that curves are not compared where none were kept", async () => {
  place.write("brief.json", smaSpec({ record: { facts: "summary" } }));
  const brief = json(await place.run("run", "brief.json", "--json"), runDocument).runId;
  const { stderr } = await place.run("parity", brief, brief, "--preset", "exact");
  expect(stderr).toContain("The equity curves are not compared");
  await place.run("rm", brief);
});

const list = z.object({
  runs: z.array(z.object({ runId: z.string(), tags: z.array(z.string()), match: z.unknown().optional() })),
  next: z.string().nullable(),
});

test("ls finds runs by a tag", async () => {
  const { runs: found } = json(await place.run("ls", "--tag", "fast-20", "--json"), list);
  expect(found).toMatchObject([{ runId: runs[1], tags: ["fast-20", "study"] }]);
});

test("ls finds runs by a metric of any of their lanes, and says which lane", async () => {
  const { runs: found } = json(await place.run("ls", "--metric", "fills >= 40 and fills < 100", "--json"), list);
  expect(found.map(({ runId, match }) => ({ runId, match }))).toEqual([
    { runId: runs[3], match: { lane: 0, metrics: { fills: 40 } } },
    { runId: runs[0], match: { lane: 0, metrics: { fills: 40 } } },
  ]);
});

test("ls with filters goes on where a page ended", async () => {
  const first = json(await place.run("ls", "--tag", "study", "--limit", "2", "--json"), list);
  const second = json(
    await place.run("ls", "--tag", "study", "--limit", "2", "--cursor", first.next ?? "", "--json"),
    list,
  );
  expect([...first.runs, ...second.runs].map(({ runId }) => runId)).toEqual([runs[2], runs[1], runs[0]]);
  expect(second.next).toBeNull();
});

test("ls refuses a metric that does not exist, and names a near one", async () => {
  const { code, stderr } = await place.run("ls", "--metric", "sharp > 1");
  expect(code).toBe(2);
  expect(stderr).toContain('did you mean "sharpe"?');
});

test("show tells the seed, the tags and the machines of a run", async () => {
  const schema = z.object({ seed: z.number(), tags: z.array(z.string()), hosts: z.array(z.string()) });
  const document = json(await place.run("show", runs[0] ?? "", "--json"), schema);
  expect(document).toMatchObject({ seed: 42, tags: ["fast-10", "study"] });
  expect(document.hosts).toHaveLength(1);
});
