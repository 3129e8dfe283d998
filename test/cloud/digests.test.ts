import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SpecInput } from "../../lib/run/spec.ts";
import { generatedBars } from "../simulation/generated-bars.ts";
import { marketStores, plannedRun } from "../simulation/planned-run.ts";
import { putSnapshot } from "../simulation/put-snapshot.ts";
import { live } from "../simulation/run-lives.ts";
import { readOutcome } from "../simulation/run-outcome.ts";
import { endedRun, startRun } from "./cloud-runs.ts";
import { type LocalCloud, openLocalCloud } from "./local-cloud.ts";
import { whyNoServers } from "./servers.ts";

const why = whyNoServers();
if (why !== undefined) console.warn(`Skipped: ${why}`);

const market = { count: 50_000, seed: 3, timeframe: "1m", chunkBars: 8_192 };
const spec: SpecInput = {
  data: { snapshot: "bars" },
  strategy: {
    name: "sma-cross",
    lanes: [
      { fast: 10, slow: 30, side: "both" },
      { fast: 5, slow: 60 },
    ],
  },
  sizing: { kind: "units", units: 10 },
  execution: { commission: { kind: "percent", percent: 0.1 }, slippage: { kind: "bps", bps: 2 } },
};

describe.skipIf(why !== undefined)("a run on the synthesized state machine, with bundled functions", () => {
  let cloud: LocalCloud;
  let onLaptop: Awaited<ReturnType<typeof readOutcome>>;

  beforeAll(async () => {
    cloud = await openLocalCloud({});
    await putSnapshot(generatedBars(market.count, market.seed, 60_000), { ...market, name: "bars" }, cloud.stores);
    const laptop = await marketStores(market);
    const run = await plannedRun(spec, { everyBars: 100_000 }, laptop);
    await live(run.runId, laptop);
    onLaptop = await readOutcome(run.runId, laptop);
  });
  afterAll(() => cloud.stop());

  test.for([1_000, 7_777, 50_000])(
    "has the laptop's digest, facts and metrics in segments of %i bars",
    async (everyBars) => {
      const { runId } = await startRun(spec, everyBars, cloud);
      const run = await endedRun(runId, cloud);
      expect(run).toMatchObject({ status: "completed", headSequence: Math.ceil(market.count / everyBars), attempt: 1 });
      expect(await readOutcome(runId, cloud.stores)).toEqual(onLaptop);
    },
  );
});
