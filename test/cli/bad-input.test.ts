import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { errorDocument, json, openWorkplace, smaSpec, sp500File } from "./backstitch.ts";

const place = openWorkplace();
afterAll(place.remove);

beforeAll(async () => {
  await place.run("data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--name", "sp500");
});

const header = "time,open,high,low,close,volume\n";
const good = "2024-01-02,10,11,9,10,100\n";

const badFiles: readonly (readonly [what: string, text: string, flags: readonly string[], message: RegExp])[] = [
  ["an empty file", "", [], /bad\.csv/],
  ["a missing column", "time,open,high,close\n2024-01-02,10,11,10\n", [], /missing low/],
  ["text in a number", `${header}${good}2024-01-03,10,eleven,9,10,100\n`, [], /line 3.*high.*eleven/s],
  ["unsorted times", `${header}2024-01-03,10,11,9,10,1\n${good}`, [], /line 3/],
  ["duplicate times", `${header}${good}${good}`, [], /line 3/],
  ["a future time", `${header}${good}2199-01-03,10,11,9,10,1\n`, [], /line 3.*future/s],
  ["a high below the low", `${header}2024-01-02,10,9,11,10,100\n`, [], /line 2.*high/s],
  ["a price of zero", `${header}2024-01-02,10,11,0,10,100\n`, [], /line 2.*low/s],
  ["a negative price", `${header}2024-01-02,-10,11,-10,10,100\n`, [], /line 2/],
  [
    "not a number",
    `${header}${good}2024-01-03,NaN,11,9,10,100\n`,
    ["--missing", "error"],
    /line 3, column "open": expected a number, found "NaN"/,
  ],
  [
    "an unknown time zone",
    `${header}2024-01-02 09:30,10,11,9,10,100\n`,
    ["--timezone", "Mars/Olympus"],
    /Mars\/Olympus/,
  ],
];

test.each(badFiles)("%s is refused with file and place, and nothing is stored", async (_, text, flags, message) => {
  place.write("bad.csv", text);
  const { code, stdout, stderr } = await place.run(
    "data",
    "import",
    "bad.csv",
    "--symbol",
    "X",
    "--timeframe",
    "1d",
    "--name",
    "bad",
    ...flags,
  );
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^BarsInputError: .*bad\.csv|^BarsInputError: --timezone/);
  expect(stderr).not.toContain("    at ");
});

test("nothing of the refused files is a snapshot, and a gap is reported, not refused", async () => {
  place.write("gap.csv", `${header}${good}2024-01-09,10,11,9,10,1\n`);
  const { code, stdout } = await place.run(
    "data",
    "import",
    "gap.csv",
    "--symbol",
    "X",
    "--timeframe",
    "1d",
    "--name",
    "gap",
  );
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/1 gap \(4 bars missing\): 2024-01-02 to 2024-01-09/),
  });
  const list = json(
    await place.run("data", "ls", "--json"),
    z.object({ snapshots: z.array(z.object({ name: z.string() })) }),
  );
  expect(list.snapshots.map(({ name }) => name)).toEqual(["gap", "sp500"]);
});

const badFlags: readonly (readonly [what: string, args: readonly string[], message: RegExp])[] = [
  ["a file that is not there", ["data", "import", "nowhere.csv", "--symbol", "X", "--timeframe", "1d"], /nowhere\.csv/],
  [
    "a timeframe that is none",
    ["data", "import", sp500File, "--symbol", "X", "--timeframe", "daily"],
    /--timeframe "daily"/,
  ],
  [
    "a policy that is none",
    ["data", "import", sp500File, "--symbol", "X", "--timeframe", "1d", "--missing", "guess"],
    /--missing.*forward-fill/,
  ],
  [
    "a negative tick",
    ["data", "import", sp500File, "--symbol", "X", "--timeframe", "1d", "--tick", "-1"],
    /--tick.*above zero/,
  ],
  ["no symbol", ["data", "import", sp500File, "--timeframe", "1d"], /--symbol/],
  ["an unknown snapshot", ["data", "show", "sp600"], /Snapshot "sp600".*Known: .*sp500/],
  ["an export format that is none", ["data", "export", "sp500", "--format", "xlsx"], /--format.*parquet/],
  ["a number of bars that is none", ["run", "sma.json", "--segment-bars", "0"], /--segment-bars.*at least 1/],
  ["a spec that is not there", ["run", "smo.json"], /Did you mean sma\.json\?/],
  [
    "an unknown field in --set",
    ["run", "sma.json", "--set", "strategy.parms.fast=5"],
    /strategy\.parms: unknown field; did you mean "params"\?/,
  ],
  [
    "an unknown parameter in --set",
    ["run", "sma.json", "--set", "strategy.params.fats=5"],
    /fats: unknown field; did you mean "fast"\?/,
  ],
  ["a --set without a value", ["run", "sma.json", "--set", "seed"], /--set seed: expected path=value/],
  ["a parameter out of range", ["run", "sma.json", "--set", "strategy.params.fast=0"], /fast/],
  [
    "from after to",
    ["run", "sma.json", "--set", "data.from=2010-01-01", "--set", "data.to=2009-01-01"],
    /data\.from \(2010-01-01\) is after data\.to/,
  ],
  ["an unknown strategy", ["run", "sma.json", "--set", "strategy.name=sma-corss"], /did you mean "sma-cross"\?/],
  ["an unknown snapshot in a spec", ["run", "sma.json", "--set", "data.snapshot=sp5000"], /Snapshot "sp5000"/],
  ["an unknown run", ["show", "sma-xyz"], /there are no runs yet/],
  ["a status that is none", ["ls", "--status", "done"], /--status.*completed/],
  ["a date that is none", ["ls", "--from", "yesterday"], /--from.*date/],
  ["a limit of zero", ["ls", "--limit", "0"], /--limit/],
  ["a cursor that is none", ["ls", "--cursor", "abc"], /PageCursorError/],
  ["a checkpoint id that is too short", ["checkpoints", "show", "abc"], /6 to 64 hex digits/],
  ["an unknown checkpoint", ["checkpoints", "show", "abcdef"], /found none/],
  ["an age that is none", ["checkpoints", "gc", "--older-than", "long"], /--older-than.*30d/],
  ["an unknown strategy to show", ["strategies", "show", "sma-corss"], /did you mean "sma-cross"\?/],
  ["a strategy file that is none", ["strategies", "show", "./sma.json.ts"], /found no such file/],
  ["an unknown command", ["rnu"], /unknown command 'rnu'\n\(Did you mean run\?\)/],
  ["an unknown option", ["ls", "--limitt", "3"], /unknown option '--limitt'\n\(Did you mean --limit\?\)/],
  ["a missing operand", ["run"], /missing required argument 'spec'/],
];

test.each(badFlags)("%s is refused with exit code 2 and the name of what is wrong", async (_, args, message) => {
  place.write("sma.json", smaSpec());
  const { code, stdout, stderr } = await place.run(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain("    at ");
});

const badSpecs: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  [
    "YAML that is none",
    "name: x\ndata: { snapshot: sp500\nstrategy: 3\n",
    /^SpecError: spec\.yaml line \d+, column \d+: /,
  ],
  ["an empty file", "", /spec\.yaml: .*found an empty file/],
  ["a list", "- a\n- b\n", /spec\.yaml: expected a spec with fields/],
  [
    "the same field twice",
    "data: { snapshot: sp500 }\ndata: { snapshot: sp500 }\n",
    /line 2, column 1: Map keys must be unique/,
  ],
  [
    "an unknown field",
    "data: { snapshot: sp500 }\nstrateggy: { name: sma-cross }\n",
    /strateggy: unknown field; did you mean "strategy"\?/,
  ],
  [
    "a strategy by name and by file",
    "data: { snapshot: sp500 }\nstrategy: { name: sma-cross, file: ./x.ts }\n",
    /strategy: expected either name .* or file/,
  ],
  [
    "a strategy file that is not there",
    "data: { snapshot: sp500 }\nstrategy: { file: ./nowhere.ts }\n",
    /nowhere\.ts: found no such file/,
  ],
];

test.each(badSpecs)("a spec that is %s is refused with its place", async (_, text, message) => {
  place.write("spec.yaml", text);
  const ended = await place.run("run", "spec.yaml", "--json");
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(message);
  const { error } = json(ended, errorDocument);
  expect(ended.stderr).toBe(`${error.name}: ${error.message}\n`);
});

test("with --json a usage error is one document too", async () => {
  const ended = await place.run("ls", "--limit", "many", "--json");
  expect(ended.code).toBe(2);
  expect(json(ended, errorDocument).error).toEqual({
    name: "UsageError",
    message: expect.stringMatching(/^option '--limit <n>' argument 'many' is invalid/),
  });
});

test("nothing was created by all this", async () => {
  expect(json(await place.run("ls", "--json"), z.object({ runs: z.array(z.unknown()) })).runs).toEqual([]);
});
