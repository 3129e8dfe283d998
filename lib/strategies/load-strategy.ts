import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { closest } from "../engine/closest.ts";
import { InputError } from "../engine/input-error.ts";
import type { Strategy } from "../engine/strategy.ts";
import { builtInStrategies } from "./built-in.ts";
import { loadFailure } from "./load-failure.ts";
import { linkOwnPackage } from "./own-package.ts";
import { registeredStrategies } from "./registered.ts";

/** A strategy that cannot be found or loaded. */
export class StrategyInputError extends InputError {
  override readonly name = "StrategyInputError";
}

/** A strategy with the digest of its code, which is part of every spec digest. */
export type LoadedStrategy = { readonly strategy: Strategy; readonly digest: string };

/** The strategy that a spec names: built-in, or registered where this process was deployed; throws StrategyInputError with a near name. */
export function namedStrategy(name: string): LoadedStrategy {
  return registeredStrategies.get(name) ?? builtInStrategy(name);
}

/** Every strategy that a spec may name here: the built-in ones, and those that were registered. */
export function namedStrategies(): ReadonlyMap<string, LoadedStrategy> {
  const builtIn = [...builtInStrategies.keys()].map((name) => [name, builtInStrategy(name)] as const);
  return new Map<string, LoadedStrategy>([...builtIn, ...registeredStrategies]);
}

/** The built-in strategy with this name; throws StrategyInputError with a near name. */
export function builtInStrategy(name: string): LoadedStrategy {
  const strategy = builtInStrategies.get(name);
  if (strategy === undefined) {
    const known = [...builtInStrategies.keys(), ...registeredStrategies.keys()];
    const near = closest(name, known);
    throw new StrategyInputError(
      `There is no built-in strategy "${name}"${near === undefined ? "" : `; did you mean "${near}"?`} Known: ${known.join(", ")}. A strategy of your own goes into strategy.file; in the cloud, into the folder that \`backstitch deploy --strategies\` names.`,
    );
  }
  // What a built-in strategy does is covered by the engine version.
  return { strategy, digest: sha256(`built-in ${name}`) };
}

/** The strategy that a module exports as its default; throws StrategyInputError when there is none. `file` is absolute. */
export async function loadStrategyFile(file: string): Promise<LoadedStrategy> {
  const { exported, digest } = await importStrategyFile(file);
  if (isStrategy(exported)) return { strategy: exported, digest };
  throw new StrategyInputError(
    `Strategy file ${file}: expected a default export made with defineStrategy (import { defineStrategy } from "backstitch"), found ${exported === undefined ? "no default export" : typeof exported}.`,
  );
}

/** The strategy that a module exports as its default, or undefined when its default is another thing or it has none: code that strategies share. */
export async function findStrategyIn(file: string): Promise<LoadedStrategy | undefined> {
  const { exported, digest } = await importStrategyFile(file);
  return isStrategy(exported) ? { strategy: exported, digest } : undefined;
}

type StrategyModule = { readonly exported: unknown; readonly digest: string };

async function importStrategyFile(file: string): Promise<StrategyModule> {
  if (!existsSync(file))
    throw new StrategyInputError(`Strategy file ${file}: found no such file. Paths are relative to the spec.`);
  linkOwnPackage();
  const digest = sourceDigest(file);
  try {
    // The digest in the address makes a changed file a new module within one process.
    const module = (await import(`${pathToFileURL(file).href}?digest=${digest.slice(0, 16)}`)) as {
      readonly default?: unknown;
    };
    return { exported: module.default, digest };
  } catch (error) {
    throw new StrategyInputError(loadFailure(file, error), { cause: error });
  }
}

function isStrategy(value: unknown): value is Strategy {
  return (
    typeof value === "object" &&
    value !== null &&
    "onBar" in value &&
    "columns" in value &&
    "params" in value &&
    "wakeOn" in value
  );
}

/**
 * SHA-256 over the module and every file that it imports by a relative path, directly or not: what a change of any of them changes. Packages
 * that it imports are not read.
 */
export function sourceDigest(file: string): string {
  const sources = new Map<string, string>();
  collectSources(resolve(file), sources);
  const folder = dirname(resolve(file));
  const lines = [...sources].map(([path, text]) => `${relative(folder, path)} ${sha256(text)}\n`);
  return sha256(lines.sort().join(""));
}

function collectSources(file: string, sources: Map<string, string>): void {
  if (sources.has(file) || !existsSync(file)) return;
  const text = readFileSync(file, "utf8");
  sources.set(file, text);
  for (const match of text.matchAll(/(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g)) {
    collectSources(join(dirname(file), match[1] as string), sources);
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
