import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { openServedApi, runLike, type ServedApi, smaSpec } from "./served-api.ts";

let api: ServedApi;
const runIds: string[] = [];
beforeAll(async () => {
  api = await openServedApi();
  for (const seed of [1, 2, 3]) {
    const { runId } = runLike.parse((await api.ask("POST", "/runs", smaSpec(seed))).body);
    expect((await api.finished(runId)).status).toBe("completed");
    runIds.push(runId);
  }
});
afterAll(() => api.close());

const list = z.object({
  checkpoints: z.array(
    z.looseObject({ runId: z.string(), sequence: z.int(), checkpointId: z.string(), isHead: z.boolean() }),
  ),
  next: z.string().nullable(),
});

async function listed(query: string): Promise<z.output<typeof list>> {
  return list.parse((await api.ask("GET", `/checkpoints?${query}`)).body);
}

test("checkpoints of all runs come by page, runs newest first", async () => {
  const places: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page = await listed(`limit=4${cursor === "" ? "" : `&cursor=${cursor}`}`);
    expect(page.checkpoints.length).toBeLessThanOrEqual(4);
    places.push(...page.checkpoints.map(({ runId, sequence }) => `${runId}@${sequence}`));
    cursor = page.next;
  }
  const sequences = [1, 2, 3, 4, 5, 6];
  expect(places).toEqual([...runIds].reverse().flatMap((runId) => sequences.map((sequence) => `${runId}@${sequence}`)));
});

test("checkpoints are filtered by run, strategy, date and age", async () => {
  expect((await listed(`run=${runIds[0]}`)).checkpoints.length).toBe(6);
  expect((await listed("strategy=sma-cross&limit=1000")).checkpoints.length).toBe(18);
  expect((await listed("strategy=slow")).checkpoints.length).toBe(0);
  expect((await listed(`run=${runIds[0]}&strategy=slow`)).checkpoints.length).toBe(0);
  expect((await listed("to=2001-01-01")).checkpoints.length).toBe(0);
  expect((await listed("from=2001-01-01&limit=1000")).checkpoints.length).toBe(18);
  expect((await listed("olderThan=1h")).checkpoints.length).toBe(0);
});

test("the newest of a run is marked", async () => {
  const { checkpoints } = await listed(`run=${runIds[1]}`);
  expect(checkpoints.filter(({ isHead }) => isHead).map(({ sequence }) => sequence)).toEqual([6]);
});

test("a checkpoint is found by the beginning of its id and by its place", async () => {
  const [first] = (await listed(`run=${runIds[0]}`)).checkpoints;
  const byId = await api.ask("GET", `/checkpoints/${first?.checkpointId.slice(0, 12)}`);
  const byPlace = await api.ask("GET", `/checkpoints/${runIds[0]}@1`);
  expect(byPlace.body).toEqual(byId.body);
  expect(byPlace.body).toMatchObject({
    barIndex: 500,
    lanes: [{ cash: expect.any(String) }],
    state: { barIndex: 500 },
  });
});

test("the state may be left out", async () => {
  const { body } = await api.ask("GET", `/checkpoints/${runIds[0]}@1?state=false`);
  expect(body).not.toHaveProperty("state");
});

test("differences of two states are told by field", async () => {
  const { body } = await api.ask("GET", `/checkpoints/${runIds[0]}@1/differences?with=${runIds[0]}@2&limit=3`);
  expect(body).toMatchObject({ equal: false, a: { barIndex: 500 }, b: { barIndex: 1_000 }, differences: [{}, {}, {}] });
});

test("a whole run is verified as such, and a damaged one by what is damaged", async () => {
  expect((await api.ask("GET", `/runs/${runIds[2]}/verification`)).body).toMatchObject({
    ok: true,
    newestGood: { sequence: 6 },
  });
  const { runId } = runLike.parse(
    (await api.ask("POST", "/runs", smaSpec(9, { strategy: { name: "buy-and-hold" } }))).body,
  );
  await api.finished(runId);
  const [segment] = await api.stores.runs.listSegments(runId);
  await api.stores.objects.remove("parts", segment?.parts[0]?.hash ?? "");
  expect((await api.ask("GET", `/runs/${runId}/verification`)).body).toMatchObject({ ok: false, newestGood: null });
  await api.ask("DELETE", `/runs/${runId}`);
});

test("figures count checkpoints by strategy", async () => {
  const { body } = await api.ask("GET", "/checkpoints/stats");
  expect(body).toMatchObject({
    runs: 3,
    checkpoints: 18,
    byStrategy: [{ strategy: "sma-cross", runs: 3, checkpoints: 18 }],
  });
});

test("a cleanup says what it would remove, and then removes it", async () => {
  const dry = await api.ask("POST", "/checkpoints/cleanup", { keep: 4, dryRun: true });
  expect(dry.body).toMatchObject({ dryRun: true, checkpointCount: 6 });
  expect((await api.ask("POST", "/checkpoints/cleanup", { keep: 4, olderThan: "1h" })).body).toMatchObject({
    checkpointCount: 0,
  });
  expect((await api.ask("POST", "/checkpoints/cleanup", { keep: 4 })).body).toMatchObject({ checkpointCount: 6 });
  expect((await listed("limit=1000")).checkpoints.length).toBe(12);
});

test("a checkpoint that nobody needs is removed", async () => {
  const { status, body } = await api.ask("DELETE", `/checkpoints/${runIds[0]}@4`);
  expect([status, body]).toMatchObject([200, { removed: [{ runId: runIds[0], sequence: 4 }] }]);
  expect((await api.ask("GET", `/checkpoints/${runIds[0]}@4`)).status).toBe(404);
});
