import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { hasRuntime, RuntimeMissingError } from "../../models/native-session.ts";
import { findModel, listModels, ModelInputError, removeModelName } from "../../run/model-catalog.ts";
import { modelDocument, modelSummary } from "../../run/model-document.ts";
import { verifyModel } from "../../run/verify-model.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { jsonAnswer } from "../json-content.ts";
import { modelDocumentSchema, modelSummarySchema, modelVerificationSchema } from "../model-schemas.ts";
import { nextCursor, pageOf, pageQuery } from "../pages.ts";
import { ProblemError, postProblems, problemResponses } from "../problem.ts";
import { modelReference } from "../references.ts";

const params = z.object({ name: modelReference });

const listRoute = createRoute({
  method: "get",
  path: "/models",
  summary: "Every name with the model that it means now",
  tags: ["Models"],
  request: {
    query: z.object({
      ...pageQuery(100, 200),
      name: z.string().max(100).optional().openapi({ description: "Only names that contain this." }),
      strategy: z.string().max(100).optional().openapi({ description: "Only models of this strategy document." }),
      timeframe: z.string().max(20).optional().openapi({ description: "Only models trained on bars of this length." }),
    }),
  },
  responses: {
    200: jsonAnswer(
      z.object({ models: z.array(modelSummarySchema), next: nextCursor }),
      "A page of models. With `strategy` or `timeframe` it may be short and still have a `next`.",
    ),
    ...problemResponses(),
  },
});

const getRoute = createRoute({
  method: "get",
  path: "/models/{name}",
  summary: "What a model takes and gives, what it was trained on, and which runs refer to it",
  tags: ["Models"],
  request: { params },
  responses: { 200: jsonAnswer(modelDocumentSchema, "The model."), ...problemResponses(404, 422) },
});

const verifyRoute = createRoute({
  method: "post",
  path: "/models/{name}/verify",
  summary:
    "Check a model again and compute its golden vectors there; 501 where no model runtime is, as in the API's function on AWS",
  tags: ["Models"],
  request: { params },
  responses: { 200: jsonAnswer(modelVerificationSchema, "What was found."), ...postProblems(404, 501) },
});

const deleteRoute = createRoute({
  method: "delete",
  path: "/models/{name}",
  summary: "Forget a name; runs keep the models that they refer to, and the next cleanup frees the others",
  tags: ["Models"],
  request: { params },
  responses: {
    200: jsonAnswer(z.object({ removed: z.array(z.string()) }), "It is forgotten."),
    ...problemResponses(404),
  },
});

/** What strategies ask. */
export function addModels(app: OpenAPIHono<ApiEnv>, { stores }: ApiDeps): void {
  app.openapi(listRoute, async (c) => {
    const { name = "", strategy, timeframe, ...page } = c.req.valid("query");
    const named = (await listModels(stores.objects)).filter((entry) => entry.name.includes(name));
    const { items, next } = pageOf(named, page);
    const models = await Promise.all(items.map((entry) => modelSummary(entry, stores)));
    const asked = models.filter(
      ({ metadata }) =>
        (strategy === undefined || metadata.strategy.name === strategy) &&
        (timeframe === undefined || metadata.training.timeframes.includes(timeframe)),
    );
    return c.json({ models: asked, next }, 200);
  });

  app.openapi(getRoute, async (c) => {
    const { name } = c.req.valid("param");
    return c.json(await orUnknown(modelDocument(name, stores)), 200);
  });

  app.openapi(verifyRoute, async (c) => {
    const { name } = c.req.valid("param");
    const modelId = await orUnknown(findModel(name, stores.objects));
    if (!hasRuntime())
      throw new RuntimeMissingError(
        "The model runtime is not here, so that golden vectors cannot be computed. Verify the bundle on a machine of yours (backstitch models verify), or on a server of yours (backstitch serve).",
      );
    return c.json(await verifyModel(name, modelId, stores.objects), 200);
  });

  app.openapi(deleteRoute, async (c) => {
    const { name } = c.req.valid("param");
    if ((await removeModelName(name, stores.objects)) === 0)
      throw new ProblemError(404, "unknown-model", `There is no model of the name "${name}". See GET /models.`);
    return c.json({ removed: [name] }, 200);
  });
}

/** The model that a path names, or a problem 404. */
async function orUnknown<Found>(found: Promise<Found>): Promise<Found> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof ModelInputError) throw new ProblemError(404, "unknown-model", error.message, { cause: error });
    throw error;
  }
}
