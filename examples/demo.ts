/**
 * `npm run demo`: the main job on real data. Imports the S&P 500's daily bars, runs a spec in segments in a worker process, kills that process
 * with SIGKILL in the middle, resumes it in another, then runs the same spec in one piece and compares the digests.
 */
import { fork } from "node:child_process";
import { rmSync } from "node:fs";
import { hostname } from "node:os";
import { join, relative } from "node:path";
import { progressText } from "../lib/cli/progress.ts";
import { readSpecFile } from "../lib/cli/spec-file.ts";
import { toNumber } from "../lib/engine/money.ts";
import { importBars } from "../lib/market/import-bars.ts";
import { factFields } from "../lib/run/fact-tables.ts";
import { loadResult } from "../lib/run/finish.ts";
import { partsOf, readRows } from "../lib/run/run-facts.ts";
import type { RunRecord } from "../lib/run/run-store.ts";
import { createRun, planRun } from "../lib/run/start-run.ts";
import { openLocalStores } from "../lib/stores/local/stores.ts";

const root = join(import.meta.dirname, "..");
const home = join(root, ".backstitch", "demo");
const csv = join(root, "node_modules", "vega-datasets", "data", "sp500-2000.csv");
const say = (text: string): void => console.log(text);

rmSync(home, { recursive: true, force: true });
const stores = await openLocalStores(home);

say("1. Import the S&P 500's daily bars (from the package vega-datasets) into a snapshot");
const manifest = await importBars(
  {
    files: [csv],
    symbol: "SP500",
    timeframe: "1d",
    timeZone: "UTC",
    barLabel: "open",
    missing: "forward-fill",
    adjust: "none",
    currency: "USD",
    name: "sp500",
    nowMs: Date.now(),
  },
  stores,
);
const [instrument] = manifest.instruments;
say(`   ${instrument?.barCount} bars, snapshot ${manifest.snapshotId.slice(0, 16)}…\n`);

const spec = readSpecFile(join(root, "examples", "sp500-sma.yaml"), []);
const plan = await planRun(spec, stores);
const interrupted = await createRun(plan, undefined, Date.now(), stores);
const killAt = Math.floor(plan.startBar + (plan.endBar - plan.startBar) * 0.55);

say(
  `2. Run examples/sp500-sma.yaml in segments of ${spec.checkpoint.everyBars} bars, and kill the worker with SIGKILL at bar ${killAt}`,
);
const first = await attempt(interrupted, 40, killAt);
const killed = await current(interrupted);
say(
  `   worker ${first.pid} ended by ${first.signal}; the newest checkpoint is number ${killed.headSequence}, at bar ${killed.headBar}\n`,
);

say("3. Resume it in another process");
const second = await attempt(killed, 40, undefined);
const resumed = await current(interrupted);
say(`   worker ${second.pid} ended with code ${second.code}; status ${resumed.status}, attempt ${resumed.attempt}\n`);

say("4. Run the same spec again, uninterrupted and in one piece");
const whole = { ...plan, spec: { ...spec, checkpoint: { everyBars: plan.endBar, keep: 1 } } };
const uninterrupted = await createRun(whole, undefined, Date.now(), stores);
await attempt(uninterrupted, 0, undefined);
const reference = await current(uninterrupted);

say(`   interrupted and resumed: ${resumed.resultDigest}`);
say(`   uninterrupted:           ${reference.resultDigest}`);
const isEqual = resumed.resultDigest !== undefined && resumed.resultDigest === reference.resultDigest;
say(isEqual ? "   equal, bit for bit\n" : "   DIFFERENT: this must not happen\n");

await showResult(resumed);
await stores.close();
say(`\nThe runs lie in ${relative(process.cwd(), home)}. Look at them:`);
say(`   BACKSTITCH_HOME=${relative(process.cwd(), home)} npx backstitch show ${resumed.runId}`);
say(`   BACKSTITCH_HOME=${relative(process.cwd(), home)} npx backstitch report ${resumed.runId} --out report.html`);
process.exitCode = isEqual ? 0 : 1;

type WorkerEnd = {
  readonly pid: number | undefined;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
};

/** One attempt at the run in a process of its own, which is killed when it passes `killAtBar`. */
async function attempt(run: RunRecord, restMs: number, killAtBar: number | undefined): Promise<WorkerEnd> {
  const taken = await stores.runs.beginAttempt(run.runId, run.attempt, {
    host: hostname(),
    pid: process.pid,
    heartbeatAtMs: Date.now(),
  });
  if (taken.kind === "refused") throw new Error(`Run ${run.runId} is taken.`);
  const args = [home, run.runId, String(taken.run.attempt), String(restMs)];
  const worker = fork(join(import.meta.dirname, "demo-worker.ts"), args);
  const startedAtMs = Date.now();
  return new Promise((resolve, reject) => {
    worker.on("message", ({ bar, sequence }: { bar: number; sequence: number }) => {
      showProgress(run, { bar, sequence, elapsedMs: Date.now() - startedAtMs });
      if (killAtBar !== undefined && bar >= killAtBar) worker.kill("SIGKILL");
    });
    worker.on("error", reject);
    worker.on("exit", (code, signal) => {
      if (process.stdout.isTTY) process.stdout.write("\r\x1b[K");
      resolve({ pid: worker.pid, code, signal });
    });
  });
}

function showProgress(run: RunRecord, at: { bar: number; sequence: number; elapsedMs: number }): void {
  const { startBar, endBar, headBar, headSequence } = run;
  const share = (at.bar - startBar) / (endBar - startBar);
  const progress = { runId: run.runId, bar: at.bar, startBar, endBar, sequence: at.sequence };
  const everyBars = spec.checkpoint.everyBars;
  const text = progressText(progress, { headBar, headSequence, everyBars }, at.elapsedMs);
  const drawn = `   [${"█".repeat(Math.round(share * 20)).padEnd(20, "░")}] ${text}`;
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${drawn}`);
  else if (at.sequence % 5 === 0) say(drawn);
}

async function current(run: RunRecord): Promise<RunRecord> {
  const found = await stores.runs.getRun(run.runId);
  if (found === undefined) throw new Error(`Run ${run.runId} is gone.`);
  return found;
}

async function showResult(run: RunRecord): Promise<void> {
  const result = await loadResult(run, stores);
  const metrics = result?.lanes[0]?.metrics;
  if (result === undefined || metrics === undefined) throw new Error(`Run ${run.runId} has no result.`);
  const percent = (value: number | null): string => (value === null ? "–" : `${(value * 100).toFixed(2)} %`);
  const ratio = (value: number | null): string => (value === null ? "–" : value.toFixed(3));
  say("5. The result");
  say(
    `   final equity  ${metrics.finalEquity.toFixed(2)} USD    total return ${percent(metrics.totalReturn)}    CAGR ${percent(metrics.cagr)}`,
  );
  say(
    `   Sharpe ${ratio(metrics.sharpe)}    Sortino ${ratio(metrics.sortino)}    max drawdown ${percent(metrics.maxDrawdown)}    exposure ${percent(metrics.exposure)}`,
  );
  say(
    `   ${metrics.closedTrades} closed trades, ${metrics.openTrades} open    win rate ${percent(metrics.winRate)}    profit factor ${ratio(metrics.profitFactor)}    fees ${metrics.totalFees.toFixed(2)} USD`,
  );
  say("   last trades:");
  const names = factFields.trades.map((field) => field.name);
  const lines: string[] = [];
  for await (const rows of readRows(
    "trades",
    partsOf(await stores.runs.listSegments(run.runId), result),
    stores.objects,
  )) {
    for (let row = 0; row < rows.count; row++) {
      const trade = Object.fromEntries(names.map((name, field) => [name, rows.valueOf(row, field)]));
      const day = (timeMs: unknown): string => new Date(Number(timeMs)).toISOString().slice(0, 10);
      lines.push(
        `     ${trade.side} ${toNumber(Number(trade.quantity))}  ${day(trade.entryTimeMs)} at ${Number(trade.entryPrice).toFixed(2)}  →  ${day(trade.exitTimeMs)} at ${Number(trade.exitPrice).toFixed(2)}   net ${toNumber(Number(trade.netProfit)).toFixed(2).padStart(9)}`,
      );
    }
  }
  for (const line of lines.slice(-5)) say(line);
}
