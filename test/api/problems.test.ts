import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openServedApi, problemLike, runLike, type ServedApi, smaSpec } from "./served-api.ts";

let api: ServedApi;
beforeAll(async () => {
  api = await openServedApi();
});
afterAll(() => api.close());

async function problem(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
  const answer = await api.ask(method, path, body, headers);
  expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
  const parsed = problemLike.parse(answer.body);
  expect(parsed.status).toBe(answer.status);
  return { ...parsed, kind: parsed.type.replace("urn:backstitch:problem:", "") };
}

async function completed(seed: number): Promise<string> {
  const { runId } = runLike.parse((await api.ask("POST", "/runs", smaSpec(seed))).body);
  expect((await api.finished(runId)).status).toBe("completed");
  return runId;
}

test("a spec's faults are told by field", async () => {
  const spec = smaSpec(1, { execution: { commission: { kind: "percent", percent: -1 } }, stategy: {} });
  const { status, errors } = await problem("POST", "/runs", spec);
  expect([status, errors?.map(({ path }) => path)]).toEqual([400, ["execution.commission.percent", "stategy"]]);
});

test("a strategy's parameters are told by field", async () => {
  const { status, errors } = await problem(
    "POST",
    "/runs",
    smaSpec(1, { strategy: { name: "sma-cross", params: { fast: -3, slow: 9 } } }),
  );
  expect([status, errors?.[0]?.path]).toEqual([400, "strategy.params.fast"]);
});

test("the parameters of a lane are told by field", async () => {
  const strategy = { name: "sma-cross", params: { slow: 9 }, lanes: [{ fast: 3 }, { fast: "3" }] };
  expect((await problem("POST", "/runs", smaSpec(1, { strategy }))).errors?.[0]?.path).toBe("strategy.lanes.1.fast");
});

test("a snapshot that does not exist is told by field", async () => {
  const { status, errors } = await problem("POST", "/runs", smaSpec(1, { data: { snapshot: "none" } }));
  expect([status, errors?.[0]?.path]).toEqual([400, "data.snapshot"]);
});

test("a strategy that does not exist is told with a near name", async () => {
  const { status, errors } = await problem("POST", "/runs", smaSpec(1, { strategy: { name: "sma-croos" } }));
  expect([status, errors?.[0]?.path, errors?.[0]?.message]).toEqual([
    400,
    "strategy.name",
    expect.stringContaining('"sma-cross"'),
  ]);
});

test("JSON that is none is refused with the place of its fault", async () => {
  const { status, kind, detail } = await problem("POST", "/runs", '{"name": }');
  expect([status, kind]).toEqual([400, "json"]);
  expect(detail).toMatch(/^The body is not valid JSON: .*\}/);
});

test("an empty body of the type of JSON is that of a request without fields", async () => {
  const { kind } = await problem("POST", "/runs/none/resume", "", { "Content-Type": "application/json" });
  expect(kind).toBe("unknown-run");
});

test("a body that is no JSON by its type is refused", async () => {
  const { status, kind } = await problem("POST", "/runs", "name: x", { "Content-Type": "text/yaml" });
  expect([status, kind]).toEqual([415, "media-type"]);
});

test("deeply nested JSON is refused before it is parsed", async () => {
  for (const depth of [65, 100_000]) {
    const { status, kind } = await problem("POST", "/runs", "[".repeat(depth) + "]".repeat(depth));
    expect([status, kind]).toEqual([400, "json-too-deep"]);
  }
});

test("brackets in a text do not count as depth", async () => {
  expect((await problem("POST", "/runs", { name: "[".repeat(500) })).kind).toBe("spec");
});

test("a body of 10 MB is refused", async () => {
  const { status, kind } = await problem("POST", "/runs", { name: "x".repeat(10_000_000) });
  expect([status, kind]).toEqual([413, "body-too-large"]);
});

test("a body of 10 MB without a stated length is refused while it is read", async () => {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 100_000;
      controller.enqueue(new Uint8Array(100_000).fill(32));
      if (sent >= 10_000_000) controller.close();
    },
  });
  const request = { method: "POST", body, duplex: "half", headers: { "Content-Type": "application/json" } };
  const response = await fetch(`${api.url}/runs`, request as RequestInit);
  expect(response.status).toBe(413);
  await response.text();
});

test("what does not exist is not found", async () => {
  const paths = [
    "/runs/none",
    "/runs/none/trades",
    "/runs/none/events",
    "/checkpoints/abcdef",
    "/checkpoints/none@3",
    "/snapshots/none",
    "/snapshots/imports/00000000-0000-0000-0000-000000000000",
    "/strategies/none",
    "/nowhere",
  ];
  for (const path of paths) expect([path, (await problem("GET", path)).status]).toEqual([path, 404]);
});

test("a lane that a run does not have is not found", async () => {
  const runId = await completed(10);
  for (const what of ["trades", "equity", "report"])
    expect((await problem("GET", `/runs/${runId}/${what}?lane=1`)).kind).toBe("unknown-lane");
});

test("a query's faults are told by field", async () => {
  const { status, errors } = await problem("GET", "/runs?limit=0&status=done&from=yesterday");
  expect([status, errors?.map(({ path }) => path).sort()]).toEqual([400, ["from", "limit", "status"]]);
});

test("a cursor that no page returned is refused", async () => {
  const runId = await completed(11);
  for (const path of ["/runs", "/checkpoints", "/snapshots", `/runs/${runId}/trades`, `/runs/${runId}/equity`])
    expect([path, (await problem("GET", `${path}?cursor=nonsense`)).status]).toEqual([path, 400]);
});

test("a run that is not completed has no result yet", async () => {
  const runId = await completed(12);
  const fork = runLike.parse((await api.ask("POST", `/runs/${runId}/fork`, { sequence: 1, start: false })).body);
  const { status, kind } = await problem("GET", `/runs/${fork.runId}/result`);
  expect([status, kind]).toEqual([409, "run-not-completed"]);
});

test("an extension of a run that is not completed is refused", async () => {
  const runId = await completed(18);
  const fork = runLike.parse((await api.ask("POST", `/runs/${runId}/fork`, { sequence: 1, start: false })).body);
  const { status, kind, detail } = await problem("POST", `/runs/${fork.runId}/extend`);
  expect([status, kind]).toEqual([409, "branch"]);
  expect(detail).toContain(`backstitch resume ${fork.runId}`);
});

test("an extension without new bars is refused", async () => {
  const { status, kind } = await problem("POST", `/runs/${await completed(13)}/extend`);
  expect([status, kind]).toEqual([409, "branch"]);
});

test("an extension over data that is not there is refused, by field", async () => {
  const { status, kind, errors } = await problem("POST", `/runs/${await completed(13)}/extend`, { data: "nowhere" });
  expect([status, kind, errors?.[0]?.path]).toEqual([400, "unknown-snapshot", "data"]);
});

test("a checkpoint that its run goes on from stays", async () => {
  const { status, kind } = await problem("DELETE", `/checkpoints/${await completed(14)}@6`);
  expect([status, kind]).toEqual([409, "checkpoint-needed"]);
});

test("a damaged result is told as such", async () => {
  const runId = await completed(15);
  const { resultHash = "" } = (await api.stores.runs.getRun(runId)) ?? {};
  await api.stores.objects.remove("results", resultHash);
  const { status, kind, detail } = await problem("GET", `/runs/${runId}/result`);
  expect([status, kind, detail]).toEqual([422, "missing-object", expect.stringContaining(resultHash)]);
});

test("a run whose parts are damaged is not gone on with", async () => {
  const runId = await completed(16);
  const [segment] = await api.stores.runs.listSegments(runId);
  const { hash = "" } = segment?.parts[0] ?? {};
  await rm(join(api.home, "objects", "parts"), { recursive: true });
  const { status, kind, detail } = await problem("POST", `/runs/${runId}/fork`, { sequence: 3 });
  expect([status, kind, detail]).toEqual([422, "run-damaged", expect.stringContaining(hash)]);
});

test("a method that a path does not have is told with those it has", async () => {
  const { headers } = await api.ask("PATCH", "/runs");
  expect([(await problem("PATCH", "/runs")).status, headers.get("Allow")]).toEqual([405, "GET, HEAD, POST"]);
  expect((await api.ask("PUT", "/runs/some-run/resume", {})).headers.get("Allow")).toBe("POST");
});

test("a path that is none is not found, whatever the method", async () => {
  expect((await problem("DELETE", "/nowhere")).kind).toBe("no-such-route");
});
