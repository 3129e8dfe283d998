import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { jsonAnswer, jsonBody } from "../json-content.ts";
import { ProblemError, postProblems } from "../problem.ts";
import { runPlanSchema, wantedFunctions } from "../run-plan.ts";
import { specInBody } from "../run-schemas.ts";
import { planOfRequest, specOfRequest } from "../spec-of-request.ts";

const postPlan = createRoute({
  method: "post",
  path: "/runs/plan",
  summary: "What a run would be on AWS, how long it would take and what it would cost; computes its first bars",
  description: "It is planned for the functions that are deployed, or for those that the body asks for.",
  tags: ["Runs"],
  request: { body: jsonBody(z.strictObject({ spec: specInBody, ...wantedFunctions }), true) },
  responses: { 200: jsonAnswer(runPlanSchema, "The plan."), ...postProblems() },
});

/** Runs before they are runs. */
export function addRunPlans(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(postPlan, async (c) => {
    const { spec, ...wanted } = c.req.valid("json");
    const plan = await planOfRequest(specOfRequest(spec, deps), deps);
    if (deps.estimates === undefined)
      throw new ProblemError(409, "no-plans-here", "This service estimates nothing. Plan with backstitch plan.");
    return c.json(await deps.estimates.run(plan, wanted), 200);
  });
}
