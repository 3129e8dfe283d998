/**
 * A process of its own that takes the next attempt at a sweep: `node sweep-child.ts HOME SWEEP LANE_BARS_PER_SECOND`. Prints "begun", then one JSON line: how the
 * sweep ended.
 */
import { runSweep } from "../../lib/local/run-sweep.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";

const [home = "", sweepId = "", laneBarsPerSecond = ""] = process.argv.slice(2);
const stores = await openLocalStores(home);
process.stdout.write("begun\n");
const { kind } = await runSweep({
  sweepId,
  home,
  stores,
  workers: 2,
  laneBarsPerSecond: Number(laneBarsPerSecond),
  onProgress: () => undefined,
  stop: new AbortController().signal,
});
await stores.close();
process.stdout.write(`${JSON.stringify({ kind })}\n`);
