import { expect, test } from "vitest";
import type { ObjectStore } from "../../lib/market/object-store.ts";
import { addModel, findModel, listModels, removeModelName } from "../../lib/run/model-catalog.ts";
import { cleanUp } from "../../lib/run/retention.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { randomBundle } from "../models/random-bundle.ts";
import { marketStores, plannedRun } from "../simulation/planned-run.ts";

const spec: SpecInput = { data: { snapshot: "bars" }, strategy: { name: "model", params: { model: "net" } } };
const market = { count: 50, seed: 1, timeframe: "1m", chunkBars: 50 };
/** Everything is old enough to be swept. */
const policy = { keep: 3, olderThanMs: 0, nowMs: Date.now() + 100 * 3_600_000, dryRun: false };

async function filesOf(objects: ObjectStore): Promise<number> {
  let count = 0;
  for await (const _ of objects.list("models")) count++;
  return count;
}

test("a model stays while a name means it", async () => {
  const stores = await marketStores(market);
  await addModel(randomBundle("dense", 1), undefined, 1, stores.objects);
  await cleanUp(policy, stores);
  // model.onnx, metadata.json, features.json and the manifest.
  expect(await filesOf(stores.objects)).toBe(4);
});

test("a model without a name stays while a run refers to it", async () => {
  const stores = await marketStores(market);
  await addModel(randomBundle("dense", 1), undefined, 1, stores.objects);
  await plannedRun(spec, undefined, stores);
  await removeModelName("net", stores.objects);
  await cleanUp(policy, stores);
  expect(await filesOf(stores.objects)).toBe(4);
});

test("a model that nothing refers to is swept", async () => {
  const stores = await marketStores(market);
  await addModel(randomBundle("dense", 1), undefined, 1, stores.objects);
  await removeModelName("net", stores.objects);
  await cleanUp(policy, stores);
  expect(await filesOf(stores.objects)).toBe(0);
});

test("a name means its newest import, and all it ever meant goes with it", async () => {
  const { objects } = await openMemoryStores();
  await addModel(randomBundle("dense", 1), undefined, 1, objects);
  const newer = await addModel(randomBundle("dense", 2), undefined, 2, objects);
  expect(await listModels(objects)).toEqual([newer]);
  expect(await findModel("net", objects)).toBe(newer.modelId);
  expect(await removeModelName("net", objects)).toBe(2);
  expect(await listModels(objects)).toEqual([]);
});
