import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { loadStrategyFile, StrategyInputError } from "../strategies/load-strategy.ts";
import { type RegisteredStrategy, registeredStrategies, registerStrategies } from "../strategies/registered.ts";

/**
 * Registers the strategy of every module that lies directly in the folder (.ts, .mts, .js, .mjs, but no tests), so that specs may name it. Throws StrategyInputError
 * when the folder or a module cannot be read, or exports no strategy.
 */
export async function registerStrategiesIn(folder: string): Promise<void> {
  const found: RegisteredStrategy[] = [];
  for (const file of await modulesIn(resolve(folder))) found.push(await loadStrategyFile(file));
  // A worker may load them for its second run.
  registerStrategies(found.filter(({ strategy }) => !registeredStrategies.has(strategy.name)));
}

async function modulesIn(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => /\.m?[jt]s$/.test(name) && !/\.(test|d)\.[^.]+$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new StrategyInputError(`--strategies ${folder}: expected a folder with strategies, found ${code}.`, {
      cause: error,
    });
  }
}
