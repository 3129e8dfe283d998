import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { findSweeps, type SweepQuery } from "../../report/find-sweeps.ts";
import { type LanePlace, loadResult, sweepDocument, sweepLanePage } from "../../report/sweep-document.ts";
import { findSweep } from "../../sweep/find-sweep.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { currentSweep, sweepCost } from "../current-sweep.ts";
import { jsonAnswer } from "../json-content.ts";
import { decodePlace, encodePlace, nextCursor, pageOf, pageQuery } from "../pages.ts";
import { problemResponses } from "../problem.ts";
import { moment, sweepReference } from "../references.ts";
import {
  sweepDetailsSchema,
  sweepEntrySchema,
  sweepLaneSchema,
  sweepStatus,
  sweepWindowSchema,
} from "../sweep-schemas.ts";
import { wholeNumber } from "../whole-number.ts";

const params = z.object({ id: sweepReference });

const listSweeps = createRoute({
  method: "get",
  path: "/sweeps",
  summary: "List sweeps, newest first",
  tags: ["Sweeps"],
  request: {
    query: z.object({
      strategy: z.string().min(1).max(100).optional(),
      status: sweepStatus.optional(),
      from: moment.optional().openapi({ description: "Created at or after this date or time (UTC)." }),
      to: moment.optional().openapi({ description: "Created up to this date or time; a date counts to its end." }),
      tag: z.string().min(1).max(100).optional().openapi({ description: "Only sweeps with this tag." }),
      metric: z.string().min(1).max(1_000).optional().openapi({
        description: "A condition that the stitched record meets, or the best lane where there is none: `sharpe > 1`.",
      }),
      ...pageQuery(20, 100),
    }),
  },
  responses: {
    200: jsonAnswer(
      z.object({ sweeps: z.array(sweepEntrySchema).readonly(), next: nextCursor, looked: z.int() }),
      "A page of sweeps. It looks at 1,000 records at most, and may be short and still have a `next`.",
    ),
    ...problemResponses(),
  },
});

const getSweep = createRoute({
  method: "get",
  path: "/sweeps/{id}",
  summary: "Everything about one sweep: best lane, windows, track record, overfitting, table",
  tags: ["Sweeps"],
  request: {
    params,
    query: z.object({
      lanes: z
        .enum(["true", "false"])
        .default("true")
        .openapi({ description: "Whether to answer with the whole table; otherwise `lanes` is empty." }),
    }),
  },
  responses: { 200: jsonAnswer(sweepDetailsSchema, "The sweep."), ...problemResponses(404, 413, 422) },
});

const listLanes = createRoute({
  method: "get",
  path: "/sweeps/{id}/lanes",
  summary: "The table of a sweep that has ended, row by row",
  tags: ["Sweeps"],
  request: {
    params,
    query: z.object({
      window: wholeNumber(0, 1_000_000).optional().openapi({ description: "Only this window, counted from 0." }),
      // A row takes two kilobytes, and a function may answer five megabytes.
      ...pageQuery(1_000, 2_000),
    }),
  },
  responses: {
    200: jsonAnswer(z.object({ lanes: z.array(sweepLaneSchema).readonly(), next: nextCursor }), "A page of rows."),
    ...problemResponses(404, 422),
  },
});

const listWindows = createRoute({
  method: "get",
  path: "/sweeps/{id}/windows",
  summary: "The windows of a sweep that has ended, each with its winners in and out of sample",
  tags: ["Sweeps"],
  request: { params, query: z.object(pageQuery(100, 1_000)) },
  responses: {
    200: jsonAnswer(
      z.object({ windows: z.array(sweepWindowSchema).readonly(), next: nextCursor }),
      "A page of windows.",
    ),
    ...problemResponses(404, 422),
  },
});

/** What sweeps there are, and what each has come to. */
export function addSweepLists(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const { stores } = deps;

  app.openapi(listSweeps, async (c) => {
    const { limit, cursor, ...query } = c.req.valid("query");
    return c.json(await findSweeps(queryOf(query), limit, cursor, stores), 200);
  });

  app.openapi(getSweep, async (c) => {
    const sweep = await currentSweep(c.req.valid("param").id, deps);
    const rows = c.req.valid("query").lanes === "true" ? "all" : "none";
    return c.json(await sweepDocument(sweep, await sweepCost(sweep, deps), stores, rows), 200);
  });

  app.openapi(listLanes, async (c) => {
    const { window, limit, cursor } = c.req.valid("query");
    const sweep = await findSweep(c.req.valid("param").id, stores.sweeps);
    const [piece = 0, row = 0] = decodePlace(cursor, [0, 0]);
    const { lanes, next } = await sweepLanePage(sweep, window, { piece, row }, limit, stores.objects);
    return c.json({ lanes, next: next === undefined ? null : cursorOf(next) }, 200);
  });

  app.openapi(listWindows, async (c) => {
    const sweep = await findSweep(c.req.valid("param").id, stores.sweeps);
    const { windows = [] } = (await loadResult(sweep, stores.objects)) ?? {};
    const { items, next } = pageOf(windows, c.req.valid("query"));
    return c.json({ windows: items, next }, 200);
  });
}

function cursorOf({ piece, row }: LanePlace): string {
  return encodePlace([piece, row]);
}

/** The query without what was not given. */
function queryOf(query: { readonly [Name in keyof SweepQuery]?: SweepQuery[Name] | undefined }): SweepQuery {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}
