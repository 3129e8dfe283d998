import { expect, test } from "vitest";
import type { ObjectStore } from "../../lib/market/object-store.ts";
import { newDigests } from "../../lib/run/result.ts";
import { digestStoredParts, partsOf } from "../../lib/run/run-facts.ts";
import type { PartReference } from "../../lib/run/run-store.ts";
import { marketStores, plannedRun } from "../simulation/planned-run.ts";
import { live } from "../simulation/run-lives.ts";

const spec = { data: { snapshot: "bars" }, strategy: { name: "sma-cross", params: { fast: 3, slow: 7 } } };

test("facts that come back in another order than they were asked for give the same digest", async () => {
  const { parts, objects } = await storedFacts();
  let asked = 0;
  const uneven: ObjectStore = {
    ...objects,
    async get(kind, hash) {
      // The later of two comes first.
      for (let turn = asked++ % 2 === 0 ? 40 : 0; turn > 0; turn--) await Promise.resolve();
      return objects.get(kind, hash);
    },
  };
  expect(await digestOf(parts, uneven)).toEqual(await digestOf(parts, objects));
});

test("at most sixteen parts are read at once", async () => {
  const { parts, objects } = await storedFacts();
  expect(await mostAtOnce(parts, objects)).toBe(16);
});

test("parts of more than 32 MB in all are not read at once", async () => {
  const { parts, objects } = await storedFacts();
  const large = parts.map((part) => ({ ...part, sizeBytes: 15_000_000 }));
  expect(await mostAtOnce(large, objects)).toBe(2);
});

test("a part that is missing fails the reading, whatever was asked for after it", async () => {
  const { parts, objects } = await storedFacts();
  for (const part of parts.slice(3, 6)) await objects.remove("parts", part.hash);
  await expect(digestOf(parts, objects)).rejects.toMatchObject({
    name: "MissingObjectError",
    message: expect.stringContaining(parts[3]?.hash ?? ""),
  });
});

/** A run of 300 bars in segments of 10, and where its facts lie. */
async function storedFacts() {
  const stores = await marketStores({ count: 300, seed: 3, timeframe: "1m", chunkBars: 100 });
  const { runId } = await plannedRun(spec, { everyBars: 10 }, stores);
  await live(runId, stores);
  return { parts: partsOf(await stores.runs.listSegments(runId)), objects: stores.objects };
}

async function digestOf(parts: readonly PartReference[], objects: ObjectStore) {
  const digests = newDigests(1);
  await digestStoredParts(digests, parts, objects);
  return digests.map((digest) => digest.finish());
}

async function mostAtOnce(parts: readonly PartReference[], objects: ObjectStore): Promise<number> {
  let [reading, most] = [0, 0];
  const counted: ObjectStore = {
    ...objects,
    async get(kind, hash) {
      most = Math.max(most, ++reading);
      const bytes = await objects.get(kind, hash);
      reading--;
      return bytes;
    },
  };
  await digestOf(parts, counted);
  return most;
}
