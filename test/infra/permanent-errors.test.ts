import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { permanentErrors, transientErrors } from "../../infra/constructs/permanent-errors.ts";

const root = join(import.meta.dirname, "../..");

/** What a function's code may throw; commands, servers and stores of one's own machine are not in a bundle. */
const folders = ["engine", "indicators", "features", "models", "strategies", "market", "run", "sweep", "stores"];
const onOneMachine = /^(local|memory)\//;

/** The names of the error classes in a folder's files. */
function errorNames(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !onOneMachine.test(file))
    .flatMap((file) => [
      ...readFileSync(join(folder, file), "utf8").matchAll(/override readonly name(?:: string)? = "(\w+)"/g),
    ])
    .map((match) => String(match[1]));
}

const known = readdirSync(join(root, "lib"));
const thrown = folders
  .filter((folder) => known.includes(folder))
  .flatMap((folder) => errorNames(join(root, "lib", folder)))
  .concat(errorNames(join(root, "functions")));

test("every error class of the functions' code is known to be permanent or transient", () => {
  const classed = new Set<string>([...permanentErrors, ...transientErrors]);
  expect(thrown.filter((name) => !classed.has(name))).toEqual([]);
});

test("no error is both permanent and transient, and none is listed that the code does not have", () => {
  const classed: string[] = [...permanentErrors, ...transientErrors];
  expect(new Set(classed).size).toBe(classed.length);
  expect(classed.filter((name) => name !== "AssertionError" && !thrown.includes(name))).toEqual([]);
});
