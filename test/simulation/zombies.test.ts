import fc from "fast-check";
import { expect, test } from "vitest";
import type { RunStores } from "../../lib/run/opened-run.ts";
import type { RunStore } from "../../lib/run/run-store.ts";
import { type RunWork, runSegment } from "../../lib/run/segment.ts";
import { workOnRun } from "../../lib/run/work-on-run.ts";
import { marketStores, plannedRun } from "./planned-run.ts";
import { runCounts } from "./run-counts.ts";
import { expectSoundRun } from "./run-invariants.ts";
import { begin, hold, live, storedRun, type Watching, watching } from "./run-lives.ts";
import { readOutcome } from "./run-outcome.ts";
import { checkpointing, markets, specs } from "./specs.ts";

const spec = { data: { snapshot: "bars" }, strategy: { name: "sma-cross", params: { fast: 3, slow: 7 } } };
const market = { count: 200, seed: 3, timeframe: "1m", chunkBars: 30 };

/**
 * What a worker does that others know nothing of: it holds the run after some segments, the run is taken over (a new attempt) or delivered again (the same
 * attempt), the other does some segments, and then the first goes on.
 */
const takeovers = fc.record({
  before: fc.integer({ min: 0, max: 4 }),
  by: fc.constantFrom("a new attempt", "a repeated delivery"),
  after: fc.integer({ min: 0, max: 4 }),
  late: fc.record({ tickMs: fc.constantFrom(0, 300), stopAfterChunks: fc.constantFrom(0, 2, 100) }),
});

test("a worker that goes on after another took over or was faster changes nothing and is told so", async () => {
  let superseded = 0;
  const cases = fc.asyncProperty(
    specs,
    markets,
    checkpointing,
    fc.array(takeovers, { minLength: 1, maxLength: 4 }),
    async (spec, market, checkpoint, takeovers) => {
      const stores = await marketStores(market);
      const whole = await plannedRun(spec, { everyBars: 1_000_000 }, stores);
      await live(whole.runId, stores);
      const { runId } = await plannedRun(spec, checkpoint, stores);

      for (const { before, by, after, late } of takeovers) {
        const { attempt } = await begin(runId, stores);
        await advance(await hold(runId, attempt, stores), before, stores);
        const first = await hold(runId, attempt, stores);
        if (first.simulation.barIndex === market.count) break;
        const next = by === "a new attempt" ? (await begin(runId, stores)).attempt : attempt;
        // A repeat of an attempt is late only when the other has committed; a former attempt is late from the first.
        await advance(await hold(runId, next, stores), next === attempt ? Math.max(after, 1) : after, stores);

        const stored = await contents(runId, stores);
        expect(await runSegment(first, watching(late), stores)).toEqual({ kind: "superseded" });
        expect(await contents(runId, stores)).toEqual(stored);
        superseded += 1;
      }
      await live(runId, stores);
      await expectSoundRun(runId, new Map(), stores);
      expect(await readOutcome(runId, stores)).toEqual(await readOutcome(whole.runId, stores));
    },
  );
  await fc.assert(cases, { numRuns: runCounts.cases });
  expect(superseded).toBeGreaterThan(runCounts.cases / 2);
});

test("a zombie that has committed the last bar completes nothing when another attempt took over since", async () => {
  const stores = await marketStores(market);
  const { runId } = await plannedRun(spec, { everyBars: 50 }, stores);
  const zombie = await begin(runId, stores);
  const complete: RunStore["complete"] = async (completion) => {
    await begin(runId, stores);
    return stores.runs.complete(completion);
  };
  expect(await workOnRun(zombie, watching(), { ...stores, runs: { ...stores.runs, complete } })).toEqual({
    kind: "superseded",
  });
  expect(await storedRun(runId, stores)).toMatchObject({ status: "resuming", attempt: 2, headBar: 200 });
});

test("a worker that was superseded stops computing", async () => {
  const stores = await marketStores(market);
  const { runId } = await plannedRun(spec, { everyBars: 10 }, stores);
  const zombie = await begin(runId, stores);
  let lastBar = 0;
  const watch = {
    ...watching(),
    stop: takenOverAfter(2, runId, stores),
    onChunk: ({ bar }: { bar: number }) => {
      lastBar = bar;
    },
  };
  expect(await workOnRun(zombie, watch, stores)).toEqual({ kind: "superseded" });
  expect(lastBar).toBeLessThan(60);
});

test("a late delivery of an attempt that is ahead by more checkpoints than are kept changes nothing", async () => {
  const stores = await marketStores(market);
  const { runId } = await plannedRun(spec, { everyBars: 10, keep: 1 }, stores);
  const { attempt } = await begin(runId, stores);
  const first = await hold(runId, attempt, stores);
  await advance(first, 2, stores);
  const late = await storedRun(runId, stores);
  await advance(first, 3, stores);
  for (const sequence of [1, 2, 3, 4]) await stores.runs.removeCheckpoint(runId, sequence);
  const stored = await contents(runId, stores);
  expect(await workOnRun(late, watching(), stores)).toEqual({ kind: "superseded" });
  expect(await contents(runId, stores)).toEqual(stored);
});

test("of two resumes that read the same run, one begins and the other is refused", async () => {
  const stores = await marketStores(market);
  const { runId } = await plannedRun(spec, { everyBars: 50 }, stores);
  const owner = { host: "simulated", pid: 1, heartbeatAtMs: 0 };
  const outcomes = await Promise.all([1, 2].map(() => stores.runs.beginAttempt(runId, 0, owner)));
  expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["refused", "started"]);
});

/** Lets the worker do so many segments, or what is left. */
async function advance(work: RunWork, segments: number, stores: RunStores, how: Watching = {}): Promise<void> {
  for (let done = 0; done < segments && work.simulation.barIndex < work.opened.run.endBar; done++) {
    expect(await runSegment(work, watching(how), stores)).toMatchObject({ kind: "committed" });
  }
}

/** All that the run store says of the run but its events, which may tell of the zombie. */
async function contents(runId: string, { runs }: RunStores): Promise<unknown> {
  return {
    run: await runs.getRun(runId),
    checkpoints: await runs.listCheckpoints(runId),
    segments: await runs.listSegments(runId),
  };
}

/** Never stops the worker, but lets another take the run over after so many chunks. */
function takenOverAfter(chunks: number, runId: string, stores: RunStores): () => Promise<undefined> {
  let done = 0;
  return async () => {
    if (++done === chunks) await begin(runId, stores);
    return undefined;
  };
}
