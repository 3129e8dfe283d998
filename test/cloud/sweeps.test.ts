import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { benchmarkBars } from "../../bench/benchmark-bars.ts";
import type { TableRow } from "../../lib/sweep/sweep-digest.ts";
import { getDocument } from "../../lib/sweep/sweep-objects.ts";
import type { SweepSpecInput } from "../../lib/sweep/sweep-spec.ts";
import { putSnapshot } from "../simulation/put-snapshot.ts";
import {
  answerOf,
  childrenOf,
  endedSweep,
  laptopAnswer,
  startSweep,
  statesOf,
  walk,
  walkSpec,
} from "./cloud-sweeps.ts";
import { type FrontedCloud, openFrontedCloud } from "./fronted-cloud.ts";
import type { Fault } from "./lambda-host/faults.ts";
import { whyNoServers } from "./servers.ts";

const why = whyNoServers();
if (why !== undefined) console.warn(`Skipped: ${why}`);

const startedSweep = z.object({ sweepId: z.string(), how: z.string() });

const sweepCost = z.object({
  cost: z.object({
    dollars: z.number().nullable(),
    memoryMb: z.number(),
    usage: z.looseObject({ lambdaGbSeconds: z.number() }),
  }),
});

describe.skipIf(why !== undefined)("a sweep on the synthesized state machine, with bundled functions", () => {
  let cloud: FrontedCloud;

  beforeAll(async () => {
    cloud = await openFrontedCloud({});
    await putSnapshot(walk.bars, walk.options, cloud.stores);
  });
  afterAll(() => cloud?.stop());

  test("of the benchmark's hundred pairs has the known best and sum", async () => {
    const options = { name: "bench", timeframe: "1m", chunkBars: 65_536 };
    await putSnapshot(benchmarkBars(100_000), options, cloud.stores);
    const started = await startSweep(
      {
        base: {
          data: { snapshot: "bench" },
          strategy: { name: "sma-cross" },
          account: { cash: 1_000_000 },
          sizing: { kind: "units", units: 10 },
          execution: { commission: { kind: "percent", percent: 0.1 } },
        },
        space: { fast: { from: 5, to: 50, step: 5 }, slow: { from: 60, to: 150, step: 10 } },
        objective: "finalEquity",
      },
      cloud,
    );
    const sweep = await endedSweep(started.sweepId, cloud);
    const answer = await answerOf(sweep, cloud.stores);
    const [{ hash } = { hash: "" }] = answer.table;
    const table = await getDocument<readonly TableRow[]>(hash, cloud.stores.objects);
    const equities = table.map((row) =>
      "metrics" in row ? (row.metrics as { readonly finalEquity: number }).finalEquity : Number.NaN,
    );
    expect(answer.best?.params).toMatchObject({ fast: 50, slow: 150 });
    expect(answer.best?.metrics.finalEquity).toBeCloseTo(999119.3989166, 6);
    expect(equities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(99855149.94525, 4);
  });

  test("of chained windows has the laptop's answer, window after window", async () => {
    const spec = walkSpec([20, 30, 40]);
    const { sweepId, executionArn } = await startSweep(spec, cloud);
    const sweep = await endedSweep(sweepId, cloud);
    expect(sweep).toMatchObject({ status: "completed", attempt: 1, counts: { total: 54, completed: 54, failed: 0 } });
    expect(await answerOf(sweep, cloud.stores)).toEqual(await laptopAnswer(spec, walk));
    const window = ["OutOfSample", "Select", "Decide"];
    expect(await statesOf(executionArn, cloud)).toEqual([
      "Expand",
      "Decide",
      "InSample",
      "Select",
      "Decide",
      ...Array(6).fill(window).flat(),
      "Stitch",
      "Done",
    ]);
  });

  test("tells what it has used: every state of it and of its runs, and an invocation for each that is a task", async () => {
    const { sweepId } = await startSweep(walkSpec([21, 31]), cloud);
    const { executionArn } = await endedSweep(sweepId, cloud);
    // The sweep ends in its last step, the execution in the state after it.
    await expect.poll(async () => (await statesOf(executionArn, cloud)).at(-1)).toBe("Done");
    const children = await childrenOf(executionArn, cloud);
    const states = await Promise.all([executionArn, ...children].map((arn) => statesOf(arn, cloud)));
    const tasks = states.flat().filter((name) => /(Expand|Select|Stitch|Plan|Segment|Finish)$/.test(name));
    const { cost } = sweepCost.parse(await cloud.api().get(`/sweeps/${sweepId}`));
    expect(cost.usage).toMatchObject({ stateTransitions: states.flat().length, lambdaRequests: tasks.length });
    const { items } = await cloud.stores.runs.listRuns({}, 1_000);
    const own = items.filter((run) => run.sweepId === sweepId);
    const segments = (await Promise.all(own.map(({ runId }) => cloud.stores.runs.listSegments(runId)))).flat();
    const seconds = segments.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000;
    expect(cost.usage.lambdaGbSeconds).toBeGreaterThan((seconds * cost.memoryMb) / 1_024);
  });

  test("computes only the lanes that no sweep has computed before", async () => {
    const first = await startSweep(walkSpec([22, 32]), cloud);
    await endedSweep(first.sweepId, cloud);
    const spec = walkSpec([22, 32, 42]);
    const sweep = await endedSweep((await startSweep(spec, cloud)).sweepId, cloud);
    expect(sweep).toMatchObject({ status: "completed", counts: { total: 54, cached: 36 } });
    expect((await answerOf(sweep, cloud.stores)).resultDigest).toBe((await laptopAnswer(spec, walk)).resultDigest);
  });

  test("of an optimiser over windows has the laptop's answer, in rounds of all windows side by side", async () => {
    const { sweepId, executionArn } = await startSweep(roundsSpec(3), cloud);
    const sweep = await endedSweep(sweepId, cloud);
    expect(sweep).toMatchObject({ status: "completed", counts: { total: 60, cached: 0, completed: 60 } });
    expect(await answerOf(sweep, cloud.stores)).toEqual(await laptopAnswer(roundsSpec(3), walk));
    const states = await statesOf(executionArn, cloud);
    expect(states.filter((state) => state === "InSample")).toHaveLength(3);
    // Six windows in three rounds, and a winner each.
    expect(await childrenOf(executionArn, cloud)).toHaveLength(6 * 3 + 6);
  });

  test("of an optimiser has the laptop's answer whatever happens to its functions", async () => {
    const faults: Readonly<Record<string, readonly Fault[]>> = {
      expand: [{ kind: "kill", afterMs: 30 }, { kind: "loseAnswer" }],
      segment: [
        { kind: "kill", afterMs: 20 },
        { kind: "deliverAgain", afterMs: 20 },
      ],
      select: [
        { kind: "loseAnswer" },
        { kind: "deliverAgain", afterMs: 500 },
        { kind: "kill", afterMs: 60 },
        { kind: "throttle" },
      ],
    };
    const happened = planFaults(faults, cloud);
    const sweep = await endedSweep((await startSweep(roundsSpec(4), cloud)).sweepId, cloud);
    expect((await answerOf(sweep, cloud.stores)).resultDigest).toBe(
      (await laptopAnswer(roundsSpec(4), walk)).resultDigest,
    );
    for (const [name, planned] of Object.entries(faults))
      expect(happened.get(name), name).toBeGreaterThan(planned.length);
  });

  test("and a run are planned by the API, for what is deployed, as of a whole processor", async () => {
    const spec = walkSpec([20, 30]);
    const measuredOn = "the function of the API (1024 MB, x86_64), as of a whole processor";
    const place = { region: "eu-west-1", memoryMb: 1_769, architecture: "x86_64" };
    expect(await cloud.api().post("/sweeps/plan", spec)).toMatchObject({
      measuredOn,
      local: null,
      cloud: { ...place, dollars: null, usage: { lambdaRequests: expect.any(Number) } },
    });
    expect(await cloud.api().post("/runs/plan", { spec: spec.base })).toMatchObject({
      memoryMb: 1_769,
      architecture: "x86_64",
      prices: { region: "eu-west-1" },
      dollars: null,
      sample: { measuredOn },
      segments: 10,
    });
  });

  test("is started, followed and answered through the API, and asked for again it is the same", async () => {
    const spec = walkSpec([24, 34]);
    const api = cloud.api();
    const first = startedSweep.parse(await api.post("/sweeps", spec));
    expect(first.how).toBe("execution");
    const sweep = await endedSweep(first.sweepId, cloud);
    expect(await api.get(`/sweeps/${sweep.sweepId}`)).toMatchObject({
      status: "completed",
      resultDigest: (await laptopAnswer(spec, walk)).resultDigest,
    });
    expect(await api.post("/sweeps", spec)).toMatchObject({ sweepId: sweep.sweepId, status: "completed" });
    expect(await cloud.stores.sweeps.getSweep(sweep.sweepId)).toMatchObject({ attempt: 1 });
  });

  test("whose windows hand their positions on has the laptop's answer whatever happens to its functions", async () => {
    const faults: Readonly<Record<string, readonly Fault[]>> = {
      expand: [{ kind: "throttle" }, { kind: "kill", afterMs: 30 }, { kind: "loseAnswer" }],
      plan: [{ kind: "throttle" }, { kind: "loseAnswer" }, { kind: "kill", afterMs: 10 }],
      segment: [
        { kind: "kill", afterMs: 20 },
        { kind: "shortDeadline", ms: 60 },
        { kind: "throttle" },
        { kind: "deliverAgain", afterMs: 20 },
      ],
      finish: [{ kind: "loseAnswer" }, { kind: "kill", afterMs: 20 }, { kind: "throttle" }],
      select: [{ kind: "loseAnswer" }, { kind: "shortDeadline", ms: 100 }, { kind: "throttle" }],
      stitch: [{ kind: "kill", afterMs: 40 }, { kind: "loseAnswer" }],
    };
    const happened = planFaults(faults, cloud);
    const spec = { ...walkSpec([23, 33, 43]), state: "carried" } as const;
    const sweep = await endedSweep((await startSweep(spec, cloud)).sweepId, cloud);
    const answer = await answerOf(sweep, cloud.stores);
    expect(answer).toEqual(await laptopAnswer(spec, walk));
    expect(answer.windows.filter(({ outOfSample }) => outOfSample.inherited?.units === 10).length).toBeGreaterThan(1);
    for (const [name, planned] of Object.entries(faults))
      expect(happened.get(name), name).toBeGreaterThan(planned.length);
  });
});

/** Ten trials in each of the six windows. */
const roundsSpec = (seed: number): SweepSpecInput => ({
  ...walkSpec([]),
  name: "rounds",
  space: { fast: { from: 2, to: 20, step: 1 }, slow: { from: 45, to: 80, step: 1 } },
  method: { kind: "tpe", n: 10, round: 4, startup: 4, seed },
});

/** Plans what happens to the first calls of each function until the test is over; counts the calls. */
function planFaults(
  faults: Readonly<Record<string, readonly Fault[]>>,
  { stack }: FrontedCloud,
): ReadonlyMap<string, number> {
  const names = new Map(Object.keys(faults).map((name) => [stack.functionNames[name], name]));
  const happened = new Map<string, number>();
  stack.lambdaHost.planFaults(({ functionName }) => {
    const name = names.get(functionName) ?? "";
    const count = happened.get(name) ?? 0;
    happened.set(name, count + 1);
    return faults[name]?.[count];
  });
  onTestFinished(() => stack.lambdaHost.planFaults(undefined));
  return happened;
}
