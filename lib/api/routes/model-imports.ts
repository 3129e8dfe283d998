import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { callerUploads } from "../caller-uploads.ts";
import { jsonAnswer, jsonBody } from "../json-content.ts";
import { beginModelUploadSchema, modelImportSchema, modelRequestSchema } from "../model-schemas.ts";
import { postProblems, problemResponses } from "../problem.ts";
import { uploadReference } from "../references.ts";
import { begunUploadSchema } from "../snapshot-schemas.ts";
import type { ImportState } from "../uploads.ts";

const params = z.object({ uploadId: uploadReference });

const postModel = createRoute({
  method: "post",
  path: "/models",
  summary: "Begin an upload of a bundle: answers where to PUT each of its files",
  tags: ["Models"],
  request: { body: jsonBody(beginModelUploadSchema, true) },
  responses: { 201: jsonAnswer(begunUploadSchema, "Where to send the files."), ...postProblems() },
});

const postImport = createRoute({
  method: "post",
  path: "/models/{uploadId}/import",
  summary: "Check the uploaded bundle in every way, and make a model of it",
  tags: ["Models"],
  request: { params, body: jsonBody(modelRequestSchema, true) },
  responses: { 202: jsonAnswer(modelImportSchema, "It has begun."), ...postProblems(404) },
});

const getImport = createRoute({
  method: "get",
  path: "/models/imports/{uploadId}",
  summary: "How an import goes; one that failed says what is wrong with the bundle",
  tags: ["Models"],
  request: { params },
  responses: { 200: jsonAnswer(modelImportSchema, "How it goes."), ...problemResponses(404) },
});

/** Bundles on their way in. */
export function addModelImports(app: OpenAPIHono<ApiEnv>, { uploads }: ApiDeps): void {
  app.openapi(postModel, async (c) => {
    return c.json(await callerUploads(c, uploads).begin(c.req.valid("json").files), 201);
  });

  app.openapi(postImport, async (c) => {
    const { uploadId } = c.req.valid("param");
    const state = await callerUploads(c, uploads).import(uploadId, { kind: "model", ...c.req.valid("json") });
    return c.json(stateDocument(uploadId, state), 202);
  });

  app.openapi(getImport, async (c) => {
    const { uploadId } = c.req.valid("param");
    return c.json(stateDocument(uploadId, await callerUploads(c, uploads).state(uploadId)), 200);
  });
}

function stateDocument(uploadId: string, state: ImportState) {
  const done = state.status === "done" && "modelId" in state ? state : undefined;
  return {
    uploadId,
    status: state.status,
    name: done?.name ?? null,
    modelId: done?.modelId ?? null,
    checked: done?.checked ?? null,
    error: state.status === "failed" ? state.error : null,
  };
}
