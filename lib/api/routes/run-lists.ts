import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { findRuns } from "../../report/find-runs.ts";
import { runDetails } from "../../report/run-details.ts";
import { findRun } from "../../run/find-run.ts";
import { loadResult } from "../../run/finish.ts";
import { isUnderWay } from "../../run/run-status.ts";
import type { RunRecord } from "../../run/run-store.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { jsonAnswer } from "../json-content.ts";
import { nextCursor, pageOf, pageQuery } from "../pages.ts";
import { ProblemError, problemResponses } from "../problem.ts";
import { moment, runReference } from "../references.ts";
import {
  foundRunsSchema,
  laneSchema,
  resultSchema,
  runDetailsSchema,
  runStatus,
  segmentSchema,
} from "../run-schemas.ts";

const params = z.object({ id: runReference });

const listRuns = createRoute({
  method: "get",
  path: "/runs",
  summary: "List runs, newest first",
  tags: ["Runs"],
  request: {
    query: z.object({
      strategy: z.string().min(1).max(100).optional(),
      status: runStatus.optional(),
      from: moment.optional().openapi({ description: "Created at or after this date or time (UTC)." }),
      to: moment.optional().openapi({ description: "Created up to this date or time; a date counts to its end." }),
      tag: z.string().min(1).max(100).optional().openapi({ description: "Only runs whose spec has this tag." }),
      metric: z
        .string()
        .min(1)
        .max(1_000)
        .optional()
        .openapi({ description: "A condition that a lane meets, as in `sharpe > 1 and closedTrades >= 30`." }),
      ...pageQuery(20, 100),
    }),
  },
  responses: {
    200: jsonAnswer(
      foundRunsSchema,
      "A page of runs. With `tag` or `metric` it looks at 1,000 records at most, and may be short and still have a `next`.",
    ),
    ...problemResponses(),
  },
});

const getRun = createRoute({
  method: "get",
  path: "/runs/{id}",
  summary: "Everything about one run: result, checkpoints, segments, history",
  tags: ["Runs"],
  request: { params },
  responses: { 200: jsonAnswer(runDetailsSchema, "The run."), ...problemResponses(404, 413, 422) },
});

const getResult = createRoute({
  method: "get",
  path: "/runs/{id}/result",
  summary: "The result of a completed run, as it is stored",
  tags: ["Runs"],
  request: { params },
  responses: { 200: jsonAnswer(resultSchema, "The result."), ...problemResponses(404, 409, 413, 422) },
});

const listLanes = createRoute({
  method: "get",
  path: "/runs/{id}/lanes",
  summary: "A run's lanes with their metrics, page by page",
  tags: ["Runs"],
  request: { params, query: z.object(pageQuery(1_000, 10_000)) },
  responses: {
    200: jsonAnswer(z.object({ lanes: z.array(laneSchema).readonly(), next: nextCursor }), "A page of lanes."),
    ...problemResponses(404, 422),
  },
});

const listSegments = createRoute({
  method: "get",
  path: "/runs/{id}/segments",
  summary: "A run's segments, in order",
  tags: ["Runs"],
  request: { params, query: z.object(pageQuery(100, 1_000)) },
  responses: {
    200: jsonAnswer(z.object({ segments: z.array(segmentSchema).readonly(), next: nextCursor }), "A page of segments."),
    ...problemResponses(404),
  },
});

/** What runs there are, and what each has come to. */
export function addRunLists(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const { stores } = deps;
  const home = { folder: deps.home, stores, ...(deps.costOf === undefined ? {} : { costOf: deps.costOf }) };

  app.openapi(listRuns, async (c) => {
    const { strategy, status, from, to, tag, metric, limit, cursor } = c.req.valid("query");
    const query = {
      ...(strategy === undefined ? {} : { strategy }),
      ...(status === undefined ? {} : { status }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(tag === undefined ? {} : { tag }),
      ...(metric === undefined ? {} : { metric }),
    };
    return c.json(await findRuns(query, limit, cursor, stores), 200);
  });

  app.openapi(getRun, async (c) => {
    const run = await currentRun(c.req.valid("param").id, deps);
    return c.json(await runDetails(run, home), 200);
  });

  app.openapi(getResult, async (c) => {
    const run = await currentRun(c.req.valid("param").id, deps);
    const result = await loadResult(run, stores);
    if (result === undefined)
      throw new ProblemError(
        409,
        "run-not-completed",
        `Run "${run.runId}" is ${run.status}: there is no result yet. Follow it: GET /runs/${run.runId}/events`,
      );
    return c.json({ runId: run.runId, ...result }, 200);
  });

  app.openapi(listLanes, async (c) => {
    const run = await findRun(c.req.valid("param").id, stores.runs);
    const { lanes } = await runDetails(run, home);
    const { items, next } = pageOf<(typeof lanes)[number]>(lanes, c.req.valid("query"));
    return c.json({ lanes: items, next }, 200);
  });

  app.openapi(listSegments, async (c) => {
    const run = await findRun(c.req.valid("param").id, stores.runs);
    const { items, next } = pageOf(await stores.runs.listSegments(run.runId), c.req.valid("query"));
    return c.json({ segments: items, next }, 200);
  });
}

/** The run that is meant, its status corrected when whoever computed it is gone. */
export async function currentRun(reference: string, { stores, workflow }: ApiDeps): Promise<RunRecord> {
  const run = await findRun(reference, stores.runs);
  return isUnderWay(run) ? workflow.reconcile(run) : run;
}
