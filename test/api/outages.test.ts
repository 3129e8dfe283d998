import { expect, test } from "vitest";
import type { z } from "zod";
import { buildApi } from "../../lib/api/build-api.ts";
import { openLocalApi } from "../../lib/local/open-local-api.ts";
import type { RunStore } from "../../lib/run/run-store.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { problemLike } from "./served-api.ts";

type Asked = {
  readonly response: Response;
  readonly problem: z.output<typeof problemLike>;
  readonly faults: readonly unknown[];
};

/** Asks for the list of runs while the store behind it throws this. */
async function asked(error: Error, path = "/runs"): Promise<Asked> {
  const memory = await openMemoryStores();
  const runs: RunStore = { ...memory.runs, listRuns: () => Promise.reject(error) };
  const faults: unknown[] = [];
  const onFault = (fault: unknown) => faults.push(fault);
  const stores = { ...memory, runs };
  const { deps } = await openLocalApi({
    home: "nowhere",
    stores,
    concurrency: 1,
    strategiesFolder: undefined,
    version: "0",
    onFault,
  });
  const limits = { bodyBytes: 1_000, answerBytes: 1_000, workMs: 1_000 };
  const app = buildApi({
    ...deps,
    stores: { ...deps.stores, runs },
    identify: () => ({ id: "me" }),
    limits,
    canStream: false,
  });
  const response = await app.request(path);
  return { response, problem: problemLike.parse(await response.clone().json()), faults };
}

function named(name: string, more: object = {}): Error {
  return Object.assign(new Error(`secret of ${name}`), { name, ...more });
}

test("throttled stores are too many requests, with a time to come back", async () => {
  for (const name of ["ThrottlingException", "ProvisionedThroughputExceededException", "SlowDown"]) {
    const { response, problem } = await asked(named(name));
    expect([problem.status, problem.type, response.headers.get("Retry-After")]).toEqual([
      429,
      "urn:backstitch:problem:throttled",
      "1",
    ]);
  }
});

test("stores that do not answer are not available now", async () => {
  const errors = [
    named("TimeoutError"),
    named("Error", { code: "ECONNREFUSED" }),
    named("InternalServerError", { $metadata: { httpStatusCode: 500 } }),
  ];
  for (const error of errors) {
    const { response, problem } = await asked(error);
    expect([problem.status, response.headers.get("Retry-After")]).toEqual([503, "2"]);
    expect(problem.detail).not.toContain("secret");
  }
});

test("a service whose stores do not answer is not healthy", async () => {
  expect((await asked(named("TimeoutError"), "/health")).problem.status).toBe(503);
});

test("a fault of the service is told to its log and not to the one who asked", async () => {
  const fault = named("TypeError");
  const { response, problem, faults } = await asked(fault);
  expect([problem.status, faults]).toEqual([500, [fault]]);
  expect(await response.text()).not.toContain("secret");
  expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
});

test("an answer that is too large names the route that gives it in pages", async () => {
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
  const limits = { bodyBytes: 1_000, answerBytes: 1_000, workMs: 1_000 };
  const app = buildApi({ ...deps, identify: () => ({ id: "me" }), limits, canStream: false });
  const response = await app.request("/strategies");
  const problem = problemLike.parse(await response.json());
  expect([response.status, problem.type, problem.detail]).toEqual([
    413,
    "urn:backstitch:problem:answer-too-large",
    expect.stringContaining("?limit="),
  ]);
});
