import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bundleFunctions } from "../../lib/cloud/bundle-functions.ts";
import { loadStrategyFile } from "../../lib/strategies/load-strategy.ts";
import { temporaryFolder } from "../stores/temporary-folder.ts";

const strategy = (name: string): string => `
import { close, defineStrategy, sma, z } from "backstitch";
import { least } from "./lib/least.ts";
export default defineStrategy({
  name: ${JSON.stringify(name)},
  params: z.strictObject({ bars: z.int().default(5) }),
  columns: ({ bars }) => ({ mean: sma(close, bars) }),
  onBar(bar) {
    if (bar.index > least) bar.buy();
  },
});
`;

test("the segment's bundle is small, minified and has a source map of our files", async () => {
  const { path } = await folder();
  const { functions } = await bundleFunctions({ outFolder: path, names: ["segment"] });
  const [segment] = functions;
  expect(segment?.sizeBytes).toBeLessThan(1_500_000);
  expect(readFileSync(segment?.file ?? "").length).toBe(segment?.sizeBytes);
  const map = JSON.parse(readFileSync(`${segment?.file}.map`, "utf8")) as { sources: string[] };
  expect(map.sources).toContain("lib/run/segment.ts");
});

test("the segment's bundle holds no part of the laptop, the API or the import", async () => {
  const { path } = await folder();
  const { functions } = await bundleFunctions({ outFolder: path, names: ["segment"] });
  const contents = [...(functions[0]?.contents.keys() ?? [])];
  const foreign = ["lib/local", "lib/cli", "lib/api", "hono", "luxon", "csv-parse", "hyparquet", "onnxruntime-node"];
  expect(contents.filter((name) => foreign.includes(name))).toEqual([]);
});

test("the same input gives the same bytes, wherever they are written", async () => {
  const [one, other] = [await folder(), await folder()];
  const strategiesFolder = await strategies({ "a.ts": strategy("mine") });
  const bundles = [one, other].map(({ path }) =>
    bundleFunctions({ outFolder: path, strategiesFolder, names: ["plan"] }),
  );
  const files = (await Promise.all(bundles)).map(({ functions }) => functions[0]?.file ?? "");
  expect(readFileSync(files[0] ?? "").equals(readFileSync(files[1] ?? ""))).toBe(true);
  expect(readFileSync(`${files[0]}.map`).equals(readFileSync(`${files[1]}.map`))).toBe(true);
});

test("strategies of a folder are registered under their names with the digest of a laptop run", async () => {
  const strategiesFolder = await strategies({ "b.ts": strategy("second"), "a.ts": strategy("first") });
  const { path } = await folder();
  const { strategies: found } = await bundleFunctions({ outFolder: path, strategiesFolder, names: ["segment"] });
  const digestOf = async (file: string) => (await loadStrategyFile(join(strategiesFolder, file))).digest;
  expect(found.map(({ name, digest }) => ({ name, digest }))).toEqual([
    { name: "first", digest: await digestOf("a.ts") },
    { name: "second", digest: await digestOf("b.ts") },
  ]);
  const bundle = readFileSync(join(path, "segment", "index.cjs"), "utf8");
  for (const { digest } of found) expect(bundle).toContain(digest);
});

test("a bundle with strategies loads in a process of its own", async () => {
  const strategiesFolder = await strategies({ "a.ts": strategy("mine") });
  const { path } = await folder();
  const { functions } = await bundleFunctions({ outFolder: path, strategiesFolder, names: ["segment"] });
  const env = { ...process.env, DATA_BUCKET: "b", RUN_TABLE: "t", AWS_REGION: "eu-west-1" };
  const script = `console.log(typeof require(${JSON.stringify(functions[0]?.file)}).handler)`;
  expect(execFileSync(process.execPath, ["-e", script], { env, encoding: "utf8" }).trim()).toBe("function");
});

test("an error keeps its name through minifying", async () => {
  const { path } = await folder();
  const { functions } = await bundleFunctions({ outFolder: path, names: ["segment"] });
  const bundle = readFileSync(functions[0]?.file ?? "", "utf8");
  for (const name of ["StrategyChangedError", "DeterminismViolationError", "MissingRunError", "CheckpointDamagedError"])
    expect(bundle).toContain(`"${name}"`);
});

test("two strategies of one name are refused with both files", async () => {
  const strategiesFolder = await strategies({ "a.ts": strategy("mine"), "b.ts": strategy("mine") });
  await expect(bundle(strategiesFolder)).rejects.toThrow(/b\.ts: its name "mine" is that of .*a\.ts/);
});

test("a strategy with the name of a built-in one is refused", async () => {
  const strategiesFolder = await strategies({ "a.ts": strategy("sma-cross") });
  await expect(bundle(strategiesFolder)).rejects.toThrow(/a\.ts: its name "sma-cross" is that of a built-in strategy/);
});

test("a strategy that cannot be loaded is refused with its file", async () => {
  const strategiesFolder = await strategies({ "a.ts": 'import "no-such-package"; export default 1;' });
  await expect(bundle(strategiesFolder)).rejects.toThrow(/a\.ts could not be loaded: .*no-such-package/);
});

test("a folder without strategies is refused, and so is none at all", async () => {
  const strategiesFolder = await strategies({ "a.ts": "export const least = 1;" });
  await expect(bundle(strategiesFolder)).rejects.toThrow(/found none among 1 modules/);
  await expect(bundle(join(strategiesFolder, "absent"))).rejects.toThrow(/expected a folder, found none there/);
});

async function folder(): Promise<{ path: string }> {
  const made = await temporaryFolder();
  onTestFinished(() => made.remove());
  return made;
}

/** A folder with these modules, and one in a subfolder that they share. */
async function strategies(files: { readonly [name: string]: string }): Promise<string> {
  const { path } = await folder();
  await mkdir(join(path, "lib"));
  await writeFile(join(path, "lib/least.ts"), "export const least: number = 3;");
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return path;
}

async function bundle(strategiesFolder: string) {
  const { path } = await folder();
  return bundleFunctions({ outFolder: path, strategiesFolder, names: ["segment"] });
}
