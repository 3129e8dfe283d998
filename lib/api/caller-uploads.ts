import type { Context } from "hono";
import type { ApiEnv } from "./api-env.ts";
import { ProblemError } from "./problem.ts";
import type { BegunUpload, ImportRequest, ImportState, Uploads } from "./uploads.ts";

/** The uploads of whoever sent a request: what is not theirs is not there. */
export type CallerUploads = {
  begin(files: Parameters<Uploads["begin"]>[0]): Promise<BegunUpload>;
  /** Throws ProblemError 404. */
  import(uploadId: string, request: ImportRequest): Promise<ImportState>;
  /** Throws ProblemError 404. */
  state(uploadId: string): Promise<ImportState>;
};

export function callerUploads(c: Context<ApiEnv>, uploads: Uploads): CallerUploads {
  const callerId = c.var.caller.id;
  return {
    begin: (files) => uploads.begin(files, { callerId, origin: new URL(c.req.url).origin, nowMs: Date.now() }),
    import: async (uploadId, request) => found(uploadId, await uploads.import(uploadId, request, callerId)),
    state: async (uploadId) => found(uploadId, await uploads.state(uploadId, callerId)),
  };
}

/** The problem of an upload that is not there. */
export function unknownUpload(uploadId: string): ProblemError {
  return new ProblemError(
    404,
    "unknown-upload",
    `There is no upload ${uploadId}, or it was forgotten since. Begin one: POST /snapshots or POST /models`,
  );
}

function found(uploadId: string, state: ImportState | undefined): ImportState {
  if (state === undefined) throw unknownUpload(uploadId);
  return state;
}
