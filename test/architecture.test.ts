import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

/** Imports go down this list: a folder may import itself and what stands before it. */
const layers = [
  "engine",
  "indicators",
  "features",
  "models",
  "strategies",
  "market",
  "run",
  "sweep",
  "stores",
  "report",
  "api",
  "local",
  "cloud",
  "cli",
];
const lib = resolve(import.meta.dirname, "../lib");

type Import = { readonly from: string; readonly to: string; readonly line: string };

function importsOfLib(): Import[] {
  return readdirSync(lib, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) =>
      [...readFileSync(join(lib, file), "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g)].map(
        (match) => {
          const target = relative(lib, resolve(lib, dirname(file), match[1] as string));
          return {
            from: file.split("/")[0] as string,
            to: target.split("/")[0] as string,
            line: `${file} imports ${target}`,
          };
        },
      ),
    );
}

test("imports go down the layers towards the engine, never up", () => {
  const upward = importsOfLib().filter(({ from, to }) => {
    if (from.endsWith(".ts")) return false; // lib/backstitch.ts, the package's face, stands above all.
    return to.endsWith(".ts") || layers.indexOf(to) > layers.indexOf(from);
  });
  expect(upward.map(({ line }) => line)).toEqual([]);
});

test("every folder of lib is in the table of layers", () => {
  const folders = readdirSync(lib, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map((entry) => entry.name).filter((name) => !layers.includes(name))).toEqual([]);
});

test("the engine has no clock, randomness, storage or processor-dependent mathematics", () => {
  const forbidden =
    /\b(Date|Math\.(random|exp|pow|tanh|sin|cos|log1p|expm1|log2)|process|setTimeout|await|console)\b(?![^\n]*\*\/)/;
  const engine = join(lib, "engine");
  const found = readdirSync(engine).flatMap((file) =>
    readFileSync(join(engine, file), "utf8")
      .split("\n")
      .map((line, i) => ({ line: line.replace(/\/\/.*$|^\s*\/?\*.*$/, ""), at: `${file}:${i + 1}` }))
      .filter(({ line }) => forbidden.test(line))
      .map(({ at, line }) => `${at} ${line.trim()}`),
  );
  expect(found).toEqual([]);
});
