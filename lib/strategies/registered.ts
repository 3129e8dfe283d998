import assert from "node:assert/strict";
import type { Strategy } from "../engine/strategy.ts";
import { builtInStrategies } from "./built-in.ts";

/** A strategy of the user's with the digest of its sources (`sourceDigest`), as it was when it was bundled. */
export type RegisteredStrategy = { readonly strategy: Strategy; readonly digest: string };

const registered = new Map<string, RegisteredStrategy>();

/** The strategies that this process was deployed with beside the built-in ones, by name. */
export const registeredStrategies: ReadonlyMap<string, RegisteredStrategy> = registered;

/** Registers strategies under their names, which are free; called once, by the entry that the bundler writes. */
export function registerStrategies(strategies: readonly RegisteredStrategy[]): void {
  for (const one of strategies) {
    const { name } = one.strategy;
    assert(!registered.has(name) && !builtInStrategies.has(name), `strategy "${name}" is registered once`);
    registered.set(name, one);
  }
}
