import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { stitchedEquity, stitchedTrades } from "../../report/stitched-tables.ts";
import { findSweep } from "../../sweep/find-sweep.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { jsonAnswer } from "../json-content.ts";
import { nextCursor, pageOf, pageQuery } from "../pages.ts";
import { problemResponses } from "../problem.ts";
import { sweepReference } from "../references.ts";
import { factSchema } from "../run-schemas.ts";

const params = z.object({ id: sweepReference });
const description = "Nothing before the sweep's end, and of a sweep without windows that follow one another.";

const getEquity = createRoute({
  method: "get",
  path: "/sweeps/{id}/equity",
  summary: "The stitched equity of a sweep: the winners out of sample, window after window",
  description,
  tags: ["Sweeps"],
  request: { params, query: z.object(pageQuery(5_000, 50_000)) },
  responses: {
    200: jsonAnswer(
      z.object({
        points: z.array(z.object({ window: z.int(), bar: z.int(), timeMs: z.int(), equity: z.number() })).readonly(),
        next: nextCursor,
      }),
      "A page of points.",
    ),
    ...problemResponses(404, 422),
  },
});

const getTrades = createRoute({
  method: "get",
  path: "/sweeps/{id}/trades",
  summary: "The trades of a sweep's stitched record, each with its window",
  description,
  tags: ["Sweeps"],
  request: { params, query: z.object(pageQuery(1_000, 5_000)) },
  responses: {
    200: jsonAnswer(z.object({ facts: z.array(factSchema).readonly(), next: nextCursor }), "A page of trades."),
    ...problemResponses(404, 422),
  },
});

/** What the winners of a sweep did out of sample, page by page. */
export function addSweepFacts(app: OpenAPIHono<ApiEnv>, { stores }: ApiDeps): void {
  app.openapi(getEquity, async (c) => {
    const sweep = await findSweep(c.req.valid("param").id, stores.sweeps);
    const { items, next } = pageOf(await stitchedEquity(sweep, stores), c.req.valid("query"));
    return c.json({ points: items, next }, 200);
  });

  app.openapi(getTrades, async (c) => {
    const sweep = await findSweep(c.req.valid("param").id, stores.sweeps);
    const { items, next } = pageOf(await stitchedTrades(sweep, stores), c.req.valid("query"));
    return c.json({ facts: items, next }, 200);
  });
}
