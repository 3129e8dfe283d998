import fc from "fast-check";
import { expect, test } from "vitest";
import type { ObjectStore } from "../../lib/market/object-store.ts";
import type { RunStores } from "../../lib/run/opened-run.ts";
import { crashing, crashPoint, SimulatedCrash } from "../stores/crashing.ts";
import { marketStores, plannedRun } from "./planned-run.ts";
import { runCounts } from "./run-counts.ts";
import { expectKept, expectSoundRun, type SeenIds } from "./run-invariants.ts";
import { live, storedRun, type Watching, watching } from "./run-lives.ts";
import { readOutcome, uncutStateIds } from "./run-outcome.ts";
import { checkpointing, markets, specs } from "./specs.ts";

/** One worker's life: it dies at a write, or is told to stop, or is cancelled from outside. */
type Life = Watching &
  (
    | { readonly kind: "crash"; readonly write: number; readonly when: "before" | "after"; readonly putTicks: number }
    | { readonly kind: "stop" }
    | { readonly kind: "cancel" }
  );

const tickMs = fc.constantFrom(0, 30, 300);
const lives: fc.Arbitrary<Life> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("crash" as const),
      write: fc.integer({ min: 1, max: 25 }),
      when: fc.constantFrom("before" as const, "after" as const),
      putTicks: fc.constantFrom(0, 40),
      tickMs,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("stop" as const),
      stopAfterChunks: fc.integer({ min: 0, max: 6 }),
      stopBy: fc.constantFrom("interrupt" as const, "cancel" as const),
      tickMs,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("cancel" as const),
      stopAfterChunks: fc.integer({ min: 0, max: 6 }),
      tickMs,
    }),
  },
);

test("a run whose workers crash before and after their writes, and are stopped, ends like one that was never interrupted", async () => {
  let interruptions = 0;
  const cases = fc.asyncProperty(
    specs,
    markets,
    checkpointing,
    fc.array(lives, { maxLength: 8 }),
    async (spec, market, checkpoint, lives) => {
      const stores = await marketStores(market);
      const whole = await plannedRun(spec, { everyBars: 1_000_000 }, stores);
      await live(whole.runId, stores);

      const { runId } = await plannedRun(spec, checkpoint, stores);
      const seen: SeenIds = new Map();
      for (const life of lives) {
        if ((await storedRun(runId, stores)).status === "completed") break;
        await lead(runId, life, stores);
        await expectSoundRun(runId, seen, stores);
        interruptions += 1;
      }
      if ((await storedRun(runId, stores)).status !== "completed") {
        expect(await live(runId, stores)).toMatchObject({ kind: "completed" });
        await expectKept(runId, checkpoint.keep, stores);
      }
      await expectSoundRun(runId, seen, stores);

      expect(await readOutcome(runId, stores)).toEqual(await readOutcome(whole.runId, stores));
      const bars = [...seen.keys()].sort((a, b) => a - b);
      expect(seen).toEqual(await uncutStateIds(runId, bars, stores));
    },
  );
  await fc.assert(cases, { numRuns: runCounts.cases });
  expect(interruptions).toBeGreaterThan(runCounts.cases);
});

async function lead(runId: string, life: Life, stores: RunStores): Promise<void> {
  switch (life.kind) {
    case "crash": {
      const point = crashPoint({ write: life.write, when: life.when, how: "throw" });
      const doomed = {
        objects: slowPuts(crashing(stores.objects, point), life.putTicks),
        runs: crashing(stores.runs, point),
        snapshots: crashing(stores.snapshots, point),
      };
      await live(runId, doomed, watching(life)).catch((error: unknown) => {
        expect(error).toBeInstanceOf(SimulatedCrash);
      });
      return;
    }
    case "stop":
      await live(runId, stores, watching(life));
      return;
    case "cancel": {
      // Another process asks for it while the worker computes; the worker reads it with its heartbeat, or finds it when it completes.
      const watch = watching({ tickMs: 300 });
      let chunks = 0;
      const cancel = async (): Promise<undefined> => {
        if (chunks++ !== life.stopAfterChunks) return undefined;
        const { attempt } = await storedRun(runId, stores);
        await stores.runs.setStatus({ runId, attempt, from: ["running", "resuming"], to: "cancelling", atMs: 0 });
        return undefined;
      };
      const end = await live(runId, stores, { ...watch, stop: cancel });
      expect((await storedRun(runId, stores)).status).toBe(end.kind === "completed" ? "completed" : "cancelled");
    }
  }
}

/** A store whose puts take their time, so that everything that does not wait for them overtakes them. */
function slowPuts(objects: ObjectStore, ticks: number): ObjectStore {
  const put: ObjectStore["put"] = async (kind, bytes) => {
    for (let tick = 0; tick < ticks; tick++) await undefined;
    return objects.put(kind, bytes);
  };
  return { get: objects.get, has: objects.has, list: objects.list, remove: objects.remove, put };
}
