/**
 * A process of its own that takes the next attempt at a sweep: `node sweep-child.ts HOME SWEEP LANE_BARS_PER_SECOND`. Prints "begun", then
 * lines: the share of the lane-bars that is done, and at last how the sweep ended.
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
  onProgress: ({ pace }) => {
    if (pace !== undefined) process.stdout.write(`${pace.share}\n`);
  },
  stop: new AbortController().signal,
});
await stores.close();
process.stdout.write(`${kind}\n`);
