import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { callerUploads, unknownUpload } from "../caller-uploads.ts";
import { jsonAnswer, jsonBody } from "../json-content.ts";
import { postProblems, problemResponses } from "../problem.ts";
import { uploadReference } from "../references.ts";
import { beginUploadSchema, begunUploadSchema, importRequestSchema, importStateSchema } from "../snapshot-schemas.ts";
import type { ImportState } from "../uploads.ts";

const params = z.object({ uploadId: uploadReference });

const postSnapshot = createRoute({
  method: "post",
  path: "/snapshots",
  summary: "Begin an upload: answers where to PUT each file",
  tags: ["Snapshots"],
  request: { body: jsonBody(beginUploadSchema, true) },
  responses: { 201: jsonAnswer(begunUploadSchema, "Where to send the files."), ...postProblems() },
});

const putFile = createRoute({
  method: "put",
  path: "/snapshots/{uploadId}/files/{index}",
  summary: "Send one file of an upload, where POST /snapshots or POST /models says so",
  tags: ["Snapshots"],
  request: {
    params: params.extend({
      index: z
        .string()
        .regex(/^\d{1,4}$/)
        .openapi({ param: { name: "index", in: "path" }, description: "The place of the file in `files`, from 0." }),
    }),
    body: {
      content: { "application/octet-stream": { schema: z.any().openapi({ type: "string", format: "binary" }) } },
    },
  },
  responses: { 204: { description: "It is stored." }, ...problemResponses(404, 409, 413) },
});

const postImport = createRoute({
  method: "post",
  path: "/snapshots/{uploadId}/import",
  summary: "Make a snapshot of the uploaded files, or append their bars to one",
  tags: ["Snapshots"],
  request: { params, body: jsonBody(importRequestSchema, true) },
  responses: { 202: jsonAnswer(importStateSchema, "It has begun."), ...postProblems(404) },
});

const getImport = createRoute({
  method: "get",
  path: "/snapshots/imports/{uploadId}",
  summary: "How an import goes",
  tags: ["Snapshots"],
  request: { params },
  responses: { 200: jsonAnswer(importStateSchema, "How it goes."), ...problemResponses(404) },
});

/** Bars on their way in. */
export function addSnapshotImports(app: OpenAPIHono<ApiEnv>, { uploads }: ApiDeps): void {
  app.openapi(postSnapshot, async (c) => {
    return c.json(await callerUploads(c, uploads).begin(c.req.valid("json").files), 201);
  });

  app.openapi(putFile, async (c) => {
    const { uploadId, index } = c.req.valid("param");
    const body = c.req.raw.body ?? new Blob([]).stream();
    if ((await uploads.receive?.(uploadId, Number(index), body, c.var.caller.id)) !== true)
      throw unknownUpload(uploadId);
    return c.body(null, 204);
  });

  app.openapi(postImport, async (c) => {
    const { uploadId } = c.req.valid("param");
    const state = await callerUploads(c, uploads).import(uploadId, c.req.valid("json"));
    return c.json(stateDocument(uploadId, state), 202);
  });

  app.openapi(getImport, async (c) => {
    const { uploadId } = c.req.valid("param");
    return c.json(stateDocument(uploadId, await callerUploads(c, uploads).state(uploadId)), 200);
  });
}

function stateDocument(uploadId: string, state: ImportState) {
  const done = state.status === "done" && "snapshotId" in state ? state : undefined;
  return {
    uploadId,
    status: state.status,
    name: done?.name ?? null,
    snapshotId: done?.snapshotId ?? null,
    addedBarCount: done?.addedBarCount ?? null,
    error: state.status === "failed" ? state.error : null,
  };
}
