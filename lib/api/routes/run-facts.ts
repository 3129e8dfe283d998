import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { type ExportSource, exportSource } from "../../report/export-tables.ts";
import { equityPage, factPage } from "../../report/fact-pages.ts";
import { renderReport } from "../../report/render-report.ts";
import { collectReport } from "../../report/report-input.ts";
import { findRun } from "../../run/find-run.ts";
import { laneParams } from "../../run/program.ts";
import type { RunRecord } from "../../run/run-store.ts";
import { storedSpec } from "../../run/stored-spec.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { jsonAnswer } from "../json-content.ts";
import { decodePlace, encodePlace, nextCursor, pageQuery } from "../pages.ts";
import { ProblemError, problemResponses } from "../problem.ts";
import { runReference } from "../references.ts";
import { reportPolicy } from "../report-policy.ts";
import { factSchema } from "../run-schemas.ts";
import { wholeNumber } from "../whole-number.ts";

const params = z.object({ id: runReference });
const lane = wholeNumber(0, 1_000_000);
const kinds = ["trades", "fills", "orders"] as const;

function factsRoute<Kind extends (typeof kinds)[number]>(kind: Kind) {
  return createRoute({
    method: "get",
    path: `/runs/{id}/${kind}` as const,
    summary: `A run's ${kind === "orders" ? "order events" : kind}, in order, as far as it is done`,
    tags: ["Runs"],
    request: {
      params,
      query: z.object({
        lane: lane.optional().openapi({ description: "Only this lane, counted from 0." }),
        ...pageQuery(1_000, 10_000),
      }),
    },
    responses: {
      200: jsonAnswer(z.object({ facts: z.array(factSchema).readonly(), next: nextCursor }), "A page of facts."),
      ...problemResponses(404, 422),
    },
  });
}

const getEquity = createRoute({
  method: "get",
  path: "/runs/{id}/equity",
  summary: "The equity curve of one lane of a run, as far as it is done",
  tags: ["Runs"],
  request: {
    params,
    query: z.object({
      lane: lane.default(0).openapi({ description: "The lane, counted from 0." }),
      ...pageQuery(5_000, 50_000),
    }),
  },
  responses: {
    200: jsonAnswer(
      z.object({
        points: z.array(z.object({ lane: z.int(), bar: z.int(), timeMs: z.int(), equity: z.number() })).readonly(),
        next: nextCursor,
      }),
      "A page of points.",
    ),
    ...problemResponses(404, 422),
  },
});

const getReport = createRoute({
  method: "get",
  path: "/runs/{id}/report",
  summary: "The report of one lane of a run: a self-contained HTML page",
  tags: ["Runs"],
  request: { params, query: z.object({ lane: lane.default(0) }) },
  responses: {
    200: { description: "The page.", content: { "text/html": { schema: z.string() } } },
    ...problemResponses(404, 422),
  },
});

/** What runs did: facts page by page, and the report. */
export function addRunFacts(app: OpenAPIHono<ApiEnv>, { stores }: ApiDeps): void {
  for (const kind of kinds) {
    app.openapi(factsRoute(kind), async (c) => {
      const query = c.req.valid("query");
      const run = await findRun(c.req.valid("param").id, stores.runs);
      const source = await sourceOf(run, query.lane);
      const [part = 0, row = 0] = decodePlace(query.cursor, [0, 0]);
      const { facts, next } = await factPage(kind, source, { part, row }, query.limit);
      return c.json({ facts, next: next === undefined ? null : encodePlace([next.part, next.row]) }, 200);
    });
  }

  app.openapi(getEquity, async (c) => {
    const query = c.req.valid("query");
    const run = await findRun(c.req.valid("param").id, stores.runs);
    const source = await sourceOf(run, query.lane);
    const [from = 0] = decodePlace(query.cursor, [0]);
    const { points, next } = await equityPage(query.lane, source, from, query.limit);
    return c.json({ points, next: next === undefined ? null : encodePlace([next]) }, 200);
  });

  app.openapi(getReport, async (c) => {
    const run = await findRun(c.req.valid("param").id, stores.runs);
    const { lane: chosen } = c.req.valid("query");
    assertLane(run, chosen);
    c.header("Content-Security-Policy", reportPolicy);
    return c.html(renderReport(await collectReport(run.runId, chosen, stores)));
  });

  function sourceOf(run: RunRecord, chosen: number | undefined): Promise<ExportSource> {
    const count = assertLane(run, chosen ?? 0);
    const lanes = chosen === undefined ? Array.from({ length: count }, (_, index) => index) : [chosen];
    return exportSource(run, lanes, stores);
  }
}

/** How many lanes the run has; throws ProblemError 404 when this is none of them. */
function assertLane(run: RunRecord, chosen: number): number {
  const count = laneParams(storedSpec(run)).length;
  if (chosen < count) return count;
  throw new ProblemError(
    404,
    "unknown-lane",
    `Run "${run.runId}" has ${count} lane(s): expected 0 to ${count - 1}, found ${chosen}.`,
    {
      errors: [{ path: "lane", message: `expected 0 to ${count - 1}` }],
    },
  );
}
