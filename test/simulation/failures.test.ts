import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { RunStores } from "../../lib/run/opened-run.ts";
import { StorageFullError } from "../../lib/stores/local/storage-errors.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import { temporaryFolder } from "../stores/temporary-folder.ts";
import { generatedBars } from "./generated-bars.ts";
import { plannedRun } from "./planned-run.ts";
import { putSnapshot } from "./put-snapshot.ts";
import { expectSoundRun } from "./run-invariants.ts";
import { live, storedRun } from "./run-lives.ts";
import { readOutcome } from "./run-outcome.ts";
import { randomOrders } from "./specs.ts";

const failingAtBar = fileURLToPath(new URL("failing-at-bar.ts", import.meta.url));
const spec = { data: { snapshot: "bars" }, strategy: { file: randomOrders } };

test("a strategy that throws fails its run with the reason, and every segment before it is kept", async () => {
  const stores = await openedStores();
  const { runId } = await plannedRun(
    { ...spec, strategy: { file: failingAtBar, params: { failAt: 57 } } },
    { everyBars: 10 },
    stores,
  );
  await expect(live(runId, stores)).rejects.toThrow("divided by the spread");
  const run = await storedRun(runId, stores);
  expect(run).toMatchObject({ status: "failed", reason: { name: "StrategyError" }, headBar: 50 });
  expect(run.owner).toBeUndefined();
  expect((await stores.runs.listEvents(runId)).at(-1)).toMatchObject({ kind: "failed", barIndex: 50 });
});

test.each(["parts", "commit", "results"] as const)(
  "a store that refuses %s for good fails the run with the reason, and the run goes on once it takes them again",
  async (refused) => {
    const stores = await openedStores();
    const whole = await plannedRun(spec, { everyBars: 1_000 }, stores);
    await live(whole.runId, stores);

    const { runId } = await plannedRun(spec, { everyBars: 10 }, stores);
    await expect(live(runId, refusing(refused, stores))).rejects.toThrow(StorageFullError);
    expect(await storedRun(runId, stores)).toMatchObject({
      status: "failed",
      reason: { name: "StorageFullError", message: "no room" },
    });
    await expectSoundRun(runId, new Map(), stores);

    expect(await live(runId, stores)).toMatchObject({ kind: "completed" });
    expect(await readOutcome(runId, stores)).toEqual(await readOutcome(whole.runId, stores));
  },
);

test("a store that takes no record of the failure either leaves the first error with a note", async () => {
  const stores = await openedStores();
  const { runId } = await plannedRun(spec, { everyBars: 10 }, stores);
  const full = refusing("commit", stores);
  const fullOfAll = {
    ...full,
    runs: { ...full.runs, setStatus: () => Promise.reject(new StorageFullError("no room at all")) },
  };
  await expect(live(runId, fullOfAll)).rejects.toThrow(
    "no room (The failure could not be recorded either: no room at all)",
  );
});

/** 100 bars in local stores, whose writes take their time. */
async function openedStores(): Promise<RunStores> {
  const folder = await temporaryFolder();
  const stores = await openLocalStores(folder.path);
  onTestFinished(async () => {
    await stores.close();
    await folder.remove();
  });
  await putSnapshot(generatedBars(100, 5, 60_000), { name: "bars", timeframe: "1m", chunkBars: 40 }, stores);
  return stores;
}

/** Stores in which one kind of write fails from the fourth on (results: from the first), and the others go well. */
function refusing(what: "parts" | "commit" | "results", { objects, runs, snapshots }: RunStores): RunStores {
  let writes = 0;
  const isRefused = (kind: string): boolean => kind === what && (what === "results" || ++writes > 3);
  const full = (): Promise<never> => Promise.reject(new StorageFullError("no room"));
  return {
    snapshots,
    objects: { ...objects, put: (kind, bytes) => (isRefused(kind) ? full() : objects.put(kind, bytes)) },
    runs: {
      ...runs,
      commit: (checkpoint, segment) => (isRefused("commit") ? full() : runs.commit(checkpoint, segment)),
    },
  };
}
