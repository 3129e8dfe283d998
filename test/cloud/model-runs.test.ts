import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { remoteOf } from "../../lib/cloud/remote.ts";
import { canonicalJson } from "../../lib/engine/canonical-json.ts";
import { loadStrategy } from "../../lib/run/opened-run.ts";
import { parseSpec } from "../../lib/run/parse-spec.ts";
import { specDigest } from "../../lib/run/program.ts";
import type { RunRecord } from "../../lib/run/run-store.ts";
import { createRun, planRun } from "../../lib/run/start-run.ts";
import { storedRun } from "../simulation/run-lives.ts";
import { readOutcome } from "../simulation/run-outcome.ts";
import { endedRun, startRun } from "./cloud-runs.ts";
import { askingModels, hasRuntime, type ModelCloud, openModelCloud, type StepEvent } from "./model-cloud.ts";
import { whyNoServers } from "./servers.ts";

const hasPlatform = process.platform === "linux" && process.arch === "x64";
const why = hasPlatform ? whyNoServers() : "the model runtime is bundled for Linux on x86-64";
if (why !== undefined) console.warn(`Skipped: ${why}`);

const everyBars = 3_000;
const segments = 7;

describe.skipIf(why !== undefined)("a run that asks models, on the synthesized state machine", () => {
  let cloud: ModelCloud;
  let since = 0;

  beforeAll(async () => {
    // What is asked ahead takes four turns; after two segments more, a fresh execution goes on.
    cloud = await openModelCloud({ turnsPerExecution: "6", memory: "1024" });
  });
  beforeEach(() => {
    cloud.stack.lambdaHost.planFaults(undefined);
    cloud.setFaults({});
    cloud.freshProcesses();
    since = cloud.stack.lambdaHost.invocations.length;
  });
  afterAll(() => cloud?.stop());

  async function expectLaptopsResult(run: RunRecord): Promise<void> {
    expect(run).toMatchObject({ status: "completed", headSequence: segments });
    expect(await readOutcome(run.runId, cloud.stores)).toEqual(cloud.onLaptop);
  }

  test("loads the runtime, and one without a model does not", async () => {
    const plain = { data: { snapshot: "bars" }, strategy: { name: "sma-cross", params: { fast: 3, slow: 9 } } };
    await endedRun((await startRun(plain, everyBars, cloud)).runId, cloud);
    const pids = cloud.steps("segment", since).map(({ pid }) => pid);
    expect(pids).toHaveLength(segments);
    expect(pids.filter(hasRuntime)).toEqual([]);
    await endedRun((await startRun(askingModels("inline"), everyBars, cloud)).runId, cloud);
    expect(hasRuntime(cloud.steps("segment", since).at(-1)?.pid ?? 0)).toBe(true);
  });

  test("has the laptop's digest when a process is killed, which costs no second read of the models", async () => {
    const readBefore = cloud.s3Proxy.seen.length;
    let calls = 0;
    cloud.stack.lambdaHost.planFaults(({ functionName }) =>
      functionName === cloud.stack.functionNames.segment && ++calls === 3 ? { kind: "kill", afterMs: 20 } : undefined,
    );
    const { runId } = await startRun(askingModels("inline"), everyBars, cloud);
    await expectLaptopsResult(await endedRun(runId, cloud));
    expect(new Set(cloud.steps("segment", since).map(({ pid }) => pid)).size).toBeGreaterThan(1);
    expect(cloud.steps("measure", since)).toEqual([]);
    const read = cloud.s3Proxy.seen.slice(readBefore).filter(({ method }) => method === "GET");
    // An earlier run may have read them for this environment.
    for (const key of cloud.modelKeys) expect(read.filter(({ path }) => path.includes(key)).length).toBeLessThan(2);
  });

  test("asks ahead in a map, to the same digest; no segment asks again, nor does the execution that goes on", async () => {
    let isFresh = false;
    cloud.stack.lambdaHost.planFaults(({ functionName, payload }) => {
      const isSegment = functionName === cloud.stack.functionNames.segment && stepOf(payload) === undefined;
      // The processes that asked have the runtime in their memory.
      if (isSegment && !isFresh) cloud.freshProcesses();
      isFresh ||= isSegment;
      return undefined;
    });
    const { runId } = await startRun(askingModels("parallel"), everyBars, cloud);
    const run = await endedRun(runId, cloud);
    await expectLaptopsResult(run);
    expect(run.executionArn).toMatch(/-c\d$/);
    expect(cloud.steps("measure", since)).toHaveLength(1);
    const stretches = cloud
      .steps("answer", since)
      .map(({ call: { startBar = 0, endBar = 0 } }) => ({ startBar, endBar }));
    const [first, second] = stretches.toSorted((a, b) => a.startBar - b.startBar);
    expect(stretches).toHaveLength(2);
    expect([first?.startBar, second?.startBar, second?.endBar]).toEqual([0, first?.endBar, 20_000]);
    const pids = cloud.steps("segment", since).map(({ pid }) => pid);
    expect(pids).toHaveLength(segments);
    expect(pids.filter(hasRuntime)).toEqual([]);
  });

  test("is not changed by answers that are killed, delivered twice or late", async () => {
    const faults = [
      { kind: "kill", afterMs: 5 },
      { kind: "deliverAgain", afterMs: 20 },
      { kind: "abandon", afterMs: 5 },
    ] as const;
    let calls = 0;
    cloud.stack.lambdaHost.planFaults(({ payload }) => (stepOf(payload) === "answer" ? faults[calls++] : undefined));
    const { runId } = await startRun(askingModels("parallel"), everyBars, cloud);
    await expectLaptopsResult(await endedRun(runId, cloud));
    expect(calls).toBeGreaterThan(2);
    await cloud.stack.lambdaHost.settled(60_000);
  });

  test("is redriven at the stretch that failed for good, and not at those that were answered", async () => {
    const { path, putBack } = await cloud.removeLastChunk();
    const released = Promise.withResolvers<void>();
    cloud.setFaults({
      s3: (request) => (request.path.includes(path) ? { kind: "hold", until: released.promise } : undefined),
    });
    const { runId, executionArn = "" } = await startRun(askingModels("parallel"), everyBars, cloud);
    const answered = async () =>
      (await cloud.history(executionArn)).filter(({ type }) => type === "MapIterationSucceeded").length;
    await expect.poll(answered, { timeout: 60_000 }).toBe(1);
    released.resolve();
    expect(await endedRun(runId, cloud)).toMatchObject({ status: "failed", reason: { name: "SnapshotDamagedError" } });
    await putBack();
    expect(await remoteOf(cloud.api()).runs.resume(runId, "auto")).toMatchObject({ how: "redrive", attempt: 2 });
    await expectLaptopsResult(await endedRun(runId, cloud));
    const [first, second, again, ...more] = cloud.steps("answer", since).map(({ call }) => call.startBar ?? 0);
    expect([first, second].sort()).toEqual([0, again].sort());
    expect(again).toBeGreaterThan(0);
    expect(more).toEqual([]);
    expect(cloud.steps("measure", since)).toHaveLength(1);
  });

  describe("whose model has 500 MB", () => {
    const refused = /model\.onnx: its 500 MB need about 1500 MB of memory, and \d+ MB are available\. Give it more/;

    /** The id of a manifest that says so; nothing looks for the file before its size. */
    function largeModel(): Promise<string> {
      const file = { hash: "0".repeat(64), sizeBytes: 500 * 1_048_576 };
      const files = { "model.onnx": file, "metadata.json": file, "features.json": file };
      return cloud.stores.objects.put("models", new TextEncoder().encode(canonicalJson({ format: 1, files })));
    }

    test("is refused by the API when the functions have 1 GB of memory", async () => {
      const spec = { ...askingModels("inline"), strategy: { name: "model", params: { model: await largeModel() } } };
      await expect(remoteOf(cloud.api()).runs.start(spec, true)).rejects.toThrow(refused);
    });

    test("is refused by the first step of a run", async () => {
      const plan = await planRun(parseSpec(askingModels("inline"), "The spec"), cloud.stores);
      const spec = { ...plan.spec, strategy: { ...plan.spec.strategy, params: { model: await largeModel() } } };
      const large = { ...plan, spec, specDigest: specDigest(spec, (await loadStrategy(spec)).digest) };
      const run = await createRun(large, undefined, 0, cloud.stores);
      const { sfn, runStateMachineArn } = cloud.stack;
      const input = JSON.stringify({ runId: run.runId });
      await sfn.send(new StartExecutionCommand({ stateMachineArn: runStateMachineArn, input }));
      await expect.poll(async () => (await storedRun(run.runId, cloud.stores)).status).not.toBe("queued");
      const { status, reason } = await endedRun(run.runId, cloud);
      expect({ status, name: reason?.name }).toEqual({ status: "failed", name: "ModelBundleError" });
      expect(reason?.message).toMatch(refused);
      expect(cloud.steps("segment", since)).toEqual([]);
    });
  });
});

function stepOf(payload: unknown): string | undefined {
  return (payload as StepEvent).step;
}
