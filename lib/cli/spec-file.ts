import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { closest } from "../engine/closest.ts";
import { parseSpec, SpecError } from "../run/parse-spec.ts";
import { type Change, setFields } from "../run/set-fields.ts";
import type { Spec } from "../run/spec.ts";
import { parseSweepSpec } from "../sweep/parse-sweep-spec.ts";
import type { SweepSpec } from "../sweep/sweep-spec.ts";

/** The spec in a YAML or JSON file with the changes applied; its strategy file is made absolute. Throws SpecError naming file, line and field. */
export function readSpecFile(file: string, changes: readonly Change[]): Spec {
  const value = absoluteStrategy(readSpecValue(file), dirname(resolve(file)));
  return parseSpec(
    setFields(value, changes),
    changes.length === 0 ? file : `${file} with --set ${changes.map((change) => change.path.join(".")).join(", ")}`,
  );
}

/** The sweep's spec in a YAML or JSON file; the strategy file of its base is made absolute. Throws SpecError and SweepSpecError. */
export function readSweepFile(file: string, changes: readonly Change[]): SweepSpec {
  const value = setFields(readSpecValue(file), changes);
  const folder = dirname(resolve(file));
  const base = typeof value === "object" && value !== null && "base" in value ? value.base : undefined;
  return parseSweepSpec(
    base === undefined ? value : { ...(value as object), base: absoluteStrategy(base, folder) },
    file,
  );
}

function readSpecValue(file: string): unknown {
  return parseText(readText(resolve(file), file), file);
}

function readText(path: string, file: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (code !== "ENOENT" && code !== "ENOTDIR")
      throw new SpecError(`${file}: expected a spec (YAML or JSON), found ${code}. Give a file that can be read.`, {
        cause: error,
      });
    const near = closest(basename(path), specFilesIn(dirname(path)));
    throw new SpecError(
      `${file}: found no such file. ${near === undefined ? "Give the path of a spec (YAML or JSON)." : `Did you mean ${join(dirname(file), near)}?`}`,
    );
  }
}

function specFilesIn(folder: string): readonly string[] {
  return existsSync(folder)
    ? readdirSync(folder).filter((name) => [".yaml", ".yml", ".json"].includes(extname(name)))
    : [];
}

/** JSON is YAML too; the messages carry line and column, and the place itself. */
function parseText(text: string, file: string): unknown {
  const document = parseDocument(text, { prettyErrors: true });
  const [fault] = document.errors;
  if (fault !== undefined) {
    const [place] = fault.linePos ?? [];
    const where = place === undefined ? file : `${file} line ${place.line}, column ${place.col}`;
    throw new SpecError(`${where}: ${fault.message.replace(/ at line \d+, column \d+:?/, ":").trim()}`);
  }
  const value: unknown = document.toJS({ maxAliasCount: 1_000 });
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new SpecError(
    `${file}: expected a spec with fields such as data and strategy, found ${text.trim() === "" ? "an empty file" : JSON.stringify(value)}.`,
  );
}

function absoluteStrategy(value: unknown, folder: string): unknown {
  if (typeof value !== "object" || value === null || !("strategy" in value)) return value;
  const { strategy } = value;
  if (typeof strategy !== "object" || strategy === null || !("file" in strategy) || typeof strategy.file !== "string")
    return value;
  return { ...value, strategy: { ...strategy, file: resolve(folder, strategy.file) } };
}
