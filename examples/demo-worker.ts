/**
 * One attempt at the demo's run, in a process of its own so that it can be killed. It is an ordinary worker (`workOnRun`), except that it rests a little
 * after each chunk: the S&P 500's 5,105 days are otherwise done before anybody could watch, or kill.
 */
import { setTimeout as rest } from "node:timers/promises";
import { workOnRun } from "../lib/run/work-on-run.ts";
import { openLocalStores } from "../lib/stores/local/stores.ts";

const [home = "", runId = "", attempt = "", restMs = "0"] = process.argv.slice(2);
const stores = await openLocalStores(home);
const run = await stores.runs.getRun(runId);
if (run === undefined || run.attempt !== Number(attempt)) throw new Error(`Run ${runId} is not at attempt ${attempt}.`);
await workOnRun(
  run,
  {
    stop: async () => {
      await rest(Number(restMs));
      return undefined;
    },
    onChunk: ({ bar, sequence }) => process.send?.({ bar, sequence }),
    nowMs: Date.now,
  },
  stores,
);
await stores.close();
process.disconnect?.();
