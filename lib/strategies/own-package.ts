import { registerHooks } from "node:module";

let isLinked = false;

/**
 * Lets a strategy file import "backstitch" wherever it lies: the name then means this running copy, so that a strategy and the engine never come
 * from two versions.
 */
export function linkOwnPackage(): void {
  if (isLinked) return;
  isLinked = true;
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const entry = new URL(`../backstitch.${ending}`, import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "backstitch" ? { url: entry, shortCircuit: true } : next(specifier, context),
  });
}
