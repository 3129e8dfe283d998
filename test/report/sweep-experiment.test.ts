import { expect, test } from "vitest";
import { comparedRuns } from "../../lib/report/experiment.ts";
import { findExperiment } from "../../lib/report/find-experiment.ts";
import { findRunOrSweep } from "../../lib/report/find-run-or-sweep.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { compareRuns } from "../../lib/sweep/compare-runs.ts";
import { attempt, createRun, importSp500, sp500Spec } from "./stored-run.ts";
import { storeSweep } from "./stored-sweep.ts";

const small = { windows: 2, space: { fast: [5, 10, 20] } };

test("sweeps differ by what of their specs differs, lists as a whole, and not by their names", async () => {
  const stores = await openMemoryStores();
  await storeSweep({ ...small, name: "one" }, stores);
  await storeSweep({ windows: 2, space: { fast: [5, 10] }, name: "other" }, stores);
  const home = { folder: "here", stores };
  const sides = await Promise.all(["one", "other"].map((id) => findExperiment({ id, lane: undefined }, home)));
  const { differences } = compareRuns(comparedRuns(sides));
  expect(differences).toEqual([
    {
      path: "sweep.space.fast",
      values: [
        [5, 10, 20],
        [5, 10],
      ],
    },
  ]);
});

test("a sweep's curve is its stitched equity, every point of it", async () => {
  const stores = await openMemoryStores();
  await storeSweep(small, stores);
  const { curve, metrics } = await findExperiment({ id: "invented", lane: undefined }, { folder: "here", stores });
  const { value } = await curve();
  expect(value).toHaveLength(250);
  expect((value[249] ?? 0) / 100_000 - 1).toBe(metrics.totalReturn);
});

test("a lane of a sweep is no experiment, and what is one instead is said", async () => {
  const stores = await openMemoryStores();
  await storeSweep(small, stores);
  await expect(findExperiment({ id: "invented", lane: 1 }, { folder: "here", stores })).rejects.toThrow(
    "invented-1a2b3c4d:1: a sweep is compared as a whole. For one lane, name the run of a winner",
  );
});

test("latest is the newer of the newest run and the newest sweep", async () => {
  const stores = await openMemoryStores();
  await importSp500(stores);
  const run = await createRun(sp500Spec(), stores);
  expect(await findRunOrSweep("latest", stores)).toMatchObject({ kind: "run", run: { runId: run.runId } });
  // One is created on 2026-01-05 at nine, as the run is: of equals it is the sweep.
  const sweep = await storeSweep(small, stores);
  expect(await findRunOrSweep("latest", stores)).toMatchObject({ kind: "sweep", sweep: { sweepId: sweep.sweepId } });
});

test("a run and a sweep are found by their beginnings, and who mistypes is told of both", async () => {
  const stores = await openMemoryStores();
  await importSp500(stores);
  const { runId } = await createRun(sp500Spec(), stores);
  await attempt(runId, stores);
  await storeSweep(small, stores);
  expect((await findRunOrSweep("sp500", stores)).kind).toBe("run");
  expect((await findRunOrSweep("inv", stores)).kind).toBe("sweep");
  await expect(findRunOrSweep("invanted-1a2b3c4d", stores)).rejects.toThrow(
    /Run .*\nSweep .*Did you mean invented-1a2b3c4d\?/,
  );
});
