/**
 * A process of its own that takes the next attempt at a run and computes it: `node run-child.ts HOME RUN`. Prints "begun", then one JSON line that says how
 * it ended: its kind, or the name and message of what was thrown.
 */
import { executeRun, RunBusyError } from "../../lib/local/execute-run.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";

const [home = "", runId = ""] = process.argv.slice(2);
const stores = await openLocalStores(home);
const run = await stores.runs.getRun(runId);
if (run === undefined) throw new Error(`There is no run ${runId} in ${home}.`);
process.stdout.write("begun\n");
try {
  const { kind } = await executeRun({ run, home, stores, onProgress: () => {}, stop: new AbortController().signal });
  process.stdout.write(`${JSON.stringify({ kind })}\n`);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  process.stdout.write(
    `${JSON.stringify({ kind: error instanceof RunBusyError ? "busy" : "failed", name: error.name, message: error.message })}\n`,
  );
} finally {
  await stores.close();
}
