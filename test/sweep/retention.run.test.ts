import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runSweep } from "../../lib/local/run-sweep.ts";
import type { ObjectKind } from "../../lib/market/object-store.ts";
import { cleanUp } from "../../lib/run/retention.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import { changeSweep } from "../../lib/sweep/change-sweep.ts";
import { createSweep } from "../../lib/sweep/create-sweep.ts";
import { parseSweepSpec } from "../../lib/sweep/parse-sweep-spec.ts";
import { removeSweep } from "../../lib/sweep/remove-sweep.ts";
import { putDocument } from "../../lib/sweep/sweep-objects.ts";
import { sweepReferences } from "../../lib/sweep/sweep-references.ts";
import type { SweepRecord } from "../../lib/sweep/sweep-store.ts";
import { importSp500 } from "../report/stored-run.ts";

let home: string;
let stores: Stores;
let sweep: SweepRecord;
/** Everything is old enough to be swept. */
const nowMs = Date.now() + 100 * 3_600_000;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "sweep-"));
  stores = await openLocalStores(home);
  await importSp500(stores);
  const spec = {
    base: { data: { snapshot: "sp500", to: "2003-12-31" }, strategy: { name: "sma-cross" } },
    space: { fast: [5, 10], slow: [50] },
    windows: { kind: "rolling", inSample: "500 bars", outOfSample: "125 bars" },
    objective: "totalReturn",
  };
  sweep = (await createSweep(parseSweepSpec(spec, "The spec"), 1_000, stores)).sweep;
  await runSweep({
    sweepId: sweep.sweepId,
    home,
    stores,
    workers: 1,
    onProgress: () => undefined,
    stop: new AbortController().signal,
  });
});

afterAll(async () => {
  await stores.close();
  rmSync(home, { recursive: true });
});

async function sweptKinds(): Promise<readonly ObjectKind[]> {
  const policy = { keep: 1, olderThanMs: 0, nowMs, dryRun: true };
  const { objects } = await cleanUp(policy, stores, undefined, (at) => sweepReferences(at, stores));
  return [...new Set(objects.map(({ kind }) => kind))].sort();
}

test("nothing that a finished sweep or its runs refer to is swept", async () => {
  expect(await sweptKinds()).toEqual([]);
});

test("a document that no sweep refers to is swept once no sweep is under way", async () => {
  const hash = await putDocument({ left: "over" }, stores.objects);
  expect(await sweptKinds()).toEqual(["sweeps"]);
  const setStatus = (status: SweepRecord["status"]) =>
    changeSweep(sweep.sweepId, (stored) => ({ ...stored, status }), stores.sweeps);
  await setStatus("running");
  expect(await sweptKinds()).toEqual([]);
  await setStatus("completed");
  await stores.objects.remove("sweeps", hash);
});

test("without word from the sweeps, their documents stay", async () => {
  await putDocument({ left: "over" }, stores.objects);
  const { objects } = await cleanUp({ keep: 1, olderThanMs: 0, nowMs, dryRun: true }, stores);
  expect(objects).toEqual([]);
});

test("a removed sweep leaves no run, and its documents, results and parts are swept", async () => {
  const stored = await stores.sweeps.getSweep(sweep.sweepId);
  expect(await removeSweep(stored ?? sweep, () => false, stores)).toBe("removed");
  expect((await stores.runs.listRuns({}, 10)).items).toEqual([]);
  expect(await sweptKinds()).toEqual(["parts", "results", "sweeps"]);
});
