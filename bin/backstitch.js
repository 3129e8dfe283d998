#!/usr/bin/env node
// Starts the command on whatever Node is on the path. Plain JavaScript: an old Node must be able to read it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import * as module from "node:module";
import process from "node:process";

const [major, minor] = process.versions.node.split(".").map(Number);

if (major > 22 || (major === 22 && minor >= 18)) await start();
else restart(packagedNode());

/** In the repository the TypeScript source runs as it is, in the installed package what was built from it. */
async function start() {
  hideExperimentalWarnings();
  module.enableCompileCache();
  const source = new URL("../lib/cli/main.ts", import.meta.url);
  const entry = existsSync(source) ? source : new URL("../dist/cli/main.js", import.meta.url);
  const { main } = await import(entry.href);
  await main(process.argv.slice(2));
}

/** Node announces SQLite and type stripping as experimental on stderr; every other warning stays. */
function hideExperimentalWarnings() {
  const emitWarning = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    const type = typeof rest[0] === "object" ? rest[0]?.type : rest[0];
    if (type !== "ExperimentalWarning" && warning?.name !== "ExperimentalWarning")
      emitWarning.call(process, warning, ...rest);
  };
}

/** The Node that the package "node" brings with it; undefined when it is not installed. */
function packagedNode() {
  try {
    const folder = module
      .createRequire(import.meta.url)
      .resolve("node/package.json")
      .replace(/package\.json$/, "");
    return ["bin/node", "bin/node.exe"].map((name) => folder + name).find((path) => existsSync(path));
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** Hands everything over to a newer Node and ends as it ends. */
function restart(node) {
  if (node === undefined) {
    process.stderr.write(
      `backstitch needs Node 22.18 or newer, found ${process.version}: install one from https://nodejs.org, or the npm package "node" beside backstitch.\n`,
    );
    process.exit(2);
  }
  const child = spawn(node, process.argv.slice(1), { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`backstitch could not start ${node}: ${error.message}\n`);
    process.exit(2);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
