import { expect, test } from "vitest";
import { findRun } from "../../lib/run/find-run.ts";
import type { RunStore } from "../../lib/run/run-store.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { newRun } from "../stores/run-records.builder.ts";

/** A store of so many runs, `run-0000` the oldest, that counts the runs it lists. */
async function storeOf(count: number): Promise<{ readonly runs: RunStore; listed: number }> {
  const { runs } = await openMemoryStores();
  for (let i = 0; i < count; i++)
    await runs.createRun(newRun({ runId: `run-${String(i).padStart(4, "0")}`, createdAtMs: i }));
  const counted = {
    listed: 0,
    runs: {
      ...runs,
      listRuns: (...asked: Parameters<RunStore["listRuns"]>) => {
        counted.listed += asked[1];
        return runs.listRuns(...asked);
      },
    },
  };
  return counted;
}

test("a run is found by its id without a list", async () => {
  const store = await storeOf(3);
  expect((await findRun("run-0001", store.runs)).runId).toBe("run-0001");
  expect(store.listed).toBe(0);
});

test("the latest run is a list of one", async () => {
  const store = await storeOf(3);
  expect((await findRun("latest", store.runs)).runId).toBe("run-0002");
  expect(store.listed).toBe(1);
});

test("a beginning that only one run has is enough", async () => {
  const store = await storeOf(11);
  expect((await findRun("run-001", store.runs)).runId).toBe("run-0010");
});

test("a search looks at the newest 1,000 runs and says so", async () => {
  const store = await storeOf(1_100);
  await expect(findRun("run-00500", store.runs)).rejects.toThrow(
    /found none with this id or beginning among the newest 1000; of an older one give the whole id\. Did you mean run-/,
  );
  expect(store.listed).toBe(1_000);
});
