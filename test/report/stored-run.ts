import { fileURLToPath } from "node:url";
import { importBars } from "../../lib/market/import-bars.ts";
import type { RunStores } from "../../lib/run/opened-run.ts";
import { parseSpec } from "../../lib/run/parse-spec.ts";
import type { RunRecord } from "../../lib/run/run-store.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { answerRun, planRun } from "../../lib/run/start-run.ts";
import { workOnRun } from "../../lib/run/work-on-run.ts";

const dayMs = 86_400_000;
const startedAtMs = Date.UTC(2026, 0, 5, 9, 0, 0);

/** Imports the S&P 500's daily bars as snapshot "sp500". */
export async function importSp500(stores: RunStores): Promise<void> {
  await importBars(
    {
      files: [fileURLToPath(new URL("../../node_modules/vega-datasets/data/sp500-2000.csv", import.meta.url))],
      symbol: "SP500",
      timeframe: "1d",
      name: "sp500",
      timeZone: "UTC",
      barLabel: "open",
      missing: "drop",
      adjust: "none",
      nowMs: startedAtMs,
      currency: "USD",
    },
    stores,
  );
}

export function sp500Spec(changes: Partial<SpecInput> = {}): SpecInput {
  return {
    name: "sp500-sma",
    data: { snapshot: "sp500" },
    strategy: { name: "sma-cross", params: { fast: 10, slow: 30 } },
    sizing: { kind: "units", units: 10 },
    execution: { commission: { kind: "percent", percent: 0.1 } },
    checkpoint: { everyBars: 700 },
    ...changes,
  };
}

/** Creates a run of the spec; nothing of it is computed yet. */
export async function createRun(spec: SpecInput, stores: RunStores): Promise<RunRecord> {
  const plan = await planRun(parseSpec(spec, "The spec"), stores);
  return (await answerRun(plan, { fresh: true, nowMs: startedAtMs }, stores)).run;
}

/** One attempt at a run, on a clock of its own: it is interrupted once it has passed `untilBar`, otherwise it completes. */
export async function attempt(runId: string, stores: RunStores, untilBar = Number.POSITIVE_INFINITY): Promise<void> {
  const run = await stores.runs.getRun(runId);
  if (run === undefined) throw new Error(`No run ${runId}.`);
  let nowMs = startedAtMs + run.attempt * 0.3 * dayMs;
  const begun = await stores.runs.beginAttempt(runId, run.attempt, {
    host: "lab-1",
    pid: 4100 + run.attempt,
    heartbeatAtMs: nowMs,
  });
  if (begun.kind === "refused") throw new Error(`Attempt refused: ${begun.run.status}.`);
  let doneBar = 0;
  await workOnRun(
    begun.run,
    {
      nowMs: () => {
        nowMs += 40;
        return nowMs;
      },
      onChunk: ({ bar }) => {
        doneBar = bar;
      },
      stop: async () => (doneBar >= untilBar ? "interrupt" : undefined),
    },
    stores,
  );
}
