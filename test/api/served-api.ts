import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { buildApi } from "../../lib/api/build-api.ts";
import { openEstimates } from "../../lib/cloud/estimates.ts";
import { usualPlace } from "../../lib/cloud/planned-place.ts";
import { serveApi } from "../../lib/local/api-server.ts";
import type { LocalWorkflow } from "../../lib/local/local-workflow.ts";
import { openLocalApi } from "../../lib/local/open-local-api.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import type { Stores } from "../../lib/stores/stores.ts";
import { generatedBars } from "../simulation/generated-bars.ts";
import { putSnapshot } from "../simulation/put-snapshot.ts";
import { temporaryFolder } from "../stores/temporary-folder.ts";
import { type CheckAnswer, checkAnswers } from "./check-answers.ts";

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the answer, undefined when it has none. */
  readonly body: unknown;
  readonly text: string;
};

/** The API on a free port over a home of its own, with 3,000 bars of a minute as the snapshot "bars". */
export type ServedApi = {
  readonly url: string;
  readonly home: string;
  readonly stores: Stores;
  readonly workflow: LocalWorkflow;
  /** Sends a request, and checks the answer against the schema that the route states. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Waits until nobody works on the run, and returns its document. */
  finished(runId: string): Promise<RunLike>;
  close(): Promise<void>;
};

export type ServedOptions = { readonly token?: string; readonly concurrency?: number; readonly barCount?: number };

const strategiesFolder = fileURLToPath(new URL("strategies", import.meta.url));

export async function openServedApi({
  token,
  concurrency = 2,
  barCount = 3_000,
}: ServedOptions = {}): Promise<ServedApi> {
  const folder = await temporaryFolder();
  const home = join(folder.path, "home");
  const stores = await openLocalStores(home);
  await putSnapshot(generatedBars(barCount, 11, 60_000), { name: "bars", timeframe: "1m", chunkBars: 65_536 }, stores);
  const faults: unknown[] = [];
  const local = await openLocalApi({
    home,
    stores,
    concurrency,
    strategiesFolder,
    version: "0.0.0",
    onFault: (error) => faults.push(error),
  });
  const { workflow, sweepWorkflow } = local;
  const estimates = openEstimates({ place: usualPlace, workers: concurrency, machine: "the test", stores });
  const deps = { ...local.deps, estimates };
  const server = await serveApi(deps, { host: "127.0.0.1", port: 0, token });
  const identify = () => ({ id: "test" });
  const limits = { bodyBytes: 1, answerBytes: 1, workMs: 1_000 };
  const check = checkAnswers(buildApi({ ...deps, identify, limits, canStream: true }));
  const ask = asker(server.url, check);
  return {
    url: server.url,
    home,
    stores,
    workflow,
    ask,
    finished: async (runId) => {
      let after = "none";
      for (let tries = 0; tries < 600; tries++) {
        const { body } = await ask("GET", `/runs/${runId}/events?wait=2&after=${after}`);
        const { done, position } = eventsLike.parse(body);
        if (done) return runLike.parse((await ask("GET", `/runs/${runId}`)).body);
        after = position;
      }
      throw new Error(`Run ${runId} did not end.`);
    },
    close: async () => {
      await Promise.all([workflow.stopAll(), sweepWorkflow.stopAll()]);
      await server.close();
      await stores.close();
      await folder.remove();
      if (faults.length > 0) throw new AggregateError(faults, "The API met faults that nobody throws on purpose.");
    },
  };
}

function asker(url: string, check: CheckAnswer): ServedApi["ask"] {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("Content-Type")?.includes("json") === true;
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? (JSON.parse(text) as unknown) : undefined,
    };
    check(method, path, answer);
    return answer;
  };
}

/** What tests read of a run. */
export const runLike = z.looseObject({
  runId: z.string(),
  status: z.string(),
  resultDigest: z.string().nullable(),
  reason: z.object({ name: z.string(), message: z.string() }).nullable(),
});
export type RunLike = z.output<typeof runLike>;
const eventsLike = z.looseObject({ done: z.boolean(), position: z.string() });

/** A problem as tests read it. */
export const problemLike = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
});

/** A crossover on "bars"; the seed makes one run different from another. */
export function smaSpec(seed: number, change: object = {}): object {
  return {
    name: "sma",
    data: { snapshot: "bars" },
    strategy: { name: "sma-cross", params: { fast: 3, slow: 9 } },
    sizing: { kind: "units", units: 1 },
    checkpoint: { everyBars: 500, keep: 20 },
    seed,
    ...change,
  };
}

/** A run that takes a while, cut in ten. */
export function slowSpec(seed: number, work = 20_000): object {
  return {
    ...smaSpec(seed),
    name: "slow",
    strategy: { name: "slow", params: { work } },
    checkpoint: { everyBars: 300, keep: 20 },
  };
}
