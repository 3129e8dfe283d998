import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { permanentErrors, transientErrors } from "../../infra/constructs/permanent-errors.ts";

const root = join(import.meta.dirname, "../..");

/** The names of the error classes in the functions that state machines call, and in what they import of ours. */
let thrown: string[];

beforeAll(async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["plan", "segment", "finish", "expand", "select", "stitch", "import"].map(
      (name) => `functions/${name}.ts`,
    ),
    outdir: root,
    write: false,
    metafile: true,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
  });
  thrown = Object.keys(metafile.inputs)
    .flatMap((file) => [
      ...readFileSync(join(root, file), "utf8").matchAll(/override readonly name(?:: string)? = "(\w+)"/g),
    ])
    .map((match) => String(match[1]));
});

test("every error class of the functions' code is known to be permanent or transient", () => {
  const classed = new Set<string>([...permanentErrors, ...transientErrors]);
  expect(thrown.filter((name) => !classed.has(name))).toEqual([]);
});

test("no error is both permanent and transient", () => {
  const classed: string[] = [...permanentErrors, ...transientErrors];
  expect(new Set(classed).size).toBe(classed.length);
});
