import { expect, test } from "vitest";
import { executeRun } from "../../lib/local/execute-run.ts";
import { answerStretch } from "../../lib/run/answer-stretch.ts";
import type { AskAhead, Stretch } from "../../lib/run/answers-ahead.ts";
import { addModel } from "../../lib/run/model-catalog.ts";
import { openRun, type RunStores } from "../../lib/run/opened-run.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { workOnRun } from "../../lib/run/work-on-run.ts";
import { localHome } from "../simulation/local-home.ts";
import { marketStores, plannedRun } from "../simulation/planned-run.ts";
import { begin, live, storedRun, watching } from "../simulation/run-lives.ts";
import { readOutcome } from "../simulation/run-outcome.ts";
import { networkKinds, randomBundle } from "./random-bundle.ts";

const minutes = { count: 20_000, seed: 3, timeframe: "1m", chunkBars: 6_000 };

function asking(inference: "inline" | "parallel" | "auto"): SpecInput {
  return {
    data: { snapshot: "bars" },
    strategy: { name: "model", params: { model: ["net", "other"], ensemble: "vote", side: "both" } },
    models: { inference },
  };
}

/** Answers stretches one after the other, the last first, and lists them. */
function asked(stores: RunStores, stretches: Stretch[]): AskAhead {
  return async (wanted) => {
    stretches.push(...wanted);
    const answers = new Map();
    for (const stretch of wanted.toReversed())
      answers.set(
        stretch,
        await answerStretch(
          await openRun(await storedRun(stretch.runId, stores), stores),
          stretch,
          stores,
          async () => false,
        ),
      );
    return wanted.map((stretch) => answers.get(stretch));
  };
}

async function market(kind: (typeof networkKinds)[number], count = minutes.count): Promise<RunStores> {
  const stores = await marketStores({ ...minutes, count });
  await addModel(randomBundle(kind, 4), undefined, 1, stores.objects);
  await addModel(randomBundle("dense", 5, "other"), undefined, 1, stores.objects);
  return stores;
}

test.each(networkKinds)(
  "a run whose %s network was asked ahead has the facts, states and digest of one that asks as it goes",
  async (kind) => {
    const stores = await market(kind);
    const inline = await plannedRun(asking("inline"), { everyBars: 3_000, keep: 100 }, stores);
    await live(inline.runId, stores);
    const ahead = await plannedRun(asking("parallel"), { everyBars: 3_000, keep: 100 }, stores);
    const stretches: Stretch[] = [];
    await workOnRun(await begin(ahead.runId, stores), watching(), stores, asked(stores, stretches));
    expect(stretches.length).toBeGreaterThan(1);
    const ids = async (runId: string) =>
      (await stores.runs.listCheckpoints(runId)).map(({ checkpointId }) => checkpointId);
    expect(await ids(ahead.runId)).toEqual(await ids(inline.runId));
    expect(await readOutcome(ahead.runId, stores)).toEqual(await readOutcome(inline.runId, stores));
  },
);

test("a run that was stopped is asked ahead from its head on", async () => {
  const stores = await market("lstm");
  const { runId } = await plannedRun(asking("parallel"), { everyBars: 3_000 }, stores);
  await live(runId, stores, watching({ stopAfterChunks: 2 }));
  const { headBar } = await storedRun(runId, stores);
  const stretches: Stretch[] = [];
  await workOnRun(await begin(runId, stores), watching(), stores, asked(stores, stretches));
  const inline = await plannedRun(asking("inline"), { everyBars: 1_000_000 }, stores);
  await live(inline.runId, stores);
  expect(headBar).toBeGreaterThan(0);
  expect([stretches[0].startBar, stretches.at(-1)?.endBar]).toEqual([headBar, minutes.count]);
  expect((await storedRun(runId, stores)).resultDigest).toBe((await storedRun(inline.runId, stores)).resultDigest);
});

test("how models are asked is no part of the spec's digest", async () => {
  const stores = await market("dense");
  const [inline, parallel] = [
    await plannedRun(asking("inline"), undefined, stores),
    await plannedRun(asking("parallel"), undefined, stores),
  ];
  expect(parallel.specDigest).toBe(inline.specDigest);
});

test("a run that asks as it goes asks nothing ahead", async () => {
  const stores = await market("dense");
  const { runId } = await plannedRun(asking("inline"), undefined, stores);
  const stretches: Stretch[] = [];
  await workOnRun(await begin(runId, stores), watching(), stores, asked(stores, stretches));
  expect(stretches).toEqual([]);
});

test("the choice left to measured times gives the same result", async () => {
  // A shorter run is not measured.
  const stores = await market("lstm", 40_000);
  const [auto, inline] = [
    await plannedRun(asking("auto"), undefined, stores),
    await plannedRun(asking("inline"), undefined, stores),
  ];
  await workOnRun(await begin(auto.runId, stores), watching(), stores, asked(stores, []));
  await live(inline.runId, stores);
  expect((await storedRun(auto.runId, stores)).resultDigest).toBe((await storedRun(inline.runId, stores)).resultDigest);
});

test("threads of their own answer a run on this machine", async () => {
  const { home, stores } = await localHome(30_000);
  await addModel(randomBundle("lstm", 4), undefined, 1, stores.objects);
  await addModel(randomBundle("dense", 5, "other"), undefined, 1, stores.objects);
  const digests = [];
  for (const how of ["parallel", "inline"] as const) {
    const run = await plannedRun(asking(how), { everyBars: 7_000 }, stores);
    const end = await executeRun({ run, home, stores, onProgress: () => {}, stop: new AbortController().signal });
    digests.push(end.kind === "completed" ? end.result.resultDigest : end.kind);
  }
  expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(digests[0]).toBe(digests[1]);
  const answers = [];
  for await (const { hash } of stores.objects.list("answers")) answers.push(hash);
  expect(answers.length).toBeGreaterThan(1);
});
