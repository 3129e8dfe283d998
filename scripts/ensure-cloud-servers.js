// Installs the servers that test/cloud runs against when they are absent or older than their lock file. Plain JavaScript without
// imports from packages, for any Node from 18 on. A failure is told and is not fatal: the tests that need the servers are then skipped.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, "test", "cloud", "servers");
const lockFile = join(folder, "package-lock.json");
const installed = join(folder, "node_modules", ".package-lock.json");
const nativeModule = join(folder, "node_modules", "aws-lambda-ric", "rapid-client.node");

// The native module takes about a minute to build; without a compiler and cmake it fails, and this many minutes bound the wait.
const timeoutMinutes = 10;

const isFresh = existsSync(installed) && statSync(installed).mtimeMs >= statSync(lockFile).mtimeMs;
if (process.platform !== "linux" || process.arch !== "x64") {
  console.error(
    `The cloud tests' servers need Linux on x86_64, found ${process.platform} on ${process.arch}: skipped.`,
  );
} else if (!isFresh) {
  console.error("Installing the cloud tests' servers (npm ci, about a minute) …");
  const result = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
    timeout: timeoutMinutes * 60_000,
    // npm leaves out an optional package whose engines refuse the Node that runs npm: the project's own Node comes first.
    env: { ...process.env, PATH: [join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter) },
  });
  if (result.status !== 0) {
    const reason = result.error?.message ?? `exit code ${result.status}`;
    console.error(`The cloud tests' servers were not installed (${reason}): the tests that need them are skipped.`);
  }
}
if (existsSync(installed) && !existsSync(nativeModule)) {
  console.error(
    "aws-lambda-ric was not built (it needs cmake, make, a C++ compiler and Python 3): the tests that run functions are skipped.",
  );
}
