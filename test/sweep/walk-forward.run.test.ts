import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { estimateSweep } from "../../lib/cloud/estimate-sweep.ts";
import { measuredHere, usualPlace } from "../../lib/cloud/planned-place.ts";
import { runBacktest } from "../../lib/local/run-backtest.ts";
import type { RunSweepOptions } from "../../lib/local/run-sweep.ts";
import { findSnapshot } from "../../lib/market/find-snapshot.ts";
import { openSnapshot } from "../../lib/market/open-snapshot.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import { changeSweep, SweepSupersededError } from "../../lib/sweep/change-sweep.ts";
import { createSweep } from "../../lib/sweep/create-sweep.ts";
import { parseSweepSpec } from "../../lib/sweep/parse-sweep-spec.ts";
import type { SweepResult } from "../../lib/sweep/sweep-result.ts";
import type { SweepSpecInput } from "../../lib/sweep/sweep-spec.ts";
import { importSp500 } from "../report/stored-run.ts";
import { attemptSweep, completedSweep, type Place } from "./laptop-sweep.ts";

const fasts = [10, 20, 30];
const slows = [50, 60, 70];
let home: string;
let stores: Stores;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "sweep-"));
  stores = await openLocalStores(home);
  await importSp500(stores);
});

afterAll(async () => {
  await stores.close();
  rmSync(home, { recursive: true });
});

const base = {
  data: { snapshot: "sp500", to: "2005-12-30" },
  strategy: { name: "sma-cross" },
  account: { cash: 100_000 },
  sizing: { kind: "fraction", fraction: 0.9, of: "equity" },
  execution: { commission: { kind: "percent", percent: 0.1 } },
} as const;

function spec(changes: Partial<SweepSpecInput>): SweepSpecInput {
  return {
    name: "walk",
    base,
    space: { fast: fasts, slow: slows },
    windows: { kind: "rolling", inSample: "500 bars", outOfSample: "125 bars" },
    objective: "totalReturn",
    ...changes,
  };
}

const sweep = (
  input: SweepSpecInput,
  changes: Partial<RunSweepOptions> = {},
  place: Place = { home, stores },
): Promise<SweepResult> => completedSweep(input, place, changes);

/** Another home with the same bars, in which nothing was computed. */
async function elsewhere<Answer>(work: (place: Place) => Promise<Answer>): Promise<Answer> {
  const folder = mkdtempSync(join(home, "elsewhere-"));
  const other = await openLocalStores(folder);
  try {
    await importSp500(other);
    return await work({ home: folder, stores: other });
  } finally {
    await other.close();
  }
}

/** Single runs, chosen and chained by hand. */
async function byHand(capital: "chained" | "reset") {
  const snapshot = openSnapshot(await findSnapshot("sp500", stores.snapshots), stores.objects);
  const all = await snapshot.read(0, snapshot.barCount);
  const endBar = all.openTimeMs.findLastIndex((timeMs) => timeMs <= Date.UTC(2005, 11, 30)) + 1;
  const run = async (startBar: number, end: number, params: object, cash: number) =>
    runBacktest(
      { ...base, data: {}, strategy: { name: "sma-cross", params: { ...params } }, account: { cash } },
      { bars: await snapshot.read(startBar, end), timeframe: "1d" },
    );
  let cash = 100_000;
  const windows: { params: object; inSample: number; outOfSample: number }[] = [];
  for (let start = 0; start + 625 <= endBar; start += 125) {
    let best: { params: { fast: number; slow: number }; value: number } | undefined;
    for (const fast of fasts)
      for (const slow of slows) {
        const value = (await run(start, start + 500, { fast, slow }, 100_000)).metrics.totalReturn;
        if (best === undefined || value > best.value) best = { params: { fast, slow }, value };
      }
    if (best === undefined) throw new Error("There is a best.");
    const judged = await run(start + 500, start + 625, best.params, cash);
    windows.push({ params: best.params, inSample: best.value, outOfSample: judged.metrics.finalEquity });
    if (capital === "chained") cash = judged.metrics.finalEquity;
  }
  return windows;
}

const essence = ({ windows }: SweepResult) =>
  windows.map(({ best, inSample, outOfSample }) => {
    if (best === null) throw new Error("Every window has a best.");
    const { fast, slow } = best.params as { fast: number; slow: number };
    return {
      params: { fast, slow },
      inSample: inSample.metrics?.totalReturn,
      outOfSample: outOfSample.metrics?.finalEquity,
    };
  });

test("rolling windows with chained capital equal a loop of single runs", async () => {
  expect(essence(await sweep(spec({ capital: "chained" })))).toEqual(await byHand("chained"));
});

test("rolling windows with capital reset equal a loop of single runs", async () => {
  expect(essence(await sweep(spec({ capital: "reset" })))).toEqual(await byHand("reset"));
});

test("the stitched record of chained windows ends with the equity of the last window", async () => {
  const result = await sweep(spec({ capital: "chained", topK: 2 }));
  expect(result.stitched?.metrics.finalEquity).toBe(result.windows.at(-1)?.outOfSample.metrics?.finalEquity);
});

test("the digest does not depend on how lanes are packed into runs", async () => {
  const packed = spec({ name: "packed", base: { ...base, seed: 1 } });
  // 50 lane-bars a second and ten seconds are one lane of 500 bars.
  const single = await elsewhere((place) => sweep(packed, { laneBarsPerSecond: 50, workers: 1 }, place));
  expect((await sweep(packed)).resultDigest).toBe(single.resultDigest);
});

test("a sweep that is stopped and resumed gives the digest of one that was not", async () => {
  const stopped = spec({ name: "stopped", base: { ...base, seed: 2 } });
  const resumed = await elsewhere(async (place) => {
    const stop = new AbortController();
    const onProgress = ({ lanesDone }: { readonly lanesDone: number }) => {
      if (lanesDone >= 5) stop.abort();
    };
    const options = { laneBarsPerSecond: 50, workers: 1 };
    const end = await attemptSweep(stopped, place, { ...options, onProgress, stop: stop.signal });
    expect(end.kind).toBe("stopped");
    return sweep(stopped, options, place);
  });
  expect(resumed.resultDigest).toBe((await sweep(stopped)).resultDigest);
});

test("a process that another one has taken the sweep over from cannot end it", async () => {
  const input = spec({ name: "taken", base: { ...base, seed: 3 } });
  const { sweep: created } = await createSweep(parseSweepSpec(input, "The spec"), 1_000, stores);
  let takeover: Promise<unknown> | undefined;
  const onProgress = () => {
    takeover ??= changeSweep(created.sweepId, (stored) => ({ ...stored, attempt: stored.attempt + 1 }), stores.sweeps);
  };
  await expect(attemptSweep(input, { home, stores }, { onProgress })).rejects.toThrow(SweepSupersededError);
  await takeover;
  expect(await stores.sweeps.getSweep(created.sweepId)).toMatchObject({ status: "running", attempt: 2 });
});

test("values added to a finished sweep are all that is computed", async () => {
  await sweep(spec({ windows: { kind: "none" } }));
  const wider = spec({ windows: { kind: "none" }, space: { fast: [...fasts, 40], slow: slows } });
  await sweep(wider);
  const { sweep: stored } = await createSweep(parseSweepSpec(wider, "The spec"), 3_000, stores);
  expect(stored.counts).toEqual({ total: 12, cached: 9, completed: 12, failed: 0 });
});

test("bars added to the data leave the windows before them known", async () => {
  const changed = (to: string) => spec({ name: "longer", base: { ...base, seed: 7, data: { ...base.data, to } } });
  await sweep(changed("2004-06-30"));
  const { sweep: longer } = await createSweep(parseSweepSpec(changed("2005-01-31"), "The spec"), 4_000, stores);
  const before = (await sweep(changed("2004-06-30"))).windows.length;
  await sweep(changed("2005-01-31"));
  expect((await stores.sweeps.getSweep(longer.sweepId))?.counts.cached).toBe(9 * before);
});

test("a parameter set that the strategy refuses fails alone, with its parameters", async () => {
  const result = await sweep(
    spec({ name: "refused", space: { fast: [10, 80], slow: [50] }, windows: { kind: "none" } }),
  );
  expect(result.failedLanes).toMatchObject([{ lane: 1, params: { fast: 80, slow: 50 } }]);
});

test("lanes are counted as the table's rows, of which a window of cross-validation has several for each", async () => {
  const input = spec({ name: "counted", windows: { kind: "cpcv", groups: 4, testGroups: 2 } });
  const result = await sweep(input);
  const { sweep: stored } = await createSweep(parseSweepSpec(input, "The spec"), 1_000, stores);
  const ranges = result.windows.reduce((sum, { inSample }) => sum + inSample.ranges.length, 0);
  expect(ranges).toBeGreaterThan(result.windows.length);
  expect(stored.counts).toEqual({ total: 9 * ranges, cached: 0, completed: 9 * ranges, failed: 0 });
  expect(result.counts).toEqual({ points: 9, rows: 9 * ranges, failedRows: 0 });
  const places = { place: usualPlace, measuredOn: measuredHere("this machine"), workers: 2 };
  expect(await estimateSweep(parseSweepSpec(input, "The spec"), places, stores)).toMatchObject({ lanes: 9 * ranges });
});
