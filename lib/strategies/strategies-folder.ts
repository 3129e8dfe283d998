import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { builtInStrategies } from "./built-in.ts";
import { findStrategyIn, type LoadedStrategy, StrategyInputError } from "./load-strategy.ts";

/** A strategy of the user's with its file; `digest` is the one that a laptop run of the file has. */
export type FolderStrategy = LoadedStrategy & { readonly name: string; readonly file: string };

/**
 * The strategies of a folder, by file name: of each module in it (not in its subfolders, and no tests) the default export, where that was made by defineStrategy. Throws
 * StrategyInputError when the folder has none, a module cannot be loaded, or two strategies have one name.
 */
export async function findStrategies(folder: string): Promise<readonly FolderStrategy[]> {
  const files = await modulesIn(resolve(folder));
  const found: FolderStrategy[] = [];
  for (const file of files) {
    const loaded = await findStrategyIn(file);
    if (loaded === undefined) continue;
    const { name } = loaded.strategy;
    const other = found.find((strategy) => strategy.name === name)?.file;
    if (other !== undefined || builtInStrategies.has(name)) {
      throw new StrategyInputError(
        `Strategy file ${file}: its name "${name}" is that of ${other ?? "a built-in strategy"}; specs name strategies, so each needs its own. Rename it.`,
      );
    }
    found.push({ ...loaded, name, file });
  }
  if (found.length > 0) return found;
  throw new StrategyInputError(
    `--strategies ${folder}: expected modules (.ts, .js, .mts, .mjs) whose default export was made with defineStrategy, found none among ${files.length} modules.`,
  );
}

async function modulesIn(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => /\.[mc]?[jt]s$/.test(name) && !/\.(test|d)\.[^.]+$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")))
      throw error;
    throw new StrategyInputError(`--strategies ${folder}: expected a folder, found none there.`, { cause: error });
  }
}
