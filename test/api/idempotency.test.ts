import { afterAll, beforeAll, expect, test } from "vitest";
import { buildApi } from "../../lib/api/build-api.ts";
import { openLocalApi } from "../../lib/local/open-local-api.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { openServedApi, problemLike, runLike, type ServedApi, slowSpec, smaSpec } from "./served-api.ts";

let api: ServedApi;
beforeAll(async () => {
  api = await openServedApi();
});
afterAll(() => api.close());

test("a repeat of a request with its key has one effect and the same answer", async () => {
  const request = { spec: smaSpec(1), fresh: true };
  const first = await api.ask("POST", "/runs", request, { "Idempotency-Key": "one" });
  const second = await api.ask("POST", "/runs", request, { "Idempotency-Key": "one" });
  expect([first.headers.get("Idempotent-Replayed"), second.headers.get("Idempotent-Replayed")]).toEqual([null, "true"]);
  expect([second.status, second.text]).toEqual([first.status, first.text]);
  expect((await api.stores.runs.listRuns({}, 10)).items.length).toBe(1);
});

test("requests with the same key at the same time have one effect", async () => {
  const before = (await api.stores.runs.listRuns({}, 100)).items.length;
  const request = { spec: smaSpec(2), fresh: true };
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => api.ask("POST", "/runs", request, { "Idempotency-Key": "two" })),
  );
  expect(answers.map(({ status }) => status).every((status) => status === 201 || status === 409)).toBe(true);
  expect((await api.stores.runs.listRuns({}, 100)).items.length).toBe(before + 1);
});

test("a key is refused for another request", async () => {
  await api.ask("POST", "/runs", smaSpec(3), { "Idempotency-Key": "three" });
  const { status, body } = await api.ask("POST", "/runs", smaSpec(4), { "Idempotency-Key": "three" });
  expect([status, problemLike.parse(body).type]).toEqual([422, "urn:backstitch:problem:idempotency-key-reused"]);
});

test("a request that was refused may be sent again with its key", async () => {
  const { runId } = runLike.parse((await api.ask("POST", "/runs", slowSpec(5))).body);
  const resume = () => api.ask("POST", `/runs/${runId}/resume`, {}, { "Idempotency-Key": "five" });
  expect((await resume()).status).toBe(409);
  await api.ask("POST", `/runs/${runId}/cancel`, { force: true });
  expect((await resume()).status).toBe(202);
  await api.ask("POST", `/runs/${runId}/cancel`, { force: true });
});

test("a key that is none is refused", async () => {
  for (const key of ["a b", "x".repeat(256)])
    expect((await api.ask("POST", "/runs", smaSpec(6), { "Idempotency-Key": key })).status).toBe(400);
});

test("a key is its caller's own", async () => {
  const stores = await openMemoryStores();
  const onFault = (error: unknown) => {
    throw error;
  };
  const { deps } = await openLocalApi({
    home: "nowhere",
    stores,
    concurrency: 1,
    strategiesFolder: undefined,
    version: "0",
    onFault,
  });
  const identify = (request: Request) => ({ id: request.headers.get("X-Who") ?? "" });
  const limits = { bodyBytes: 10_000, answerBytes: 10_000, workMs: 1_000 };
  const app = buildApi({ ...deps, identify, limits, canStream: false });
  const cleanUp = async (who: string, keep: number) => {
    const headers = { "X-Who": who, "Idempotency-Key": "same", "Content-Type": "application/json" };
    return app.request("/checkpoints/cleanup", { method: "POST", headers, body: JSON.stringify({ keep }) });
  };
  expect((await cleanUp("ann", 3)).status).toBe(200);
  const bobs = await cleanUp("bob", 4);
  expect([bobs.status, bobs.headers.get("Idempotent-Replayed")]).toEqual([200, null]);
  expect((await cleanUp("ann", 4)).status).toBe(422);
});
