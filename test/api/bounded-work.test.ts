import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { buildApi } from "../../lib/api/build-api.ts";
import { remoteCheckpoints } from "../../lib/cloud/remote-checkpoints.ts";
import { openLocalApi } from "../../lib/local/open-local-api.ts";
import { verifyRun } from "../../lib/run/verify-run.ts";
import { newRun } from "../stores/run-records.builder.ts";
import { openServedApi, runLike, type ServedApi, smaSpec } from "./served-api.ts";

let api: ServedApi;
let runId: string;
let hurried: Awaited<ReturnType<typeof openHurriedApi>>;
beforeAll(async () => {
  api = await openServedApi();
  runId = runLike.parse((await api.ask("POST", "/runs", smaSpec(1))).body).runId;
  await api.finished(runId);
  for (let i = 0; i < 120; i++) await api.stores.runs.createRun(newRun({ runId: `queued-${i}`, createdAtMs: i }));
  hurried = await openHurriedApi();
});
afterAll(() => api.close());

/** The API over the same stores, with no time left once it has done one thing; as a client uses it, and counting its answers. */
async function openHurriedApi() {
  const { stores, home } = api;
  const onFault = (error: unknown) => {
    throw error;
  };
  const { deps } = await openLocalApi({
    home,
    stores,
    concurrency: 1,
    strategiesFolder: undefined,
    version: "0",
    onFault,
  });
  const limits = { bodyBytes: 10_000, answerBytes: 1_000_000, workMs: 0 };
  const app = buildApi({ ...deps, identify: () => ({ id: "me" }), limits, canStream: false });
  const counted = { answers: 0, get, post: (path: string, body: object = {}) => send(path, "POST", body), app };
  return counted;

  function get(path: string, query: { readonly [name: string]: unknown } = {}): Promise<unknown> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
    return send(`${path}?${search}`, "GET");
  }

  async function send(path: string, method: string, body?: object): Promise<unknown> {
    counted.answers++;
    const sent =
      body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    const response = await app.request(path, { method, ...sent });
    expect(response.status).toBe(200);
    return response.json();
  }
}

/** What a client of the hurried API learns, and in how many answers. */
async function told<T>(ask: (there: ReturnType<typeof remoteCheckpoints>) => Promise<T>): Promise<[T, number]> {
  hurried.answers = 0;
  const { get, post } = hurried;
  const never = () => Promise.reject(new Error("Not asked for here."));
  const there = remoteCheckpoints({ url: "", get, post, getText: never, delete: never, headers: never });
  return [await ask(there), hurried.answers];
}

test("a run that is verified a part at a time is verified as a whole", async () => {
  const run = await api.stores.runs.getRun(runId);
  const [parts, answers] = await told((there) => there.verify(runId));
  expect(run && { status: "completed", ...(await verifyRun(run, api.stores)) }).toEqual(parts);
  expect(answers).toBe(12);
});

test("a damaged part is found by whichever call reads it", async () => {
  const [segment] = await api.stores.runs.listSegments(runId);
  const hash = segment?.parts[0]?.hash ?? "";
  const bytes = await api.stores.objects.get("parts", hash);
  await api.stores.objects.remove("parts", hash);
  const [{ segments }] = await told((there) => there.verify(runId));
  await api.stores.objects.put("parts", bytes);
  expect(segments.filter(({ problems }) => problems.length > 0).map(({ sequence }) => sequence)).toEqual([1]);
});

test("a cleanup that is cut short goes on where it stopped, and says that it could not sweep", async () => {
  const [{ checkpointCount, isSwept }, answers] = await told((there) => there.cleanUp(4, 0, true));
  expect([checkpointCount, isSwept, answers]).toEqual([2, false, 2]);
});

test("figures that are counted a part at a time add up", async () => {
  const figures = z.object({ runs: z.int(), checkpoints: z.int(), next: z.string().nullable() });
  let [runs, checkpoints, answers, cursor]: [number, number, number, string | undefined] = [0, 0, 0, undefined];
  do {
    const part = figures.parse(await hurried.get("/checkpoints/stats", { cursor }));
    [runs, checkpoints, answers, cursor] = [
      runs + part.runs,
      checkpoints + part.checkpoints,
      answers + 1,
      part.next ?? undefined,
    ];
  } while (cursor !== undefined);
  expect([runs, checkpoints, answers]).toEqual([121, 6, 3]);
});
