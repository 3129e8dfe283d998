import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { glob, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFunctions } from "../../lib/cloud/bundle-functions.ts";
import type { Synthesized } from "./deployed-stack-synthesis.ts";

export type BuildOptions = {
  /** Context flags of the stack, as `-c name=value`. */
  readonly flags?: Readonly<Record<string, string>>;
  readonly strategiesFolder?: string;
  /** Whether runs may ask models. */
  readonly models?: boolean;
};

/** The functions' bundles, and the template that deploys them. Nobody writes into these folders: other tests have the same. */
export type BuiltStack = Synthesized & { readonly bundles: string };

/**
 * Bundles the functions and synthesizes the stack as a deployment does, or finds both among what was built before from the same sources: every
 * test file needs them, and they take seconds.
 */
export async function builtStack(options: BuildOptions): Promise<BuiltStack> {
  const builds = buildsFolder();
  const folder = join(builds, await keyOf(options));
  const found = await readBuilt(folder);
  if (found !== undefined) return found;
  const own = await mkdtemp(join(builds, "new-"));
  await build(own, options);
  // Another process may have built the same meanwhile: the first one stays.
  await rename(own, folder).catch(() => rm(own, { recursive: true, force: true }));
  const built = await readBuilt(folder);
  if (built === undefined) throw new Error(`What was built in ${folder} is gone.`);
  return built;
}

/** The variable that names the folder in which all test files of a run find what one of them built. */
export const buildsVariable = "BACKSTITCH_TEST_BUILDS";

/** The one that the run of the tests gave, or one of this process. */
function buildsFolder(): string {
  const given = process.env[buildsVariable];
  if (given !== undefined) return given;
  const own = mkdtempSync(join(tmpdir(), "backstitch-builds-"));
  process.env[buildsVariable] = own;
  process.once("exit", () => rmSync(own, { recursive: true, force: true }));
  return own;
}

async function build(folder: string, { flags, strategiesFolder, models = false }: BuildOptions): Promise<void> {
  const bundles = join(folder, "bundles");
  await bundleFunctions({ outFolder: bundles, models, ...(strategiesFolder !== undefined && { strategiesFolder }) });
  // The CDK takes a second to load.
  const { synthesizeStack } = await import("./deployed-stack-synthesis.ts");
  const outFolder = join(folder, "cdk.out");
  const { template } = await synthesizeStack({ outFolder, bundles, flags: { ...flags, models: String(models) } });
  await writeFile(join(folder, "template.json"), JSON.stringify(template));
}

async function readBuilt(folder: string): Promise<BuiltStack | undefined> {
  try {
    const template = JSON.parse(await readFile(join(folder, "template.json"), "utf8"));
    return { template, assetsFolder: join(folder, "cdk.out"), bundles: join(folder, "bundles") };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

const root = join(import.meta.dirname, "../..");

/** The same for the same options and sources, wherever the strategies lie. */
async function keyOf({ flags = {}, strategiesFolder, models = false }: BuildOptions): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([models, Object.entries(flags).sort()]));
  await addFiles(hash, root, ["{lib,functions,infra}/**/*.ts", "{cdk,package-lock}.json"]);
  if (strategiesFolder !== undefined) await addFiles(hash, strategiesFolder, ["**/*.*"]);
  return hash.digest("hex");
}

async function addFiles(hash: ReturnType<typeof createHash>, folder: string, patterns: string[]): Promise<void> {
  const paths: string[] = [];
  for await (const path of glob(patterns, { cwd: folder })) paths.push(path);
  for (const path of paths.sort()) hash.update(`${path}\n`).update(await readFile(join(folder, path)));
}
