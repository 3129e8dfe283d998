import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildsVariable } from "./cloud/built-stack.ts";

/** Gives all test files of this run one folder for what they build, and removes it afterwards. */
export default async function shareBuilds(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "backstitch-builds-"));
  process.env[buildsVariable] = folder;
  return () => rm(folder, { recursive: true, force: true });
}
