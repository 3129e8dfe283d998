import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { strategyDocument } from "../../report/strategy-document.ts";
import type { LoadedStrategy } from "../../strategies/load-strategy.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { jsonAnswer } from "../json-content.ts";
import { ProblemError, problemResponses } from "../problem.ts";
import { hash } from "../run-schemas.ts";

const strategySchema = z
  .object({
    name: z.string(),
    description: z.string(),
    digest: hash.openapi({ description: "Of the code: part of the digest of every spec that names the strategy." }),
    parameters: z
      .array(
        z.object({
          name: z.string(),
          type: z.string(),
          default: z.any(),
          required: z.boolean(),
          limits: z.array(z.string()).readonly(),
          description: z.string(),
        }),
      )
      .readonly(),
    parameterSchema: z.record(z.string(), z.any()).openapi({ description: "The parameters' JSON Schema." }),
  })
  .openapi("Strategy");

const listStrategies = createRoute({
  method: "get",
  path: "/strategies",
  summary: "The strategies that a spec may name",
  tags: ["Strategies"],
  responses: {
    200: jsonAnswer(z.object({ strategies: z.array(strategySchema) }), "All of them."),
    ...problemResponses(),
  },
});

const getStrategy = createRoute({
  method: "get",
  path: "/strategies/{name}",
  summary: "One strategy with its parameters",
  tags: ["Strategies"],
  request: { params: z.object({ name: z.string().min(1).max(100) }) },
  responses: { 200: jsonAnswer(strategySchema, "The strategy."), ...problemResponses(404) },
});

/** What specs may name. */
export function addStrategies(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(listStrategies, (c) => {
    const strategies = [...deps.strategies().values()].map(document);
    return c.json({ strategies }, 200);
  });

  app.openapi(getStrategy, (c) => {
    const { name } = c.req.valid("param");
    const found = deps.strategies().get(name);
    if (found === undefined)
      throw new ProblemError(404, "unknown-strategy", `There is no strategy of this name. See GET /strategies.`);
    return c.json(document(found), 200);
  });
}

function document({ strategy, digest }: LoadedStrategy) {
  const parameterSchema: { [name: string]: unknown } = {
    ...z.toJSONSchema(strategy.params, { io: "input", target: "draft-2020-12", unrepresentable: "any" }),
  };
  return { ...strategyDocument(strategy), digest, parameterSchema };
}
