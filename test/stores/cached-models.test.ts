import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { ObjectStore } from "../../lib/market/object-store.ts";
import { cachedModels } from "../../lib/stores/cached-models.ts";
import { openMemoryObjectStore } from "../../lib/stores/memory/object-store.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const bytes = Uint8Array.of(1, 2, 3);

async function place() {
  const folder = await temporaryFolder();
  onTestFinished(() => folder.remove());
  const objects = openMemoryObjectStore();
  const fetched: string[] = [];
  const counting: ObjectStore = {
    ...objects,
    get: (kind, hash) => {
      fetched.push(kind);
      return objects.get(kind, hash);
    },
  };
  const path = join(folder.path, "models");
  return { counting, fetched, path, cached: cachedModels(counting, path) };
}

test("a model's file is fetched once for every process of a machine", async () => {
  const { counting, cached, fetched, path } = await place();
  const hash = await cached.put("models", bytes);
  expect(await cached.get("models", hash)).toEqual(bytes);
  expect(await cachedModels(counting, path).get("models", hash)).toEqual(bytes);
  expect(fetched).toEqual(["models"]);
});

test("a file that is damaged there is fetched again", async () => {
  const { cached, fetched, path } = await place();
  const hash = await cached.put("models", bytes);
  await cached.get("models", hash);
  writeFileSync(join(path, hash), "damaged");
  expect(await cached.get("models", hash)).toEqual(bytes);
  expect(fetched).toEqual(["models", "models"]);
});

test("other objects are not kept", async () => {
  const { cached, fetched, path } = await place();
  const hash = await cached.put("parts", bytes);
  await cached.get("parts", hash);
  await cached.get("parts", hash);
  expect(fetched).toEqual(["parts", "parts"]);
  expect(() => readdirSync(path)).toThrow("ENOENT");
});
