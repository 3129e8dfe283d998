import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { json, openWorkplace, sp500File } from "./backstitch.ts";

const place = openWorkplace();
afterAll(place.remove);
const root = fileURLToPath(new URL("../..", import.meta.url));

test("without arguments the help is printed, and nothing else", async () => {
  const [bare, help] = [await place.run(), await place.run("--help")];
  expect(bare).toEqual(help);
  expect(bare).toMatchObject({ code: 0, stderr: "" });
  for (const part of [
    "Usage: backstitch",
    "Data:",
    "Runs:",
    "Checkpoints:",
    "Examples:",
    "Exit codes: 0 done, 1 failed, 2 bad input, 130 interrupted.",
  ])
    expect(bare.stdout).toContain(part);
});

test.each([["data"], ["checkpoints"], ["strategies"]])("%s alone prints the help of its group", async (group) => {
  const { code, stdout } = await place.run(group);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`Usage: backstitch ${group}`) });
});

test.each([[["run"]], [["data", "import"]], [["checkpoints"]], [["export"]]])(
  "the help of %j ends with examples",
  async (command) => {
    expect((await place.run(...command, "--help")).stdout).toMatch(/\nExamples:\n {2}backstitch /);
  },
);

test("--version prints the package's", async () => {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  expect(await place.run("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("strategies ls and show tell parameters with types, defaults and limits", async () => {
  const list = json(
    await place.run("strategies", "ls", "--json"),
    z.object({ strategies: z.array(z.object({ name: z.string() })) }),
  );
  expect(list.strategies.map(({ name }) => name)).toEqual([
    "bollinger-reversion",
    "buy-and-hold",
    "donchian-breakout",
    "macd-cross",
    "model",
    "rsi-reversion",
    "sma-cross",
  ]);
  const { stdout } = await place.run("strategies", "show", "sma-cross");
  expect(stdout).toMatch(/\nfast +integer +10 +at least 1 +Bars in the fast average\.\n/);
  expect(stdout).toMatch(/\nside +one of +"long" +"long", "short", "both" +/);
});

test("schema prints a JSON Schema that names the fields of a spec", async () => {
  const schema = json(
    await place.run("schema"),
    z.object({ $schema: z.string(), properties: z.record(z.string(), z.unknown()), required: z.array(z.string()) }),
  );
  expect(Object.keys(schema.properties)).toEqual(
    expect.arrayContaining(["data", "strategy", "execution", "checkpoint"]),
  );
  expect(schema.required).toEqual(["data", "strategy"]);
});

test("the examples run as they stand", async () => {
  await place.run("data", "import", sp500File, "--symbol", "SP500", "--timeframe", "1d", "--name", "sp500");
  for (const example of ["sp500-sma", "mean-reversion"]) {
    const { code, stdout } = await place.run("run", join(root, "examples", `${example}.yaml`));
    expect({ code, first: stdout.split("\n")[0] }).toEqual({ code: 0, first: "Completed." });
  }
});

test("the launcher says which Node it needs when an old one runs it and no other is installed", () => {
  const copy = place.path("alone/bin/backstitch.js");
  mkdirSync(dirname(copy), { recursive: true });
  cpSync(join(root, "bin/backstitch.js"), copy);
  place.write("alone/package.json", '{ "type": "module" }');
  const pretend = 'Object.defineProperty(process.versions, "node", { value: "20.20.2" });';
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(pretend)}`, copy, "ls"],
    { encoding: "utf8" },
  );
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringMatching(/^backstitch needs Node 22\.18 or newer, found v[\d.]+: install one from .*\n$/),
  });
});

test("an old Node hands over to the one of the package and ends as that ends", () => {
  const pretend =
    'if (!process.env.HANDED) { process.env.HANDED = "yes"; Object.defineProperty(process.versions, "node", { value: "20.20.2" }); }';
  const args = [
    "--import",
    `data:text/javascript,${encodeURIComponent(pretend)}`,
    join(root, "bin/backstitch.js"),
    "show",
    "nothing",
  ];
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...process.env, BACKSTITCH_HOME: place.home },
  });
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(/^UnknownRunError: /) });
});

test("a reader that leaves early is no failure", () => {
  const command = `"${process.execPath}" "${join(root, "bin/backstitch.js")}" data export sp500 --out - | head -1`;
  const output = execFileSync("sh", ["-c", `${command} 2>&1`], {
    encoding: "utf8",
    env: { ...process.env, BACKSTITCH_HOME: place.home },
  });
  expect(output).toBe("timestamp,open,high,low,close,volume,adj_close\n");
});
