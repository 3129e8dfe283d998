import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const binary = fileURLToPath(new URL("../../bin/backstitch.js", import.meta.url));
export const sp500File = fileURLToPath(
  new URL("../../node_modules/vega-datasets/data/sp500-2000.csv", import.meta.url),
);
/** The lines of the S&P 500 file, the header first. */
export const sp500Lines = readFileSync(sp500File, "utf8").trimEnd().split("\n");

/** How a command ended. */
export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** A command under way: what it said so far, signals for it, and its end. */
export type Started = {
  readonly ended: Promise<Ended>;
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when stderr matches, rejects when the command ends before. */
  said(pattern: RegExp): Promise<void>;
};

/** A folder of one's own with a home in it, in which the real binary runs. */
export type Workplace = {
  readonly folder: string;
  readonly home: string;
  start(args: readonly string[], env?: NodeJS.ProcessEnv): Started;
  run(...args: readonly string[]): Promise<Ended>;
  /** Writes a file into the folder and returns its path. */
  write(name: string, text: string): string;
  path(name: string): string;
  remove(): void;
};

export function openWorkplace(home?: string): Workplace {
  const folder = mkdtempSync(join(tmpdir(), "backstitch-cli-"));
  const ownHome = home ?? join(folder, "home");
  const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Started => {
    const child = spawn(process.execPath, [binary, ...args], {
      cwd: folder,
      env: { ...process.env, BACKSTITCH_HOME: ownHome, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said.stderr += text;
    });
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, ...said }));
    });
    return {
      ended,
      pid: child.pid ?? 0,
      kill: (signal) => child.kill(signal),
      said: (pattern) =>
        new Promise((resolve, reject) => {
          const look = (): void => {
            if (pattern.test(said.stderr)) resolve();
          };
          look();
          child.stderr.on("data", look);
          child.on("close", () => reject(new Error(`ended without saying ${pattern}: ${said.stderr}`)));
        }),
    };
  };
  return {
    folder,
    home: ownHome,
    start,
    run: (...args) => start(args).ended,
    write: (name, text) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    },
    path: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** stdout as the one JSON document that it is. */
export function json<Schema extends z.ZodType>({ stdout }: Ended, schema: Schema): z.output<Schema> {
  return schema.parse(JSON.parse(stdout));
}

/** What tests read of a run's document. */
export const runDocument = z.object({
  runId: z.string(),
  status: z.string(),
  stale: z.boolean(),
  resultDigest: z.string().nullable(),
  reason: z.object({ name: z.string(), message: z.string() }).nullable(),
  lanes: z.array(
    z.object({
      params: z.record(z.string(), z.unknown()),
      metrics: z.record(z.string(), z.number().nullable()).nullable(),
    }),
  ),
  timing: z.object({
    bars: z.number(),
    segments: z.number(),
    inheritedSegments: z.number(),
    attempts: z.number(),
    computeMs: z.number(),
    barsPerSecond: z.number().nullable(),
  }),
  cost: z.object({ dollars: z.number() }),
  head: z.object({ sequence: z.number(), checkpointId: z.string().nullable(), bar: z.number() }),
});

export const errorDocument = z.strictObject({ error: z.strictObject({ name: z.string(), message: z.string() }) });

/** A moving-average crossover on the snapshot "sp500", with lines added or fields changed. */
export function smaSpec(change: object = {}): string {
  return JSON.stringify({
    name: "sma",
    data: { snapshot: "sp500" },
    strategy: { name: "sma-cross", params: { fast: 10, slow: 30 } },
    sizing: { kind: "units", units: 10 },
    execution: { commission: { kind: "percent", percent: 0.1 } },
    checkpoint: { everyBars: 500 },
    ...change,
  });
}

/** A strategy that takes its time over each bar, so that a test can interrupt it. */
export const slowStrategy = `
import { close, defineStrategy, sma, z } from "backstitch";
export default defineStrategy({
  name: "slow",
  params: z.strictObject({ length: z.int().min(2).default(10), work: z.int().default(0) }),
  columns: ({ length }) => ({ mean: sma(close, length) }),
  initialState: () => ({ spun: 0 }),
  onBar(bar) {
    let spun = 1;
    for (let i = 0; i < bar.params.work; i++) spun = (spun * 31 + i) % 1_000_003;
    bar.state.spun = spun;
    if (bar.position === 0 && bar.close < bar.columns.mean.now) bar.buy();
    else if (bar.position !== 0 && bar.close > bar.columns.mean.now) bar.closePosition();
  },
});
`;
