import { registeredStrategies, registerStrategies } from "../strategies/registered.ts";
import { findStrategies } from "../strategies/strategies-folder.ts";

/** Registers the strategies of a folder, so that specs may name them. Throws StrategyInputError as `findStrategies` does. */
export async function registerStrategiesIn(folder: string): Promise<void> {
  // A worker may load them for its second run.
  registerStrategies((await findStrategies(folder)).filter(({ name }) => !registeredStrategies.has(name)));
}
