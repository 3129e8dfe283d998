import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { runSweep } from "../../lib/local/run-sweep.ts";
import { loadFiles } from "../../lib/models/stored-bundle.ts";
import { renderSweepReport } from "../../lib/report/sweep-report.ts";
import { collectSweepReport } from "../../lib/report/sweep-report-input.ts";
import { addModel, modelBlobs, removeModelName } from "../../lib/run/model-catalog.ts";
import { cleanUp } from "../../lib/run/retention.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import { createSweep } from "../../lib/sweep/create-sweep.ts";
import { parseSweepSpec } from "../../lib/sweep/parse-sweep-spec.ts";
import { sweepWarnings } from "../../lib/sweep/sweep-models.ts";
import { sweepReferences } from "../../lib/sweep/sweep-references.ts";
import type { SweepSpecInput } from "../../lib/sweep/sweep-spec.ts";
import { randomBundle } from "../models/random-bundle.ts";
import { generatedBars } from "../simulation/generated-bars.ts";
import { putSnapshot } from "../simulation/put-snapshot.ts";

let home: string;
let stores: Stores;
let first: string;
let second: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "sweep-"));
  stores = await openLocalStores(home);
  await putSnapshot(generatedBars(2_000, 2, 60_000), { name: "bars", timeframe: "1m", chunkBars: 65_536 }, stores);
  first = (await addModel(randomBundle("dense", 1, "first"), undefined, 1, stores.objects)).modelId;
  second = (await addModel(randomBundle("dense", 2, "second"), undefined, 1, stores.objects)).modelId;
});

afterAll(async () => {
  await stores.close();
  rmSync(home, { recursive: true });
});

const spec = (more: Partial<SweepSpecInput>) =>
  parseSweepSpec(
    { base: { data: { snapshot: "bars" }, strategy: { name: "model" } }, objective: "totalReturn", ...more },
    "The spec",
  );
const overModels = { space: { model: ["first", "second"], threshold: [0.4, 0.6] } };

test("a sweep over models stores their ids, in its own spec and in those of its runs, and computes every lane", async () => {
  const { sweep } = await createSweep(spec(overModels), 1_000, stores);
  expect(sweep.spec).toMatchObject({ space: { model: [first, second] } });
  const workers = { workers: 1, onProgress: () => undefined, stop: new AbortController().signal };
  await runSweep({ sweepId: sweep.sweepId, home, stores, ...workers });
  const ended = await stores.sweeps.getSweep(sweep.sweepId);
  expect(ended).toMatchObject({ status: "completed", counts: { completed: 4, failed: 0 } });
  const lanes = z.looseObject({
    strategy: z.looseObject({ lanes: z.array(z.looseObject({ model: z.string() })).optional() }),
  });
  const { items } = await stores.runs.listRuns({}, 100, undefined);
  const named = items.flatMap((run) => lanes.parse(run.spec).strategy.lanes ?? []).map(({ model }) => model);
  expect(new Set(named)).toEqual(new Set([first, second]));
});

test("a sweep over what a model was trained on says so, of that model alone, and its report as well", async () => {
  const trained = new Map(randomBundle("dense", 5, "trained"));
  const metadata: object = JSON.parse(new TextDecoder().decode(trained.get("metadata.json")));
  const training = { symbols: ["X"], timeframes: ["1m"], from: "2000-01-03", to: "2099-12-31" };
  trained.set("metadata.json", new TextEncoder().encode(JSON.stringify({ ...metadata, training })));
  await addModel(trained, undefined, 1, stores.objects);
  const { sweep } = await createSweep(
    spec({ space: { model: ["first", "trained"], threshold: [0.5] } }),
    1_000,
    stores,
  );
  const warning = /^IN-SAMPLE: model "trained" was trained on 2000-01-03 to 2099-12-31, and this sweep asks it about /;
  expect(await sweepWarnings(sweep, stores)).toEqual([expect.stringMatching(warning)]);
  const page = renderSweepReport(await collectSweepReport(sweep, { dollars: 0 }, stores));
  expect(page).toMatch(/class="notice failed" role="note"><p>IN-SAMPLE: model &quot;trained&quot;/);
});

test("points that are listed, fixed values and the base name models as well", async () => {
  const points = [{ model: "first" }, { model: "second" }];
  const listed = await createSweep(spec({ method: { kind: "list", points } }), 1_000, stores);
  expect(listed.sweep.spec).toMatchObject({ method: { points: [{ model: first }, { model: second }] } });
  const fixed = await createSweep(spec({ space: { model: { value: "first" }, threshold: [0.5] } }), 1_000, stores);
  expect(fixed.sweep.spec).toMatchObject({ space: { model: { value: first } } });
});

test("another model under a name is another sweep, an id is the same as its name", async () => {
  const before = (await createSweep(spec(overModels), 1_000, stores)).sweep;
  const byId = { space: { ...overModels.space, model: [first, second] } };
  expect((await createSweep(spec(byId), 1_000, stores)).sweep.sweepId).toBe(before.sweepId);
  await addModel(randomBundle("dense", 3, "second"), undefined, 2, stores.objects);
  expect((await createSweep(spec(overModels), 1_000, stores)).sweep.specDigest).not.toBe(before.specDigest);
});

test("the models of a sweep that has no runs yet stay when their names are taken away", async () => {
  const { modelId } = await addModel(randomBundle("dense", 4, "kept"), undefined, 1, stores.objects);
  await createSweep(spec({ space: { model: ["kept"], threshold: [0.5] } }), 1_000, stores);
  await removeModelName("kept", stores.objects);
  const policy = { keep: 1, olderThanMs: 0, nowMs: Date.now() + 100 * 3_600_000, dryRun: false };
  await cleanUp(policy, stores, undefined, (at) => sweepReferences(at, stores));
  expect((await loadFiles(modelId, modelBlobs(stores.objects), 1e9)).size).toBe(3);
});

test.each([
  [{ space: { model: ["first", "secnd"] } }, /^space\.model\.1: Model "secnd": .*did you mean "second"\?/],
  [{ space: { model: { value: "frist" } } }, /^space\.model\.value: Model "frist"/],
  [
    { method: { kind: "list" as const, points: [{ model: "first" }, { model: "frist" }] } },
    /^method\.points\.1\.model: Model "frist"/,
  ],
])("an unknown model among the values is refused with its field: %j", async (more, message) => {
  await expect(createSweep(spec(more), 1_000, stores)).rejects.toThrow(message);
});
