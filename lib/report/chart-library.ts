import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The text of TradingView's Lightweight Charts as a script, from its package; `bundleFunctions` puts the text itself in this function's place. */
export function chartLibrary(): string {
  const folder = dirname(createRequire(import.meta.url).resolve("lightweight-charts/package.json"));
  return readFileSync(join(folder, "dist", "lightweight-charts.standalone.production.js"), "utf8");
}
