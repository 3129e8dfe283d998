import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { objectKinds } from "../../market/object-store.ts";
import { cleanUp } from "../../run/retention.ts";
import type { CheckpointSummary, RunRecord } from "../../run/run-store.ts";
import { sweepReferences } from "../../sweep/sweep-references.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { jsonAnswer, jsonBody } from "../json-content.ts";
import { decodeCursor, encodeCursor, nextPart, partCursor } from "../pages.ts";
import { postProblems, problemResponses } from "../problem.ts";
import { age } from "../references.ts";
import { hash } from "../run-schemas.ts";

/** Lists of what was removed hold the first of them; the counts beside them all. */
const listed = 1_000;
const runsPerPage = 50;
/** A place among the runs; null for the first. */
const placeInCursor = z.tuple([z.string().max(300).nullable()]);

const postCleanup = createRoute({
  method: "post",
  path: "/checkpoints/cleanup",
  summary: "Remove old checkpoints of all runs, and objects that nothing refers to any more",
  description:
    "It works through the runs a part at a time: while there is a `next`, go on with it as `cursor`. Objects are swept when one call could look at all runs.",
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
        cursor: partCursor,
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
        isSwept: z.boolean().openapi({
          description:
            "Whether all objects were looked at. Where it stays false, there are too many runs for this service's time: clean up through `backstitch serve --cloud`, which has more.",
        }),
        next: nextPart,
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
  description:
    "It counts a part of the runs at a time: while there is a `next`, go on with `?cursor=` and add the figures up.",
  tags: ["Checkpoints"],
  request: { query: z.object({ cursor: partCursor }) },
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
        next: nextPart,
      }),
      "The figures.",
    ),
    ...problemResponses(),
  },
});

type StrategyCount = { strategy: string; runs: number; checkpoints: number; stateBytes: number };

/** Keeping the number of checkpoints in bounds. */
export function addCheckpointUpkeep(app: OpenAPIHono<ApiEnv>, { stores, limits }: ApiDeps): void {
  app.openapi(postCleanup, async (c) => {
    const isOver = overAfter(limits.workMs);
    const { keep = 3, olderThan = 0, dryRun = false, cursor } = c.req.valid("json");
    const [from] = decodeCursor(cursor, placeInCursor) ?? [null];
    const { checkpoints, objects, isSwept, next } = await cleanUp(
      { keep, olderThanMs: olderThan, nowMs: Date.now(), dryRun },
      stores,
      { from: from ?? undefined, isOver },
      (nowMs) => sweepReferences(nowMs, stores),
    );
    return c.json(
      {
        dryRun,
        checkpointCount: checkpoints.length,
        checkpoints: checkpoints.slice(0, listed),
        objectCount: objects.length,
        objects: objects.slice(0, listed),
        freedBytes: objects.reduce((sum, object) => sum + object.sizeBytes, 0),
        isSwept,
        next: next === undefined ? null : encodeCursor([next.from ?? null]),
      },
      200,
    );
  });

  app.openapi(getStats, async (c) => {
    const isOver = overAfter(limits.workMs);
    const byStrategy = new Map<string, StrategyCount>();
    const times: number[] = [];
    let place = decodeCursor(c.req.valid("query").cursor, placeInCursor)?.[0] ?? undefined;
    do {
      const page = await stores.runs.listRuns({}, runsPerPage, place);
      for (const run of page.items)
        times.push(...countIn(byStrategy, run, await stores.runs.listCheckpoints(run.runId)));
      place = page.next;
    } while (place !== undefined && !isOver());
    const strategies = [...byStrategy.values()].sort((a, b) => (a.strategy < b.strategy ? -1 : 1));
    return c.json(
      {
        runs: strategies.reduce((sum, { runs }) => sum + runs, 0),
        checkpoints: times.length,
        stateBytes: strategies.reduce((sum, { stateBytes }) => sum + stateBytes, 0),
        oldestAtMs: times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b)),
        newestAtMs: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
        byStrategy: strategies,
        next: place === undefined ? null : encodeCursor([place]),
      },
      200,
    );
  });
}

/** Counts a run and its checkpoints; returns when each was saved. */
function countIn(
  counts: Map<string, StrategyCount>,
  { strategy }: RunRecord,
  checkpoints: readonly CheckpointSummary[],
): readonly number[] {
  const count = counts.get(strategy) ?? { strategy, runs: 0, checkpoints: 0, stateBytes: 0 };
  counts.set(strategy, count);
  count.runs++;
  count.checkpoints += checkpoints.length;
  for (const { stateBytes } of checkpoints) count.stateBytes += stateBytes;
  return checkpoints.map(({ createdAtMs }) => createdAtMs);
}

function overAfter(ms: number): () => boolean {
  const untilMs = Date.now() + ms;
  return () => Date.now() >= untilMs;
}
