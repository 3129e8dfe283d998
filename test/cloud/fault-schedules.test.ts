import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SpecInput } from "../../lib/run/spec.ts";
import { generatedBars } from "../simulation/generated-bars.ts";
import { marketStores, plannedRun } from "../simulation/planned-run.ts";
import { putSnapshot } from "../simulation/put-snapshot.ts";
import { runCounts } from "../simulation/run-counts.ts";
import { live } from "../simulation/run-lives.ts";
import { type RunOutcome, readOutcome } from "../simulation/run-outcome.ts";
import { endedRun, startRun } from "./cloud-runs.ts";
import { beginFaults, endFaults, type FaultCounts } from "./fault-schedule.ts";
import { type LocalCloud, openLocalCloud } from "./local-cloud.ts";
import { whyNoServers } from "./servers.ts";

const why = whyNoServers();
if (why !== undefined) console.warn(`Skipped: ${why}`);

const market = { count: 1_000_000, seed: 5, timeframe: "1m", chunkBars: 65_536 };
const everyBars = 20_000;
const spec: SpecInput = {
  data: { snapshot: "bars" },
  strategy: { name: "sma-cross", params: { fast: 200, slow: 1_000, side: "both" } },
  sizing: { kind: "units", units: 10 },
  execution: { commission: { kind: "percent", percent: 0.1 } },
  record: { equityEvery: 100 },
};

type Tally = { runs: number; lost: number; different: number; resumes: number; zombies: number; violations: number };

describe.skipIf(why !== undefined)("a million minute bars in fifty segments, with faults injected", () => {
  let cloud: LocalCloud;
  let expected: RunOutcome;

  beforeAll(async () => {
    cloud = await openLocalCloud({});
    const bars = generatedBars(market.count, market.seed, 60_000);
    await putSnapshot(bars, { ...market, name: "bars" }, cloud.stores);
    const laptop = await marketStores(market);
    const { runId } = await plannedRun(spec, { everyBars: 10_000_000 }, laptop);
    await live(runId, laptop);
    expected = await readOutcome(runId, laptop);
  });
  afterAll(() => cloud.stop());

  test(`${runCounts.faultSchedules} random schedules lose nothing and change nothing`, {
    timeout: 7_200_000,
  }, async () => {
    const firstSeed = Date.now() % 1_000_000;
    const tally: Tally = { runs: 0, lost: 0, different: 0, resumes: 0, zombies: 0, violations: 0 };
    const faults: FaultCounts = new Map();
    for (let seed = firstSeed; seed < firstSeed + runCounts.faultSchedules; seed++) {
      const counts = beginFaults(seed, cloud);
      const outcome = await survivedRun(tally);
      endFaults(cloud);
      for (const [name, count] of counts) faults.set(name, (faults.get(name) ?? 0) + count);
      expect(outcome, `schedule ${seed}`).toEqual(expected);
      if (tally.runs % 10 === 0)
        process.stdout.write(`after ${tally.runs} fault schedules: ${JSON.stringify(tally)}\n`);
    }
    process.stdout.write(`fault schedules from seed ${firstSeed}: ${JSON.stringify(tally)}\n`);
    for (const [name, count] of [...faults].sort()) process.stdout.write(`  ${name}: ${count}\n`);
    expect(tally).toMatchObject({ runs: runCounts.faultSchedules, lost: 0, different: 0, violations: 0 });
  });

  /** What the segments' logs say so far. */
  function zombiesStopped(): number {
    const log = cloud.stack.lambdaHost.output(cloud.stack.functionNames.segment ?? "");
    return log.split("\n").filter((line) => /"isOvertaken":true|"message":"segment superseded"/.test(line)).length;
  }

  /** A run from its start to its end, resumed as an operator would whenever its execution's retries are used up. */
  async function survivedRun(tally: Tally): Promise<RunOutcome> {
    let run = await endedRun((await startRun(spec, everyBars, cloud)).runId, cloud, 120_000);
    for (let resumes = 0; run.status !== "completed" && resumes < 20; resumes++) {
      tally.resumes += 1;
      await cloud.workflow.start(run, "auto");
      run = await endedRun(run.runId, cloud, 120_000);
    }
    // Late invocations still run: whatever they do must not matter.
    await cloud.stack.lambdaHost.settled(60_000);
    const events = await cloud.stores.runs.listEvents(run.runId);
    tally.runs += 1;
    tally.lost += run.status === "completed" ? 0 : 1;
    tally.different += run.resultDigest === expected.resultDigest ? 0 : 1;
    tally.zombies += zombiesStopped() - tally.zombies;
    tally.violations += events.filter(({ kind }) => kind === "violation").length;
    return readOutcome(run.runId, cloud.stores);
  }
});
