import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { comparisonDocument, parityDocument } from "../../report/comparison-document.ts";
import { comparedRuns } from "../../report/experiment.ts";
import { findExperiment, parseExperimentReference } from "../../report/find-experiment.ts";
import { compareRuns } from "../../sweep/compare-runs.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { jsonAnswer } from "../json-content.ts";
import { problemResponses } from "../problem.ts";

const reference = z
  .string()
  .max(130)
  .regex(/^[a-z0-9][a-z0-9-]*(:\d{1,7})?$/, { message: "expected a run's id or the beginning of one, or RUN:LANE" })
  .openapi({ description: "A run, or `RUN:LANE` of one with several lanes.", example: "sp500-sma-1b2c3d4e" });

const side = z.object({ id: z.string(), kind: z.enum(["run", "sweep"]), resultDigest: z.string().nullable() });
const json = z.any().openapi({ description: "Any JSON value." });

const getComparison = createRoute({
  method: "get",
  path: "/compare",
  summary: "Set 2 to 10 runs side by side: what they assumed differently, and their metrics",
  tags: ["Experiments"],
  request: {
    query: z.object({
      runs: z
        .string()
        .max(1_400)
        .transform((text) => text.split(","))
        .pipe(z.array(reference).min(2).max(10))
        .openapi({
          type: "string",
          description: "The runs, with commas between them.",
          example: "a-1b2c3d4e,b-5f6a7b8c",
        }),
    }),
  },
  responses: {
    200: jsonAnswer(
      z
        .object({
          compared: z.array(side),
          differences: z
            .array(z.object({ path: z.string(), values: z.array(json) }))
            .openapi({ description: "Only what differs; null where a side does not have it." }),
          metrics: z
            .array(
              z.object({
                name: z.string(),
                values: z.array(z.number().nullable()).readonly(),
                best: z.array(z.int()).readonly(),
                worst: z.array(z.int()).readonly(),
              }),
            )
            .openapi({ description: "`best` and `worst` are positions; empty where neither way is better." }),
        })
        .openapi("Comparison"),
      "The comparison.",
    ),
    ...problemResponses(404, 422),
  },
});

const getParity = createRoute({
  method: "get",
  path: "/parity",
  summary: "Whether two results are the same within limits",
  tags: ["Experiments"],
  request: {
    query: z.object({
      a: reference,
      b: reference,
      preset: z.enum(["engines", "handoff", "exact"]).default("engines").openapi({
        description: "Between two engines, between two versions of one, or with nothing that differs.",
      }),
    }),
  },
  responses: {
    200: jsonAnswer(
      z
        .object({
          a: side,
          b: side,
          preset: z.string(),
          limits: z.record(z.string(), json),
          passed: z.boolean(),
          curves: z.enum(["compared", "missing"]),
          checks: z.array(
            z.object({
              what: z.string(),
              difference: z.number().nullable(),
              limit: z.number(),
              passed: z.boolean(),
            }),
          ),
          assumedDifferently: z.array(z.string()),
        })
        .openapi("Parity"),
      "Every check with its limit.",
    ),
    ...problemResponses(404, 422),
  },
});

/** Results beside each other. */
export function addComparisons(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const { stores, costOf } = deps;
  const home = { folder: deps.home, stores, ...(costOf === undefined ? {} : { costOf }) };

  app.openapi(getComparison, async (c) => {
    const references = c.req.valid("query").runs.map(parseExperimentReference);
    const experiments = await Promise.all(references.map((found) => findExperiment(found, home)));
    return c.json(comparisonDocument(compareRuns(comparedRuns(experiments)), experiments), 200);
  });

  app.openapi(getParity, async (c) => {
    const { a, b, preset } = c.req.valid("query");
    const one = await findExperiment(parseExperimentReference(a), home);
    const other = await findExperiment(parseExperimentReference(b), home);
    return c.json(await parityDocument(one, other, preset), 200);
  });
}
