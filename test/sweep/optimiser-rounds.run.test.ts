import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { estimateSweep } from "../../lib/cloud/estimate-sweep.ts";
import { measuredHere, usualPlace } from "../../lib/cloud/planned-place.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import { createSweep } from "../../lib/sweep/create-sweep.ts";
import { parseSweepSpec } from "../../lib/sweep/parse-sweep-spec.ts";
import type { TableRow } from "../../lib/sweep/sweep-digest.ts";
import { getDocument } from "../../lib/sweep/sweep-objects.ts";
import type { SweepResult } from "../../lib/sweep/sweep-result.ts";
import type { SweepSpecInput } from "../../lib/sweep/sweep-spec.ts";
import type { SweepRecord } from "../../lib/sweep/sweep-store.ts";
import { importSp500 } from "../report/stored-run.ts";
import { attemptSweep, completedSweep, type Place } from "./laptop-sweep.ts";

let folder: string;
let here: Place;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rounds-"));
  here = await newPlace();
});

afterAll(async () => {
  await here.stores.close();
  rmSync(folder, { recursive: true });
});

/** A home with the bars, in which nothing was computed. */
async function newPlace(): Promise<Place> {
  const home = mkdtempSync(join(folder, "home-"));
  const stores = await openLocalStores(home);
  await importSp500(stores);
  return { home, stores };
}

async function elsewhere<Answer>(work: (place: Place) => Promise<Answer>): Promise<Answer> {
  const place = await newPlace();
  try {
    return await work(place);
  } finally {
    await place.stores.close();
  }
}

const windowKinds: { readonly [name: string]: NonNullable<SweepSpecInput["windows"]> } = {
  none: { kind: "none" },
  rolling: { kind: "rolling", inSample: "300 bars", outOfSample: "150 bars" },
  cpcv: { kind: "cpcv", groups: 4, testGroups: 2 },
};

function spec(n: number, windows: SweepSpecInput["windows"], changes: Partial<SweepSpecInput> = {}): SweepSpecInput {
  return {
    name: "tpe",
    base: {
      data: { snapshot: "sp500", to: "2003-12-31" },
      strategy: { name: "sma-cross" },
      account: { cash: 100_000 },
      sizing: { kind: "fraction", fraction: 0.9, of: "equity" },
    },
    space: { fast: { from: 2, to: 40, step: 1 }, slow: { from: 41, to: 90, step: 1 } },
    windows,
    objective: "totalReturn",
    method: { kind: "tpe", n, seed: 3, round: 4, startup: 6 },
    ...changes,
  };
}

const sweep = (input: SweepSpecInput, place: Place = here): Promise<SweepResult> => completedSweep(input, place);

async function recordOf(input: SweepSpecInput, { stores }: Place = here): Promise<SweepRecord> {
  return (await createSweep(parseSweepSpec(input, "The spec"), 1_000, stores)).sweep;
}

async function tableOf({ table }: SweepResult, { stores }: Place = here): Promise<readonly TableRow[]> {
  const pieces = await Promise.all(table.map(({ hash }) => getDocument<readonly TableRow[]>(hash, stores.objects)));
  return pieces.flat();
}

const paramsIn = (rows: readonly TableRow[], window: number) =>
  rows.filter((row) => row.window === window).map(({ params }) => JSON.stringify(params));

describe.each(Object.keys(windowKinds))("an optimiser over windows of kind %s", (kind) => {
  const windows = windowKinds[kind];

  test("has 8 trials, and 8 more with an interruption in every round, as the 16 of one go", async () => {
    const whole = await sweep(spec(16, windows));
    const cut = await elsewhere(async (place) => {
      await sweep(spec(8, windows), place);
      let most = 1;
      for (let attempts = 1; attempts <= 30; attempts++) {
        const stop = new AbortController();
        // Stopped as soon as there are some more results than any attempt before had.
        const before = most;
        const onProgress = ({ lanesDone, lanesTotal }: { readonly lanesDone: number; readonly lanesTotal: number }) => {
          most = Math.max(most, lanesDone);
          if (lanesDone >= before + lanesTotal / 8) stop.abort();
        };
        const end = await attemptSweep(spec(16, windows), place, { workers: 1, onProgress, stop: stop.signal });
        if (end.kind === "completed") return { attempts, result: end.result };
      }
      throw new Error("30 attempts did not finish it.");
    });
    expect(cut.result.resultDigest).toBe(whole.resultDigest);
    expect(cut.attempts).toBeGreaterThan(1);
  });

  test("counts a row for each trial in each in-sample range", async () => {
    const result = await sweep(spec(16, windows));
    const { counts } = await recordOf(spec(16, windows));
    const ranges = result.windows.reduce((sum, { inSample }) => sum + inSample.ranges.length, 0);
    expect([counts.total, counts.completed, result.counts.rows]).toEqual(Array(3).fill(16 * ranges));
    expect(await tableOf(result)).toHaveLength(16 * ranges);
  });
});

test("windows draw numbers of their own, and each learns from its own trials", async () => {
  const rows = await tableOf(await sweep(spec(16, windowKinds.rolling)));
  expect(paramsIn(rows, 0)).toHaveLength(16);
  expect(new Set([...paramsIn(rows, 0), ...paramsIn(rows, 1)]).size).toBeGreaterThan(24);
});

test("a window's trials and winner are those of the window alone", async () => {
  const result = await sweep(spec(16, windowKinds.rolling));
  const [first] = result.windows;
  const dates = (side: "inSample" | "outOfSample") => {
    const [range] = first?.[side].ranges ?? [];
    const day = (timeMs = 0) => new Date(timeMs).toISOString();
    return { from: day(range?.firstTimeMs), to: day(range?.lastTimeMs) };
  };
  const alone = await sweep(
    spec(16, { kind: "list", list: [{ inSample: dates("inSample"), outOfSample: dates("outOfSample") }] }),
  );
  expect(alone.windows[0]?.best?.params).toEqual(first?.best?.params);
  expect(paramsIn(await tableOf(alone), 0).sort()).toEqual(paramsIn(await tableOf(result), 0).sort());
});

test("the winner of every window is the best of its own rows", async () => {
  const result = await sweep(spec(16, windowKinds.rolling));
  const rows = await tableOf(result);
  for (const { index, best } of result.windows) {
    const values = rows
      .filter((row) => row.window === index)
      .map((row) => ("metrics" in row ? (row.metrics as { readonly totalReturn: number }).totalReturn : 0));
    expect(best?.value).toBe(Math.max(...values));
  }
});

test("a lane has the same parameters in every window that tries it", async () => {
  const rows = await tableOf(
    await sweep(spec(30, windowKinds.rolling, { space: { fast: [5, 10, 20], slow: [50, 60, 70] } })),
  );
  const params = new Map(rows.map((row) => [row.lane, JSON.stringify(row.params)]));
  expect(rows.map(({ lane }) => params.get(lane))).toEqual(rows.map((row) => JSON.stringify(row.params)));
  expect([...params.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test("the answer says what it means that the trials were chosen by one another", async () => {
  const { overfitting } = await sweep(spec(16, windowKinds.rolling));
  expect(overfitting.sentences.join(" ")).toContain("An optimiser chose the 16 parameter sets");
});

test("an optimiser that is refused leaves no sweep behind", async () => {
  const refused = spec(16, windowKinds.rolling, { name: "refused", where: ["fast > slow"] });
  await expect(recordOf(refused)).rejects.toThrow("where: no point of the space meets");
  const { items } = await here.stores.sweeps.listSweeps({}, 100);
  expect(items.map(({ name }) => name)).not.toContain("refused");
});

test("a plan counts a run for every round of every window", async () => {
  const places = { place: usualPlace, measuredOn: measuredHere("this machine"), workers: 2 };
  const written = parseSweepSpec(spec(16, windowKinds.rolling), "The spec");
  const { windows, points, lanes, cloud } = await estimateSweep(written, places, here.stores);
  expect([points, lanes, cloud.items]).toEqual([16, 16 * windows.length, 4 * windows.length]);
});
