import { parseArgs } from "node:util";
import type { Bench, BenchRow } from "./bench.ts";
import { checkpointsBench } from "./checkpoints.ts";
import { cloudBench } from "./cloud.ts";
import { cloudCostBench } from "./cloud-cost.ts";
import { cloudRequestsBench } from "./cloud-requests.ts";
import { coldImportBench } from "./cold-import.ts";
import { engineBench } from "./engine.ts";
import { lanesBench } from "./lanes.ts";
import { modelsBench } from "./models.ts";
import { modelsAheadBench } from "./models-ahead.ts";
import { sweepBench, sweepLanesBench } from "./sweep.ts";
import { memoryBench, wholeRunBench } from "./whole-run.ts";

// Usage: node bench/main.ts [--json] [name …]; without names, all.
const benches: readonly Bench[] = [
  engineBench,
  lanesBench,
  wholeRunBench,
  checkpointsBench,
  memoryBench,
  coldImportBench,
  sweepBench,
  sweepLanesBench,
  modelsBench,
  modelsAheadBench,
  cloudBench,
  cloudRequestsBench,
  cloudCostBench,
];

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});
const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`No bench "${unknown.join('", "')}". There are: ${benches.map((bench) => bench.name).join(", ")}.`);
  process.exitCode = 2;
} else {
  await runAll(benches.filter((bench) => names.length === 0 || names.includes(bench.name)));
}

async function runAll(chosen: readonly Bench[]): Promise<void> {
  const results: { [name: string]: readonly BenchRow[] } = {};
  for (const bench of chosen) {
    const rows = await bench.run();
    results[bench.name] = rows;
    if (!flags.json) console.log(`\n${bench.name}: ${bench.measures}\n\n${table(rows)}`);
  }
  if (flags.json) console.log(JSON.stringify(results, null, 2));
}

/** The rows under their figures' names, aligned to the right. */
function table(rows: readonly BenchRow[]): string {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map((row) => names.map((name) => shown(row[name] ?? "")))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) => line.map((text, column) => text.padStart(widths[column])).join("  ")).join("\n");
}

function shown(figure: string | number): string {
  if (typeof figure === "string") return figure;
  return Number.isInteger(figure) ? figure.toLocaleString("en-US") : figure.toFixed(2);
}
