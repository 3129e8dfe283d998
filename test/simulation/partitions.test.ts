import fc from "fast-check";
import { expect, test } from "vitest";
import type { RunStores } from "../../lib/run/opened-run.ts";
import { runSegment } from "../../lib/run/segment.ts";
import { marketStores, plannedRun } from "./planned-run.ts";
import { runCounts } from "./run-counts.ts";
import { begin, hold, live, storedRun, watching } from "./run-lives.ts";
import { readOutcome, uncutStateIds } from "./run-outcome.ts";
import { markets, specs } from "./specs.ts";

const cuts = fc.record({ everyBars: fc.integer({ min: 2, max: 40 }), keep: fc.constant(1_000) });

test("two unequal partitions of a run pass through the same checkpoint ids wherever their cuts meet", async () => {
  let met = 0;
  const cases = fc.asyncProperty(specs, markets, cuts, cuts, async (spec, market, one, other) => {
    const stores = await marketStores(market);
    const [a, b] = [await cutRun(spec, one, stores), await cutRun(spec, other, stores)];
    for (const [bar, id] of a.ids) {
      if (!b.ids.has(bar)) continue;
      expect(id, `bar ${bar}`).toBe(b.ids.get(bar));
      met += 1;
    }
    expect(a.ids).toEqual(await uncutStateIds(a.runId, [...a.ids.keys()], stores));
    expect(await readOutcome(a.runId, stores)).toEqual(await readOutcome(b.runId, stores));
  });
  await fc.assert(cases, { numRuns: runCounts.cases });
  expect(met).toBeGreaterThan(runCounts.cases);
});

test("a result does not depend on the size of the chunks in which the bars are stored", async () => {
  const size = fc.integer({ min: 3, max: 400 });
  const cases = fc.asyncProperty(specs, markets, cuts, size, async (spec, market, checkpoint, chunkBars) => {
    const [one, other] = [await marketStores(market), await marketStores({ ...market, chunkBars })];
    const [a, b] = [await cutRun(spec, checkpoint, one), await cutRun(spec, { everyBars: 1_000_000 }, other)];
    expect(await readOutcome(a.runId, one)).toEqual(await readOutcome(b.runId, other));
  });
  await fc.assert(cases, { numRuns: runCounts.cases });
});

test("a run over more bars than are folded at once ends the same however it is cut", async () => {
  const market = fc.record({
    count: fc.integer({ min: 9_000, max: 20_000 }),
    seed: fc.nat(1_000),
    timeframe: fc.constantFrom("1m", "1h"),
    chunkBars: fc.integer({ min: 4_000, max: 20_000 }),
  });
  const checkpoint = fc.record({ everyBars: fc.integer({ min: 1_000, max: 9_000 }) });
  const cases = fc.asyncProperty(specs, market, checkpoint, async (spec, market, checkpoint) => {
    const stores = await marketStores(market);
    const [a, b] = [await cutRun(spec, checkpoint, stores), await cutRun(spec, { everyBars: 1_000_000 }, stores)];
    expect(a.ids.get(market.count)).toBe(b.ids.get(market.count));
    expect((await storedRun(a.runId, stores)).resultDigest).toBe((await storedRun(b.runId, stores)).resultDigest);
  });
  await fc.assert(cases, { numRuns: runCounts.cases / 10 });
});

test("a result does not depend on how many bars are folded between two looks at the clock", async () => {
  const market = { count: 400, seed: 8, timeframe: "4h", chunkBars: 1_000 };
  const cases = fc.asyncProperty(
    specs,
    fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
    async (spec, pieces) => {
      const stores = await marketStores(market);
      const whole = await cutRun(spec, { everyBars: 1_000_000 }, stores);
      const { runId } = await plannedRun(spec, { everyBars: 1_000_000 }, stores);
      const { attempt } = await begin(runId, stores);
      const work = await hold(runId, attempt, stores);
      let chunks = 0;
      // Each look at the watch sets the next piece; the segments are cut at a few of them.
      const stop = async (): Promise<"interrupt" | undefined> => {
        work.pieceBars = pieces[chunks++ % pieces.length] ?? 1;
        return chunks % 5 === 0 ? "interrupt" : undefined;
      };
      work.pieceBars = 1;
      while (work.simulation.barIndex < market.count) await runSegment(work, { ...watching(), stop }, stores);
      await live(runId, stores);
      expect(chunks).toBeGreaterThan(4);
      expect(await readOutcome(runId, stores)).toEqual(await readOutcome(whole.runId, stores));
    },
  );
  await fc.assert(cases, { numRuns: runCounts.cases });
});

type Spec = Parameters<typeof plannedRun>[0];

/** A run that is cut like this and otherwise left alone, with the ids it passes through. */
async function cutRun(
  spec: Spec,
  checkpoint: Parameters<typeof plannedRun>[1],
  stores: RunStores,
): Promise<{ readonly runId: string; readonly ids: ReadonlyMap<number, string> }> {
  const { runId } = await plannedRun(spec, checkpoint, stores);
  await live(runId, stores);
  expect((await storedRun(runId, stores)).status).toBe("completed");
  const checkpoints = await stores.runs.listCheckpoints(runId);
  return { runId, ids: new Map(checkpoints.map(({ barIndex, checkpointId }) => [barIndex, checkpointId])) };
}
