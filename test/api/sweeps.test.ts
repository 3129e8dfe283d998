import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { openServedApi, problemLike, type ServedApi, slowSpec, smaSpec } from "./served-api.ts";

let api: ServedApi;
beforeAll(async () => {
  api = await openServedApi();
});
afterAll(() => api.close());

const sweepLike = z.looseObject({ sweepId: z.string(), status: z.string(), resultDigest: z.string().nullable() });
const eventsLike = z.looseObject({ done: z.boolean(), position: z.string() });
const lanesLike = z.object({ lanes: z.array(z.looseObject({ lane: z.int() })), next: z.string().nullable() });

/** Four parameter sets over two windows of "bars". */
function gridSpec(seed: number, change: object = {}): object {
  return {
    name: "grid",
    tags: ["tried"],
    base: smaSpec(seed),
    space: { fast: [3, 5], slow: [9, 12] },
    windows: { kind: "rolling", inSample: "1000 bars", outOfSample: "500 bars", step: "1000 bars" },
    objective: "finalEquity",
    ...change,
  };
}

async function start(spec: object) {
  return sweepLike.parse((await api.ask("POST", "/sweeps", spec)).body);
}

async function finished(sweepId: string) {
  let after = "none";
  for (let tries = 0; tries < 100; tries++) {
    const { done, position } = eventsLike.parse(
      (await api.ask("GET", `/sweeps/${sweepId}/events?wait=2&after=${after}`)).body,
    );
    if (done) return sweepLike.parse((await api.ask("GET", `/sweeps/${sweepId}`)).body);
    after = position;
  }
  throw new Error(`Sweep ${sweepId} did not end.`);
}

test("a sweep is computed, and the same spec is answered from it", async () => {
  const { sweepId } = await start(gridSpec(1));
  const ended = await finished(sweepId);
  expect(ended).toMatchObject({ status: "completed", best: { window: 1 }, stitched: { capital: "chained" } });
  expect(ended.lanes).toHaveLength(8);
  const again = await api.ask("POST", "/sweeps", gridSpec(1));
  expect([again.status, again.body]).toMatchObject([
    200,
    { sweepId, answeredFrom: "existing", resultDigest: ended.resultDigest },
  ]);
});

test("a sweep's table and windows come in pages", async () => {
  const { sweepId } = await start(gridSpec(1));
  const first = lanesLike.parse((await api.ask("GET", `/sweeps/${sweepId}/lanes?limit=3`)).body);
  const second = lanesLike.parse((await api.ask("GET", `/sweeps/${sweepId}/lanes?limit=3&cursor=${first.next}`)).body);
  const third = lanesLike.parse((await api.ask("GET", `/sweeps/${sweepId}/lanes?limit=3&cursor=${second.next}`)).body);
  const lanes = [first, second, third].flatMap((page) => page.lanes.map(({ lane }) => lane));
  expect([lanes, third.next]).toEqual([[0, 1, 2, 3, 0, 1, 2, 3], null]);
  expect(lanesLike.parse((await api.ask("GET", `/sweeps/${sweepId}/lanes?window=1`)).body).lanes).toHaveLength(4);
  expect((await api.ask("GET", `/sweeps/${sweepId}/windows?limit=1`)).body).toMatchObject({ windows: [{ index: 0 }] });
});

test("the stitched record comes in pages: equity bar by bar, and trades with exact amounts", async () => {
  const { sweepId } = await start(gridSpec(1));
  await finished(sweepId);
  const { body: sweep } = await api.ask("GET", `/sweeps/${sweepId}?lanes=false`);
  const { stitched } = z.looseObject({ stitched: z.object({ points: z.int(), trades: z.int() }) }).parse(sweep);
  const points = await everyPage(`/sweeps/${sweepId}/equity`, "points", 300);
  expect(points).toHaveLength(stitched.points);
  expect(points.map(({ bar }) => bar)).toEqual(
    [1_000, 2_000].flatMap((bar) => Array.from({ length: 500 }, (_, i) => bar + i)),
  );
  const trades = await everyPage(`/sweeps/${sweepId}/trades`, "facts", 2);
  expect(trades).toHaveLength(stitched.trades);
  expect(trades[0]).toMatchObject({
    window: 0,
    instrument: "X",
    netProfit: expect.stringMatching(/^-?\d+(\.\d+)?$/),
  });
});

/** Every row of a paged list. */
async function everyPage(path: string, field: string, limit: number) {
  const rows: Record<string, unknown>[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { body } = await api.ask("GET", `${path}?limit=${limit}${cursor && `&cursor=${cursor}`}`);
    const page = z
      .object({ [field]: z.array(z.record(z.string(), z.unknown())), next: z.string().nullable() })
      .parse(body);
    rows.push(...(page[field] as Record<string, unknown>[]));
    cursor = page.next as string | null;
  }
  return rows;
}

test("a sweep's table may be left out", async () => {
  const { sweepId } = await start(gridSpec(1));
  expect((await api.ask("GET", `/sweeps/${sweepId}?lanes=false`)).body).toMatchObject({
    best: { window: 1 },
    lanes: [],
  });
});

test("sweeps are found by tag, strategy, date and what came out", async () => {
  const { sweepId } = await start(gridSpec(1));
  for (const [query, found] of [
    ["tag=tried", [sweepId]],
    ["tag=other", []],
    ["strategy=sma-cross&status=completed", [sweepId]],
    ["to=2001-01-01", []],
    ["metric=finalEquity%3E1", [sweepId]],
    ["metric=finalEquity%3C1", []],
  ] as const) {
    const { body } = await api.ask("GET", `/sweeps?${query}`);
    expect([
      query,
      z
        .looseObject({ sweeps: z.array(sweepLike) })
        .parse(body)
        .sweeps.map((s) => s.sweepId),
    ]).toEqual([query, found]);
  }
});

test("a sweep's report is a page that may do nothing here", async () => {
  const { sweepId } = await start(gridSpec(1));
  const { status, text, headers } = await api.ask("GET", `/sweeps/${sweepId}/report`);
  expect([status, text.startsWith("<!doctype html>"), headers.get("Content-Security-Policy")]).toEqual([
    200,
    true,
    expect.stringContaining("sandbox"),
  ]);
});

test("a sweep that is cancelled can be resumed, to the digest of one that was not", async () => {
  const spec = gridSpec(2, { space: { fast: { from: 2, to: 16, step: 1 }, slow: { from: 31, to: 45, step: 1 } } });
  const { sweepId } = await start(spec);
  expect((await api.ask("POST", `/sweeps/${sweepId}/resume`, {})).status).toBe(409);
  expect((await api.ask("POST", `/sweeps/${sweepId}/cancel`, { force: true })).body).toMatchObject({
    status: "cancelled",
    reason: { name: "Cancelled" },
  });
  expect((await api.ask("POST", `/sweeps/${sweepId}/resume`, {})).status).toBe(202);
  const resumed = await finished(sweepId);
  expect(resumed.status).toBe("completed");
  expect((await api.ask("DELETE", `/sweeps/${sweepId}`)).body).toEqual({ removed: [sweepId] });
  expect((await api.ask("GET", `/sweeps/${sweepId}`)).status).toBe(404);
  await start(spec);
  expect((await finished(sweepId)).resultDigest).toBe(resumed.resultDigest);
});

test("a sweep that waits for another is cancelled at once", async () => {
  const first = await start(gridSpec(3, { space: { fast: { from: 2, to: 30, step: 1 }, slow: [40, 50, 60] } }));
  const second = await start(gridSpec(4));
  expect((await api.ask("POST", `/sweeps/${second.sweepId}/cancel`)).body).toMatchObject({ status: "cancelled" });
  expect((await finished(first.sweepId)).status).toBe("completed");
});

test("what is wrong with a sweep's spec is told by field", async () => {
  for (const [change, path] of [
    [{ space: {} }, "space"],
    [{ objective: "sharp" }, "objective"],
    [{ space: { fats: [1, 2] } }, "space.fats"],
    [{ base: smaSpec(1, { data: { snapshot: "nowhere" } }) }, "base.data.snapshot"],
    [{ base: smaSpec(1, { strategy: { file: "/etc/passwd" } }) }, "base.strategy.file"],
    [{ base: smaSpec(1, { strategy: { name: "../x" } }) }, "base.strategy.name"],
    [{ windows: { kind: "rolling", inSample: "9000 bars", outOfSample: "500 bars" } }, "windows"],
  ] as const) {
    const { status, body } = await api.ask("POST", "/sweeps", gridSpec(1, change));
    expect([status, problemLike.parse(body).errors?.[0]?.path]).toEqual([400, path]);
  }
});

test("a sweep that does not exist is not found", async () => {
  expect((await api.ask("GET", "/sweeps/nobody/lanes")).status).toBe(404);
});

test("a plan tells windows, lanes, runs, time and cost, and computes no run", async () => {
  const before = (await api.stores.runs.listRuns({}, 1_000)).items.length;
  const { status, body } = await api.ask("POST", "/sweeps/plan", gridSpec(5));
  expect([status, body]).toMatchObject([
    200,
    {
      windows: [
        { inSample: [{ startBar: 0, endBar: 1_000 }], outOfSample: [{ startBar: 1_000, endBar: 1_500 }] },
        { index: 1 },
      ],
      points: 4,
      lanes: 8,
      local: { workers: 2 },
      cloud: { usage: { stateTransitions: expect.any(Number) } },
    },
  ]);
  expect((await api.stores.runs.listRuns({}, 1_000)).items.length).toBe(before);
});

test("a sweep is compared by its stitched record", async () => {
  const one = await start(gridSpec(1));
  const other = await start(gridSpec(1, { capital: "reset" }));
  await finished(other.sweepId);
  expect((await api.ask("GET", `/compare?runs=${one.sweepId},${other.sweepId}`)).body).toMatchObject({
    compared: [{ kind: "sweep" }, { kind: "sweep" }],
    differences: [{ path: expect.stringMatching(/capital$/), values: ["chained", "reset"] }],
  });
});

test("strategies of a folder are computed in sweeps", async () => {
  const base = slowSpec(6, 10);
  const { sweepId } = await start({ name: "slow", base, space: { work: [10, 20] } });
  expect(await finished(sweepId)).toMatchObject({ status: "completed", failures: {} });
});
