import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Answer, openServedApi, problemLike, runLike, type ServedApi, slowSpec, smaSpec } from "./served-api.ts";

let api: ServedApi;
beforeAll(async () => {
  api = await openServedApi();
});
afterAll(() => api.close());

const facts = z.object({ facts: z.array(z.record(z.string(), z.unknown())), next: z.string().nullable() });
const points = z.object({
  points: z.array(z.object({ bar: z.int(), equity: z.number() })),
  next: z.string().nullable(),
});
const runList = z.object({ runs: z.array(runLike), next: z.string().nullable() });

function run({ body }: Answer): z.output<typeof runLike> {
  return runLike.parse(body);
}

async function completed(spec: object): Promise<string> {
  const { runId } = run(await api.ask("POST", "/runs", spec));
  expect(await api.finished(runId)).toMatchObject({ status: "completed" });
  return runId;
}

test("a spec is computed, and its equal is answered from what exists", async () => {
  const first = await api.ask("POST", "/runs", smaSpec(1));
  expect([first.status, first.body]).toMatchObject([201, { answeredFrom: "new", how: "worker" }]);
  const document = await api.finished(run(first).runId);
  expect(document).toMatchObject({ status: "completed", lanes: [{ metrics: { bars: 3_000 } }] });
  const second = await api.ask("POST", "/runs", { spec: smaSpec(1) });
  expect([second.status, second.body]).toMatchObject([
    200,
    { answeredFrom: "existing", runId: document.runId, resultDigest: document.resultDigest },
  ]);
});

test("an equal run is computed again when a fresh one is asked for, with the same digest", async () => {
  const runId = await completed(smaSpec(2));
  const again = await api.ask("POST", "/runs", { spec: smaSpec(2), fresh: true });
  expect([again.status, run(again).runId === runId]).toEqual([201, false]);
  const [one, two] = [await api.finished(runId), await api.finished(run(again).runId)];
  expect(two.resultDigest).toBe(one.resultDigest);
});

test("the result is that of the document", async () => {
  const runId = await completed(smaSpec(3));
  const [document, result] = [await api.finished(runId), await api.ask("GET", `/runs/${runId}/result`)];
  expect(result.body).toMatchObject({ runId, resultDigest: document.resultDigest, lanes: [{ params: { fast: 3 } }] });
});

test("pages of facts put together are all facts", async () => {
  const runId = await completed(smaSpec(4));
  for (const kind of ["trades", "fills"]) {
    const whole = facts.parse((await api.ask("GET", `/runs/${runId}/${kind}?limit=10000`)).body);
    expect(whole.facts.length).toBeGreaterThan(100);
    const paged: unknown[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const page = facts.parse((await api.ask("GET", `/runs/${runId}/${kind}?limit=37${query}`)).body);
      expect(page.facts.length).toBeLessThanOrEqual(37);
      paged.push(...page.facts);
      cursor = page.next;
    }
    expect(paged).toEqual(whole.facts);
  }
});

test("pages of the facts of several lanes, or of one of them, put together are all facts", async () => {
  const strategy = { name: "sma-cross", params: { slow: 9 }, lanes: [{ fast: 3 }, { fast: 4 }, { fast: 5 }] };
  const runId = await completed(smaSpec(5, { strategy }));
  const all = facts.parse((await api.ask("GET", `/runs/${runId}/trades?limit=10000`)).body).facts;
  expect(all.length).toBeGreaterThan(150);
  for (const query of ["limit=7", "lane=1&limit=50"]) {
    const paged: unknown[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const from: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const page = facts.parse((await api.ask("GET", `/runs/${runId}/trades?${query}${from}`)).body);
      paged.push(...page.facts);
      cursor = page.next;
    }
    expect(paged).toEqual(query === "limit=7" ? all : all.filter(({ lane }) => lane === 1));
  }
});

test("pages of the equity curve put together are a point for every bar, the last one after the close", async () => {
  const runId = await completed(
    smaSpec(6, { execution: { closeAtEnd: true, commission: { kind: "fixed", amount: 3 } } }),
  );
  const document = z
    .looseObject({ lanes: z.tuple([z.object({ metrics: z.looseObject({ finalEquity: z.number() }) })]) })
    .parse((await api.ask("GET", `/runs/${runId}`)).body);
  const curve: { bar: number; equity: number }[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const page = points.parse((await api.ask("GET", `/runs/${runId}/equity?limit=700${query}`)).body);
    curve.push(...page.points);
    cursor = page.next;
  }
  expect(curve.map(({ bar }) => bar)).toEqual(Array.from({ length: 3_000 }, (_, bar) => bar));
  expect(curve.at(-1)?.equity).toBe(document.lanes[0].metrics.finalEquity);
});

test("runs are listed newest first, by page, and filtered by strategy and status", async () => {
  const ids = [await completed(smaSpec(7)), await completed(smaSpec(8)), await completed(smaSpec(9))];
  const first = runList.parse((await api.ask("GET", "/runs?strategy=sma-cross&status=completed&limit=2")).body);
  expect(first.runs.map(({ runId }) => runId)).toEqual([ids[2], ids[1]]);
  const second = runList.parse(
    (await api.ask("GET", `/runs?strategy=sma-cross&status=completed&limit=2&cursor=${first.next}`)).body,
  );
  expect(second.runs[0]?.runId).toBe(ids[0]);
  expect((await api.ask("GET", "/runs?to=2001-01-01")).body).toMatchObject({ runs: [], next: null });
});

test("segments come in order, by page", async () => {
  const runId = await completed(smaSpec(10));
  const { body } = await api.ask("GET", `/runs/${runId}/segments?limit=4`);
  expect(body).toMatchObject({ segments: [{ startBar: 0, endBar: 500 }, {}, {}, { endBar: 2_000 }] });
});

test("the report is a page that may do nothing but show itself", async () => {
  const runId = await completed(smaSpec(11));
  const report = await api.ask("GET", `/runs/${runId}/report`);
  expect(report.headers.get("Content-Type")).toMatch(/^text\/html/);
  expect(report.headers.get("Content-Security-Policy")).toContain("sandbox");
  expect(report.text).toContain(`from run ${runId}`);
});

test("a run is cancelled with a checkpoint and goes on from it to the digest of an uninterrupted one", async () => {
  const uncut = await api.finished(run(await api.ask("POST", "/runs", slowSpec(20, 1))).runId);
  expect(uncut.status).toBe("completed");
  const { runId } = run(await api.ask("POST", "/runs", slowSpec(20)));
  expect((await api.ask("POST", `/runs/${runId}/cancel`)).status).toBe(202);
  expect(await api.finished(runId)).toMatchObject({ status: "cancelled", reason: { name: "Cancelled" } });
  const resumed = await api.ask("POST", `/runs/${runId}/resume`, {});
  expect([resumed.status, resumed.body]).toMatchObject([202, { how: "worker", status: "resuming" }]);
  expect(await api.finished(runId)).toMatchObject({ status: "completed", timing: { attempts: 2 } });
});

test("a forced cancel does not wait for a checkpoint", async () => {
  const { runId } = run(await api.ask("POST", "/runs", slowSpec(21, 2_000_000)));
  const cancelled = await api.ask("POST", `/runs/${runId}/cancel`, { force: true });
  expect([cancelled.status, run(cancelled).status]).toEqual([200, "cancelled"]);
});

test("of two resumes at once one goes on and the other is told that it does", async () => {
  const { runId } = run(await api.ask("POST", "/runs", slowSpec(22)));
  await api.ask("POST", `/runs/${runId}/cancel`, { force: true });
  const answers = await Promise.all([1, 2].map(() => api.ask("POST", `/runs/${runId}/resume`)));
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
  await api.ask("POST", `/runs/${runId}/cancel`, { force: true });
});

test("a completed run is neither resumed nor cancelled", async () => {
  const runId = await completed(smaSpec(23));
  for (const action of ["resume", "cancel"]) {
    const { status, body } = await api.ask("POST", `/runs/${runId}/${action}`);
    expect([status, problemLike.parse(body).type]).toEqual([409, "urn:backstitch:problem:run-completed"]);
  }
});

test("a fork follows the new spec from the checkpoint on", async () => {
  const runId = await completed(smaSpec(24));
  const fork = await api.ask("POST", `/runs/${runId}/fork`, {
    sequence: 2,
    set: { "strategy.params.fast": 5 },
    name: "what if",
  });
  expect([fork.status, fork.body]).toMatchObject([201, { name: "what if", origin: { kind: "fork", runId } }]);
  const forked = await api.finished(run(fork).runId);
  expect(forked).toMatchObject({ status: "completed", timing: { inheritedSegments: 2, segments: 4 } });
});

test("a fork that is not to start waits for a resume", async () => {
  const runId = await completed(smaSpec(25));
  const fork = await api.ask("POST", `/runs/${runId}/fork`, { checkpoint: `${runId}@1`, start: false });
  expect(run(fork).status).toBe("queued");
  expect((await api.ask("POST", `/runs/${run(fork).runId}/resume`)).status).toBe(202);
  expect((await api.finished(run(fork).runId)).status).toBe("completed");
});

test("an extension goes on over later bars", async () => {
  const runId = await completed(smaSpec(26, { data: { snapshot: "bars", to: "2020-01-02" } }));
  const extended = await api.ask("POST", `/runs/${runId}/extend`, { remove: ["data.to"] });
  expect([extended.status, extended.body]).toMatchObject([201, { origin: { kind: "extend", runId } }]);
  const whole = await completed(smaSpec(26));
  const [one, two] = [await api.finished(run(extended).runId), await api.finished(whole)];
  expect(one.resultDigest).toBe(two.resultDigest);
});

test("a second extension of a run goes on with the first one while that is unfinished", async () => {
  const runId = await completed(smaSpec(29, { data: { snapshot: "bars", to: "2020-01-02" } }));
  const extend = (start: boolean) => api.ask("POST", `/runs/${runId}/extend`, { remove: ["data.to"], start });
  const first = await extend(false);
  expect([first.status, run(first).status]).toEqual([201, "queued"]);
  const [looked, begun] = [await extend(false), await extend(true)];
  const { runId: extension } = run(first);
  expect(looked).toMatchObject({
    status: 202,
    body: { runId: extension, answeredFrom: "unfinished", status: "queued", how: null },
  });
  expect(begun).toMatchObject({ status: 202, body: { runId: extension, answeredFrom: "unfinished" } });
  expect(await api.finished(extension)).toMatchObject({ status: "completed" });
  expect(await extend(true)).toMatchObject({ status: 200, body: { runId: extension, answeredFrom: "existing" } });
});

test("a deleted run is gone", async () => {
  const runId = await completed(smaSpec(27));
  expect((await api.ask("DELETE", `/runs/${runId}`)).body).toEqual({ removed: [runId] });
  expect((await api.ask("GET", `/runs/${runId}`)).status).toBe(404);
});

test("a running run is not deleted", async () => {
  const { runId } = run(await api.ask("POST", "/runs", slowSpec(28)));
  const { status, body } = await api.ask("DELETE", `/runs/${runId}`);
  expect([status, problemLike.parse(body).type]).toEqual([409, "urn:backstitch:problem:run-busy"]);
  await api.ask("POST", `/runs/${runId}/cancel`, { force: true });
});
