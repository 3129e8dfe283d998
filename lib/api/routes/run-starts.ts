import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { inSampleWarnings, modelsOfRun } from "../../run/models-of-run.ts";
import { answerRun } from "../../run/start-run.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { jsonBody } from "../json-content.ts";
import { ProblemError, postProblems } from "../problem.ts";
import { actionDocument, begun, creationOf, goneOn, runAnswers } from "../run-answers.ts";
import { specInBody } from "../run-schemas.ts";
import { planOfRequest, specOfRequest } from "../spec-of-request.ts";

const longerForm = z.strictObject({ spec: specInBody, fresh: z.boolean().optional() });

const postRun = createRoute({
  method: "post",
  path: "/runs",
  summary: "Run a spec, or answer it from what exists",
  description: "The body is a spec, or `{ spec, fresh }`: `fresh` computes it even if an equal run exists.",
  tags: ["Runs"],
  request: {
    body: jsonBody(z.union([specInBody, longerForm]), true),
  },
  responses: { ...runAnswers, ...postProblems() },
});

/** Running specs. */
export function addRunStarts(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const { stores, workflow } = deps;

  app.openapi(postRun, async (c) => {
    const { spec, fresh = false } = requestOf(c.req.valid("json"));
    const plan = await planOfRequest(specOfRequest(spec, deps), deps);
    const warnings = inSampleWarnings(await modelsOfRun(plan, stores));
    const answer = await answerRun(plan, { fresh, ...creationOf(c.var) }, stores);
    switch (answer.kind) {
      case "exists":
        return c.json({ ...actionDocument(answer.run), answeredFrom: "existing" as const, warnings }, 200);
      case "unfinished":
        return c.json({ ...(await goneOn(answer.run, workflow)), answeredFrom: "unfinished" as const, warnings }, 202);
      case "created":
        return c.json({ ...(await begun(answer.run, workflow)), answeredFrom: "new" as const, warnings }, 201);
    }
  });
}

/** No spec has a field "spec": with one, the body is the longer form. */
function requestOf(body: { readonly [field: string]: unknown }): {
  readonly spec: unknown;
  readonly fresh?: boolean | undefined;
} {
  if (!("spec" in body)) return { spec: body };
  const longer = longerForm.safeParse(body);
  if (longer.success) return longer.data;
  throw new ProblemError(400, "invalid-request", "The body is neither a spec nor { spec, fresh }.", {
    errors: longer.error.issues.map(({ path, message }) => ({ path: path.map(String).join("."), message })),
  });
}
