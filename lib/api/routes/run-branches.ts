import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { extendRun, extensionSpec } from "../../run/branch-run.ts";
import { findCheckpoint } from "../../run/find-checkpoint.ts";
import { findRun } from "../../run/find-run.ts";
import { forkWholeRun } from "../../run/fork-whole-run.ts";
import type { CheckpointRecord, RunRecord } from "../../run/run-store.ts";
import { setFields } from "../../run/set-fields.ts";
import { storedSpec } from "../../run/stored-spec.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { jsonBody } from "../json-content.ts";
import { ProblemError, postProblems } from "../problem.ts";
import { checkpointText, runReference } from "../references.ts";
import { actionDocument, begun, creationOf, goneOn, runAnswers } from "../run-answers.ts";
import { specInBody } from "../run-schemas.ts";
import { overData, specOfRequest } from "../spec-of-request.ts";

const params = z.object({ id: runReference });

const changes = {
  set: z
    .record(z.string().min(1).max(200), z.any())
    .optional()
    .openapi({ description: 'Fields to change, by path: `{ "strategy.params.fast": 20 }`.' }),
  remove: z
    .array(z.string().min(1).max(200))
    .max(100)
    .optional()
    .openapi({ description: "Fields to remove, by path." }),
};
const start = z
  .boolean()
  .default(true)
  .openapi({ description: "Whether to compute it at once; otherwise resume it later." });

const forkRun = createRoute({
  method: "post",
  path: "/runs/{id}/fork",
  summary: "Start a new run from a checkpoint of this one, with a changed spec",
  tags: ["Runs"],
  request: {
    params,
    body: jsonBody(
      z.strictObject({
        checkpoint: checkpointText.optional().openapi({ description: "The checkpoint; the newest by default." }),
        sequence: z.int().min(1).optional().openapi({ description: "The same by its sequence number." }),
        spec: specInBody.optional().openapi({ description: "The new spec, whole; the run's own by default." }),
        ...changes,
        name: z.string().min(1).max(100).optional(),
        start,
      }),
      false,
    ),
  },
  responses: { 201: runAnswers[201], ...postProblems(404) },
});

const postExtend = createRoute({
  method: "post",
  path: "/runs/{id}/extend",
  summary: "Go on from a completed run over later bars; the result equals a run over all of them",
  tags: ["Runs"],
  request: {
    params,
    body: jsonBody(
      z.strictObject({
        data: z.string().min(1).max(100).optional().openapi({
          description: "The snapshot with the new bars; what the run's snapshot name means now by default.",
        }),
        ...changes,
        start,
      }),
      false,
    ),
  },
  responses: { ...runAnswers, ...postProblems(404) },
});

/** New runs that go on from others. */
export function addRunBranches(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const { stores, workflow } = deps;

  app.openapi(forkRun, async (c) => {
    const base = await findRun(c.req.valid("param").id, stores.runs);
    const { checkpoint, sequence, spec, set, remove, name, start: isStarted } = c.req.valid("json");
    const from = await checkpointOf(base, checkpoint, sequence);
    const changed = setFields(spec ?? base.spec, [
      ...changesOf(set, remove),
      ...(name === undefined ? [] : [{ path: ["name"], value: name }]),
    ]);
    const fork = await forkWholeRun(from, specOfRequest(changed, deps), creationOf(c.var), stores);
    return c.json(isStarted === false ? actionDocument(fork) : await begun(fork, workflow), 201);
  });

  app.openapi(postExtend, async (c) => {
    const base = await findRun(c.req.valid("param").id, stores.runs);
    const { data, set, remove, start: isStarted } = c.req.valid("json");
    const snapshot = data ?? storedSpec(base).data.snapshot;
    const spec = extensionSpec(base, snapshot, (value) => setFields(value, changesOf(set, remove)));
    const wanted = specOfRequest(spec, deps);
    const { kind, run } = await overData("data", () => extendRun(base, wanted, creationOf(c.var), stores));
    if (kind === "exists") return c.json({ ...actionDocument(run), answeredFrom: "existing" as const }, 200);
    if (kind === "created") return c.json(isStarted === false ? actionDocument(run) : await begun(run, workflow), 201);
    const answer = isStarted === false ? actionDocument(run) : await goneOn(run, workflow);
    return c.json({ ...answer, answeredFrom: "unfinished" as const }, 202);
  });

  async function checkpointOf(
    base: RunRecord,
    reference: string | undefined,
    sequence: number | undefined,
  ): Promise<CheckpointRecord> {
    const place = sequence ?? (reference === undefined ? base.headSequence : undefined);
    if (place === 0)
      throw new ProblemError(409, "no-checkpoint", `Run "${base.runId}" has no checkpoint yet to fork from.`);
    const found = await findCheckpoint(place === undefined ? (reference ?? "") : `${base.runId}@${place}`, stores.runs);
    if (found.runId === base.runId) return found;
    // The same state may be a checkpoint of several runs; here it is this one's that is meant.
    const own = (await stores.runs.findCheckpoints(found.checkpointId)).find(({ runId }) => runId === base.runId);
    if (own !== undefined) return own;
    throw new ProblemError(404, "unknown-checkpoint", `Checkpoint "${reference}" is not one of run "${base.runId}".`);
  }
}

function changesOf(set: { readonly [path: string]: unknown } | undefined, remove: readonly string[] | undefined) {
  return [
    ...Object.entries(set ?? {}).map(([path, value]) => ({ path: path.split("."), value })),
    ...(remove ?? []).map((path) => ({ path: path.split("."), value: undefined })),
  ];
}
