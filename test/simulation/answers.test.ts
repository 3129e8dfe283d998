import fc from "fast-check";
import { expect, test } from "vitest";
import type { RunStores } from "../../lib/run/opened-run.ts";
import { parseSpec } from "../../lib/run/parse-spec.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { answerRun, planRun, type RunAnswer } from "../../lib/run/start-run.ts";
import { counting } from "../stores/counting.ts";
import { marketStores } from "./planned-run.ts";
import { runCounts } from "./run-counts.ts";
import { live, watching } from "./run-lives.ts";
import { checkpointing, specs } from "./specs.ts";

const market = { count: 60, seed: 2, timeframe: "1m", chunkBars: 20 };

test("a run is asked for again and is the same, whatever it is called and however it is cut", async () => {
  const cases = fc.asyncProperty(specs, checkpointing, checkpointing, async (spec, one, other) => {
    const stores = await marketStores(market);
    const first = await answer({ ...spec, checkpoint: one }, stores);
    expect(first.kind).toBe("created");
    await live(first.run.runId, stores, watching({ stopAfterChunks: 0 }));
    expect(await answer({ ...spec, checkpoint: other }, stores)).toMatchObject({
      kind: "unfinished",
      run: { runId: first.run.runId },
    });
    await live(first.run.runId, stores);

    const objects = counting(stores.objects);
    const again = await answer(
      { ...spec, checkpoint: other, name: "other", tags: ["x"] },
      { ...stores, objects: objects.store },
    );
    expect(again).toMatchObject({ kind: "exists", run: { runId: first.run.runId } });
    expect(objects.calls.get("put")).toBeUndefined();
  });
  await fc.assert(cases, { numRuns: runCounts.cases });
});

test("a run of which a number differs is another run", async () => {
  const cases = fc.asyncProperty(specs, specs, async (spec, other) => {
    fc.pre(JSON.stringify(spec) !== JSON.stringify(other));
    const stores = await marketStores(market);
    const first = await answer(spec, stores);
    await live(first.run.runId, stores);
    expect((await answer(other, stores)).kind).toBe("created");
  });
  await fc.assert(cases, { numRuns: runCounts.cases });
});

async function answer(spec: SpecInput, stores: RunStores): Promise<RunAnswer> {
  return answerRun(await planRun(parseSpec(spec, "The spec"), stores), { fresh: false, nowMs: 0 }, stores);
}
