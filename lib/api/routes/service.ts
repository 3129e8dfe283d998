import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { engineVersion } from "../../engine/engine-version.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { jsonAnswer } from "../json-content.ts";
import { openApiDocument } from "../openapi.ts";
import { problemResponses } from "../problem.ts";

const getHealth = createRoute({
  method: "get",
  path: "/health",
  summary: "Whether the service and its stores answer",
  tags: ["Service"],
  security: [],
  responses: {
    200: jsonAnswer(z.object({ status: z.literal("ok"), version: z.string(), engineVersion: z.int() }), "They do."),
    ...problemResponses(),
  },
});

const getOpenApi = createRoute({
  method: "get",
  path: "/openapi.json",
  summary: "This API, described by OpenAPI 3.1",
  tags: ["Service"],
  security: [],
  responses: { 200: jsonAnswer(z.record(z.string(), z.any()), "The description."), ...problemResponses() },
});

/** What is there, and whether it answers. */
export function addService(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(getHealth, async (c) => {
    await deps.stores.runs.listRuns({}, 1);
    return c.json({ status: "ok" as const, version: deps.version, engineVersion }, 200);
  });

  app.openapi(getOpenApi, (c) => c.json(openApiDocument(app, deps.version), 200));
}
