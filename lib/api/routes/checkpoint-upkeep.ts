import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { objectKinds } from "../../market/object-store.ts";
import { allRuns, cleanUp } from "../../run/retention.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { jsonAnswer, jsonBody } from "../json-content.ts";
import { postProblems, problemResponses } from "../problem.ts";
import { age } from "../references.ts";
import { hash } from "../run-schemas.ts";

/** Lists of what was removed hold the first of them; the counts beside them all. */
const listed = 1_000;
/** Statistics are those of this many runs, the newest. */
const runsCounted = 10_000;

const postCleanup = createRoute({
  method: "post",
  path: "/checkpoints/cleanup",
  summary: "Remove old checkpoints of all runs, and objects that nothing refers to any more",
  tags: ["Checkpoints"],
  request: {
    body: jsonBody(
      z.strictObject({
        keep: z
          .int()
          .min(1)
          .max(1_000_000)
          .optional()
          .openapi({ description: "Keep each run's newest; 3 by default." }),
        olderThan: age.optional().openapi({ description: "Remove only those older than this: 30d, 12h." }),
        dryRun: z.boolean().optional().openapi({ description: "Only say what would be removed." }),
      }),
      false,
    ),
  },
  responses: {
    200: jsonAnswer(
      z.object({
        dryRun: z.boolean(),
        checkpointCount: z.int(),
        checkpoints: z.array(z.object({ runId: z.string(), sequence: z.int(), checkpointId: hash })),
        objectCount: z.int(),
        objects: z.array(z.object({ kind: z.enum(objectKinds), hash, sizeBytes: z.int() })),
        freedBytes: z.int(),
      }),
      "What was removed; the lists hold the first 1,000.",
    ),
    ...postProblems(),
  },
});

const getStats = createRoute({
  method: "get",
  path: "/checkpoints/stats",
  summary: "How many checkpoints there are, and how large and old they are",
  tags: ["Checkpoints"],
  responses: {
    200: jsonAnswer(
      z.object({
        runs: z.int(),
        checkpoints: z.int(),
        stateBytes: z.int(),
        oldestAtMs: z.int().nullable(),
        newestAtMs: z.int().nullable(),
        byStrategy: z.array(
          z.object({ strategy: z.string(), runs: z.int(), checkpoints: z.int(), stateBytes: z.int() }),
        ),
        isComplete: z.boolean().openapi({ description: "False when there are more runs than were counted." }),
      }),
      "The figures.",
    ),
    ...problemResponses(),
  },
});

type StrategyCount = { strategy: string; runs: number; checkpoints: number; stateBytes: number };

/** Keeping the number of checkpoints in bounds. */
export function addCheckpointUpkeep(app: OpenAPIHono<ApiEnv>, { stores }: ApiDeps): void {
  app.openapi(postCleanup, async (c) => {
    const { keep = 3, olderThan = 0, dryRun = false } = c.req.valid("json");
    const { checkpoints, objects } = await cleanUp({ keep, olderThanMs: olderThan, nowMs: Date.now(), dryRun }, stores);
    return c.json(
      {
        dryRun,
        checkpointCount: checkpoints.length,
        checkpoints: checkpoints.slice(0, listed),
        objectCount: objects.length,
        objects: objects.slice(0, listed),
        freedBytes: objects.reduce((sum, object) => sum + object.sizeBytes, 0),
      },
      200,
    );
  });

  app.openapi(getStats, async (c) => {
    const byStrategy = new Map<string, StrategyCount>();
    const times: number[] = [];
    let [counted, isComplete] = [0, true];
    for await (const run of allRuns(stores.runs)) {
      if (counted === runsCounted) {
        isComplete = false;
        break;
      }
      counted++;
      const count = byStrategy.get(run.strategy) ?? { strategy: run.strategy, runs: 0, checkpoints: 0, stateBytes: 0 };
      byStrategy.set(run.strategy, count);
      count.runs++;
      for (const { createdAtMs, stateBytes } of await stores.runs.listCheckpoints(run.runId)) {
        count.checkpoints++;
        count.stateBytes += stateBytes;
        times.push(createdAtMs);
      }
    }
    const strategies = [...byStrategy.values()].sort((a, b) => (a.strategy < b.strategy ? -1 : 1));
    return c.json(
      {
        runs: counted,
        checkpoints: times.length,
        stateBytes: strategies.reduce((sum, { stateBytes }) => sum + stateBytes, 0),
        oldestAtMs: times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b)),
        newestAtMs: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
        byStrategy: strategies,
        isComplete,
      },
      200,
    );
  });
}
