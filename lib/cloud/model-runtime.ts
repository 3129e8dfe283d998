import { cp, mkdir, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { InputError } from "../engine/input-error.ts";

/** The packages of the model runtime are not installed, or not for the functions' platform. */
export class ModelRuntimeError extends InputError {
  override readonly name = "ModelRuntimeError";
}

/** The binaries of the one platform that functions run on, in onnxruntime-node 1.30. */
const platformFolder = join("bin", "napi-v6", "linux", "x64");

/** Copies onnxruntime-node, pruned to Linux on x86-64, and what it needs into the folder's node_modules: 46 MB. Throws ModelRuntimeError. */
export async function copyModelRuntime(folder: string): Promise<void> {
  const runtime = packageFolder("onnxruntime-node", createRequire(import.meta.url));
  const common = packageFolder("onnxruntime-common", createRequire(join(runtime, "package.json")));
  const target = join(folder, "node_modules");
  await requireFolder(join(runtime, platformFolder));
  for (const part of ["package.json", "dist", platformFolder])
    await copy(join(runtime, part), join(target, "onnxruntime-node", part));
  for (const part of ["package.json", join("dist", "cjs")])
    await copy(join(common, part), join(target, "onnxruntime-common", part));
}

function packageFolder(name: string, require: NodeJS.Require): string {
  try {
    const main = require.resolve(name);
    return main.slice(0, main.lastIndexOf(name) + name.length);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND")) throw error;
    throw new ModelRuntimeError(`models: the package ${name} is not installed. Install it: npm install ${name}.`);
  }
}

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  throw new ModelRuntimeError(
    `models: expected the binaries of Linux on x86-64 in ${path}, found none. Install onnxruntime-node 1.30.0 again.`,
  );
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { recursive: true, filter: isNeeded });
}

/** Types and source maps are not read at run time. */
function isNeeded(path: string): boolean {
  return !/\.(d\.ts|map)$/.test(basename(path));
}
