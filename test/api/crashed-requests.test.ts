import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildApi } from "../../lib/api/build-api.ts";
import { openLocalApi } from "../../lib/local/open-local-api.ts";
import type { RequestStore } from "../../lib/run/request-store.ts";
import type { RunRecord } from "../../lib/run/run-store.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import { generatedBars } from "../simulation/generated-bars.ts";
import { putSnapshot } from "../simulation/put-snapshot.ts";
import { crashing, crashPoint } from "../stores/crashing.ts";
import { temporaryFolder } from "../stores/temporary-folder.ts";
import { runLike, smaSpec } from "./served-api.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let stores: Stores;
let baseId: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  stores = await openLocalStores(folder.path);
  const options = { timeframe: "1m", chunkBars: 65_536 };
  await putSnapshot(generatedBars(1_000, 11, 60_000), { ...options, name: "bars" }, stores);
  await putSnapshot(generatedBars(1_500, 11, 60_000), { ...options, name: "more" }, stores);
  const { ask, stop } = await openLife(stores);
  baseId = runLike.parse(await (await ask("/runs", smaSpec(0), "base")).json()).runId;
  await ended();
  await stop();
  expect((await stores.runs.getRun(baseId))?.status).toBe("completed");
});
afterAll(async () => {
  await stores.close();
  await folder.remove();
});

/** A server's life over these stores; `end` waits for the runs that it computes. */
async function openLife(over: Stores) {
  const onFault = () => {};
  const { deps, workflow } = await openLocalApi({
    home: folder.path,
    stores: over,
    concurrency: 1,
    strategiesFolder: undefined,
    version: "0",
    onFault,
  });
  const limits = { bodyBytes: 100_000, answerBytes: 100_000, workMs: 1_000 };
  const app = buildApi({ ...deps, identify: () => ({ id: "me" }), limits, canStream: false });
  return {
    ask: async (path: string, body: object, key: string) =>
      app.request(path, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Idempotency-Key": key },
        body: JSON.stringify(body),
      }),
    goOn: () => workflow.continueLeft(),
    stop: () => workflow.stopAll(),
  };
}

/** Waits until none of the runs is under way or waits. */
async function ended(): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const runs = await allRuns();
    if (runs.every(({ status }) => status === "completed" || status === "failed" || status === "cancelled")) return;
    await setTimeout(25);
  }
  throw new Error("The runs did not end.");
}

/** As if the request came this much later. */
function later(requests: RequestStore, byMs: number): RequestStore {
  return {
    ...requests,
    begin: (request) =>
      requests.begin({ ...request, atMs: request.atMs + byMs, expiresAtMs: request.expiresAtMs + byMs }),
  };
}

/** Sends a request to a server that dies after its nth write, and again a minute later to the next one; the answer, and the runs that it made. */
async function repeatedAfterDeath(path: string, body: object, key: string, write: number) {
  const before = new Set((await allRuns()).map(({ runId }) => runId));
  const point = crashPoint({ write, when: "after", how: "throw" });
  const first = await openLife({
    ...stores,
    objects: crashing(stores.objects, point),
    runs: crashing(stores.runs, point),
    requests: crashing(stores.requests, point),
  });
  const response = await first.ask(path, body, key);
  await first.stop();
  const second = await openLife({ ...stores, requests: later(stores.requests, 61_000) });
  await second.goOn();
  const repeat = await second.ask(path, body, key);
  await ended();
  await second.stop();
  const made = (await allRuns()).filter(({ runId }) => !before.has(runId));
  return { hasDied: point.crashed, response, repeat, made };
}

async function allRuns(): Promise<readonly RunRecord[]> {
  return (await stores.runs.listRuns({}, 100)).items;
}

const requests = [
  { name: "a fresh run", path: () => "/runs", body: { spec: smaSpec(1), fresh: true } },
  { name: "a fork", path: () => `/runs/${baseId}/fork`, body: { set: { "strategy.params.fast": 4 } } },
  { name: "an extension", path: () => `/runs/${baseId}/extend`, body: { data: "more" } },
];

for (const { name, path, body } of requests) {
  test(`${name} is made once, whichever write its server dies after`, async () => {
    for (let write = 1; ; write++) {
      expect(write, "a request has a bounded number of writes").toBeLessThan(12);
      const { hasDied, response, repeat, made } = await repeatedAfterDeath(
        path(),
        body,
        `${name.replaceAll(" ", "-")}-${write}`,
        write,
      );
      if (!hasDied) {
        expect([response.ok, repeat.headers.get("Idempotent-Replayed")]).toEqual([true, "true"]);
        break;
      }
      expect(repeat.ok, `after write ${write}: ${await repeat.clone().text()}`).toBe(true);
      expect(made.map(({ runId }) => runId)).toEqual([runLike.parse(await repeat.json()).runId]);
      // A life that is only played to end leaves its worker, which a stop interrupts once the answer is kept.
      if (repeat.headers.get("Idempotent-Replayed") === null) expect(made[0]?.status).toBe("completed");
      // An extension that exists answers the next one.
      await stores.runs.removeRun(made[0]?.runId ?? "");
    }
  });
}
