import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFunctions, type FunctionBundle } from "../lib/cloud/bundle-functions.ts";
import type { Bench, BenchRow } from "./bench.ts";

const imports = 15;

export const coldImportBench: Bench = {
  name: "cold-import",
  measures:
    "the bundle of each Lambda function and its import by new processes that take turns, without the start of Node itself; the goal for the segment is 1.5 MB and 150 ms",
  async run(): Promise<readonly BenchRow[]> {
    const outFolder = mkdtempSync(join(tmpdir(), "backstitch-bundles-"));
    try {
      // The model runtime lies beside the segment, which must not load it.
      const { functions } = await bundleFunctions({ outFolder, models: true });
      return measured(functions.flatMap((bundle) => variantsOf(bundle).map((variant) => ({ ...variant, bundle }))));
    } finally {
      rmSync(outFolder, { recursive: true, force: true });
    }
  },
};

type Variant = {
  readonly name: string;
  readonly flags: readonly string[];
  readonly env: { readonly [name: string]: string };
};

/** The function as it is deployed but for the tracer, which is loaded where Lambda traces; of the segment also what it could be. */
function variantsOf({ name }: FunctionBundle): readonly Variant[] {
  const plain = { name, flags: [], env };
  if (name !== "segment") return [plain];
  return [
    plain,
    { name: `${name}, source maps on`, flags: ["--enable-source-maps"], env },
    { name: `${name}, with tracer`, flags: [], env: { ...env, AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:2000" } },
  ];
}

function measured(variants: readonly (Variant & { readonly bundle: FunctionBundle })[]): readonly BenchRow[] {
  const turns = Array.from({ length: imports }, () =>
    variants.map((variant) => importMs(variant.bundle.file, variant)),
  );
  return variants.map(({ name, bundle: { sizeBytes, contents } }, index) => {
    const times = turns.map((turn) => turn[index] ?? Number.NaN).toSorted((a, b) => a - b);
    const [largest = "", bytes = 0] = [...contents][0] ?? [];
    return {
      function: name,
      sizeBytes,
      leastImportMs: times[0] as number,
      medianImportMs: times[imports >> 1] as number,
      largestPart: `${largest} (${Math.round(bytes / 1_000)} kB)`,
    };
  });
}

/** The names of resources, which a function reads when it is loaded. */
const env = {
  AWS_REGION: "us-east-1",
  DATA_BUCKET: "bucket",
  RUN_TABLE: "table",
  RUN_STATE_MACHINE_ARN: "arn:aws:states:us-east-1:000000000000:stateMachine:run",
  SWEEP_STATE_MACHINE_ARN: "arn:aws:states:us-east-1:000000000000:stateMachine:sweep",
  IMPORT_STATE_MACHINE_ARN: "arn:aws:states:us-east-1:000000000000:stateMachine:import",
  SEGMENT_MEMORY_MB: "1769",
};

function importMs(file: string, { flags, env }: Variant): number {
  // A turn of the event loop later, what the module began to load is loaded, too.
  const script = `const beganAt = performance.now();
    require(${JSON.stringify(file)});
    setImmediate(() => { console.log(performance.now() - beganAt); process.exit(); });`;
  const output = execFileSync(process.execPath, [...flags, "-e", script], {
    encoding: "utf8",
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return Number(output.trim().split("\n").at(-1));
}
