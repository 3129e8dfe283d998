import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFunctions, type FunctionBundle } from "../lib/cloud/bundle-functions.ts";
import type { Bench, BenchRow } from "./bench.ts";

const imports = 9;

export const coldImportBench: Bench = {
  name: "cold-import",
  measures:
    "the bundle of each Lambda function and its import by a new process, without the start of Node itself; the goal for the segment is 1.5 MB and 150 ms",
  async run(): Promise<readonly BenchRow[]> {
    const outFolder = mkdtempSync(join(tmpdir(), "backstitch-bundles-"));
    try {
      return (await bundleFunctions({ outFolder })).functions.map(rowOf);
    } finally {
      rmSync(outFolder, { recursive: true, force: true });
    }
  },
};

function rowOf({ name, file, sizeBytes, contents }: FunctionBundle): BenchRow {
  const times = Array.from({ length: imports }, () => importMs(file)).toSorted((a, b) => a - b);
  const [largest = "", bytes = 0] = [...contents][0] ?? [];
  return {
    function: name,
    sizeBytes,
    leastImportMs: times[0] as number,
    medianImportMs: times[imports >> 1] as number,
    largestPart: `${largest} (${Math.round(bytes / 1_000)} kB)`,
  };
}

/** The names of resources, which a function reads when it is loaded. */
const env = {
  AWS_REGION: "us-east-1",
  DATA_BUCKET: "bucket",
  RUN_TABLE: "table",
  RUN_STATE_MACHINE_ARN: "arn:aws:states:us-east-1:000000000000:stateMachine:run",
  IMPORT_STATE_MACHINE_ARN: "arn:aws:states:us-east-1:000000000000:stateMachine:import",
};

function importMs(file: string): number {
  const script = `const beganAt = performance.now(); require(${JSON.stringify(file)}); console.log(performance.now() - beganAt);`;
  return Number(execFileSync(process.execPath, ["-e", script], { encoding: "utf8", env }));
}
