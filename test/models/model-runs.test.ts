import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { denseNetworkModel } from "../../lib/models/dense-network.ts";
import { addModel } from "../../lib/run/model-catalog.ts";
import type { RunStores } from "../../lib/run/opened-run.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { marketStores, plannedRun } from "../simulation/planned-run.ts";
import { live, storedRun } from "../simulation/run-lives.ts";
import { readOutcome, uncutStateIds } from "../simulation/run-outcome.ts";
import { bundleFiles } from "./bundle-files.ts";
import { minuteFeatures, minuteStrategy, networkKinds, randomBundle } from "./random-bundle.ts";

const minutes = { count: 5_000, seed: 3, timeframe: "1m", chunkBars: 2_000 };

function asking(params: object, more: Partial<SpecInput> = {}): SpecInput {
  return { data: { snapshot: "bars" }, strategy: { name: "model", params: { ...params } }, ...more };
}

const ways = fc.constantFrom<object>(
  {},
  { side: "both" },
  { side: "short", separationHours: 1 },
  { mode: "target-weight", side: "both", separationBars: 0 },
  { model: ["net", "other"], ensemble: "vote" },
  { model: ["net", "other"] },
  { model: ["net", "other", "net"], ensemble: "routed", routes: { BUY: 0, SELL: 1 } },
);

test.each(networkKinds)(
  "a run with a %s network has the same facts, state ids and digest however it is cut",
  async (kind) => {
    let closed = 0;
    const cases = fc.asyncProperty(
      ways,
      fc.nat(1000),
      fc.integer({ min: 40, max: 3000 }),
      async (way, seed, everyBars) => {
        const stores = await marketStores({ ...minutes, seed });
        await addModel(randomBundle(kind, seed), undefined, 1, stores.objects);
        await addModel(randomBundle("dense", seed + 1, "other"), undefined, 1, stores.objects);
        const spec = asking({ model: "net", ...way }, { execution: { pyramiding: 20 } });
        const [cut, whole] = [await completed(spec, everyBars, stores), await completed(spec, 1_000_000, stores)];
        const checkpoints = await stores.runs.listCheckpoints(cut);
        const ids = new Map(checkpoints.map(({ barIndex, checkpointId }) => [barIndex, checkpointId]));
        expect(ids).toEqual(await uncutStateIds(cut, [...ids.keys()], stores));
        const outcome = await readOutcome(cut, stores);
        expect(outcome).toEqual(await readOutcome(whole, stores));
        closed += outcome.lanes[0].metrics.closedTrades;
      },
    );
    // The networks of seed 2 trade often, so that there is always something to compare.
    await fc.assert(cases, { numRuns: 4, examples: [[{}, 2, 700]] });
    expect(closed).toBeGreaterThan(100);
  },
);

test("a name in a spec is stored as the id of the model that it meant", async () => {
  const stores = await marketStores(minutes);
  const first = await addModel(randomBundle("dense", 1), undefined, 1, stores.objects);
  const run = await plannedRun(asking({ model: "net" }), undefined, stores);
  await addModel(randomBundle("dense", 2), undefined, 2, stores.objects);
  const { spec } = await storedRun(run.runId, stores);
  expect(spec).toMatchObject({ strategy: { params: { model: first.modelId } } });
});

test("another model under the same name is another spec", async () => {
  const stores = await marketStores(minutes);
  await addModel(randomBundle("dense", 1), undefined, 1, stores.objects);
  const before = await plannedRun(asking({ model: "net" }), undefined, stores);
  await addModel(randomBundle("dense", 2), undefined, 2, stores.objects);
  const after = await plannedRun(asking({ model: "net" }), undefined, stores);
  expect(after.specDigest).not.toBe(before.specDigest);
});

test("the beginning of an id is the same spec as the name", async () => {
  const stores = await marketStores(minutes);
  const { modelId } = await addModel(randomBundle("dense", 1), undefined, 1, stores.objects);
  const [byName, byId] = [
    await plannedRun(asking({ model: "net" }), undefined, stores),
    await plannedRun(asking({ model: modelId.slice(0, 8) }), undefined, stores),
  ];
  expect(byId.specDigest).toBe(byName.specDigest);
});

test("a model for bars of another length is refused", async () => {
  const stores = await marketStores({ ...minutes, timeframe: "1h" });
  await addModel(randomBundle("dense", 1), undefined, 1, stores.objects);
  await expect(plannedRun(asking({ model: "net" }), undefined, stores)).rejects.toThrow(
    'Model "net" decides on bars of 1m, the snapshot has bars of 1h.',
  );
});

test("an unknown model is refused with a near name", async () => {
  const stores = await marketStores(minutes);
  await addModel(randomBundle("dense", 1), undefined, 1, stores.objects);
  await expect(plannedRun(asking({ model: "nett" }), undefined, stores)).rejects.toThrow('did you mean "net"?');
});

test("lanes share the answers of one model and give what each gives alone", async () => {
  const stores = await marketStores(minutes);
  await addModel(randomBundle("dense", 5), undefined, 1, stores.objects);
  const strategy = { name: "model", params: { model: "net" } };
  const lanes = [{ threshold: 0.4 }, { threshold: 0.6, side: "both" }];
  const together = await readOutcome(
    await completed({ ...asking({}), strategy: { ...strategy, lanes } }, 1_000, stores),
    stores,
  );
  const alone = await readOutcome(await completed(asking({ model: "net", ...lanes[1] }), 1_000, stores), stores);
  expect(together.lanes[1].facts).toEqual(alone.lanes[0].facts);
});

/** A network whose outputs leave float32 where price is low on both timeframes. */
const overflowing = bundleFiles({
  model: denseNetworkModel(
    [
      {
        inputs: 5,
        outputs: 3,
        weights: [3e38, 0, 3e38, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0],
        biases: [0, 0, 0],
        activation: "none",
      },
    ],
    "test",
  ),
  features: minuteFeatures,
  metadata: {
    name: "overflowing",
    features: minuteFeatures,
    strategy: minuteStrategy,
    normalisation: { "1m_roc_3_raw": { method: "zscore", mean: 0, std: 0.02 } },
  },
});

test("failed inferences are held, counted, and listed with bar and reason, however the run is cut", async () => {
  const stores = await marketStores(minutes);
  await addModel(overflowing, undefined, 1, stores.objects);
  const spec = asking({ model: "overflowing", maxFaultShare: 1 });
  const [{ report }] = (await readOutcome(await completed(spec, 700, stores), stores)).lanes;
  const { asked, faults, first } = z.object({ asked: z.int(), faults: z.int(), first: z.array(fault) }).parse(report);
  expect(asked).toBeGreaterThan(4_900);
  expect(faults).toBeGreaterThan(100);
  expect(first).toHaveLength(20);
  expect(first[0].message).toBe("the model failed or gave a number that is not finite");
  const whole = await readOutcome(await completed(spec, 1_000_000, stores), stores);
  expect(whole.lanes[0].report).toEqual(report);
});

test("a run in which a greater share failed than allowed fails with count, bar and reason", async () => {
  const stores = await marketStores(minutes);
  await addModel(overflowing, undefined, 1, stores.objects);
  await expect(completed(asking({ model: "overflowing", maxFaultShare: 0.001 }), 700, stores)).rejects.toThrow(
    /The model failed at \d+ of \d+ bars; at most 0.1 % are allowed \(maxFaultShare\)\. The first, at bar \d+: the model failed/,
  );
});

const fault = z.object({ bar: z.int(), message: z.string() });

async function completed(spec: SpecInput, everyBars: number, stores: RunStores): Promise<string> {
  const { runId } = await plannedRun(spec, { everyBars, keep: 1_000 }, stores);
  await live(runId, stores);
  return runId;
}
