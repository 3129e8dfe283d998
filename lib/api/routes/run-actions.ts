import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { runEntry } from "../../report/run-document.ts";
import { extendRun, extensionSpec } from "../../run/branch-run.ts";
import { findCheckpoint } from "../../run/find-checkpoint.ts";
import { findRun } from "../../run/find-run.ts";
import { forkWholeRun } from "../../run/fork-whole-run.ts";
import { isUnderWay } from "../../run/run-status.ts";
import type { CheckpointRecord, RunRecord } from "../../run/run-store.ts";
import { setFields } from "../../run/set-fields.ts";
import { answerRun, type Creation } from "../../run/start-run.ts";
import { storedSpec } from "../../run/stored-spec.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { jsonAnswer, jsonBody } from "../json-content.ts";
import { ProblemError, postProblems, problemResponses } from "../problem.ts";
import { checkpointText, runReference } from "../references.ts";
import { runActionSchema } from "../run-schemas.ts";
import type { ResumeHow, StartOutcome } from "../run-workflow.ts";
import { planOfRequest, specOfRequest } from "../spec-of-request.ts";
import { currentRun } from "./run-lists.ts";

const params = z.object({ id: runReference });
const specInBody = z.looseObject({}).openapi("Spec");

const longerForm = z.strictObject({ spec: specInBody, fresh: z.boolean().optional() });

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

const runAnswers = {
  200: jsonAnswer(runActionSchema, "An equal run exists and is complete."),
  201: jsonAnswer(runActionSchema, "Created, and started unless asked not to."),
  202: jsonAnswer(runActionSchema, "An equal run was begun and is not finished: it goes on."),
};

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

const cancelRun = createRoute({
  method: "post",
  path: "/runs/{id}/cancel",
  summary: "Make a run checkpoint and stop; it can be resumed",
  tags: ["Runs"],
  request: {
    params,
    body: jsonBody(
      z.strictObject({
        force: z
          .boolean()
          .default(false)
          .openapi({ description: "Do not wait for a checkpoint: go back to the last one." }),
      }),
      false,
    ),
  },
  responses: {
    200: jsonAnswer(runActionSchema, "It is cancelled."),
    202: jsonAnswer(runActionSchema, "Whoever computes it was asked to stop."),
    ...postProblems(404),
  },
});

const resumeRun = createRoute({
  method: "post",
  path: "/runs/{id}/resume",
  summary: "Go on with an interrupted, cancelled or failed run from its last checkpoint",
  tags: ["Runs"],
  request: {
    params,
    body: jsonBody(
      z.strictObject({
        how: z.enum(["auto", "execution", "redrive"]).default("auto").openapi({
          description:
            "On AWS: redrive the failed execution, which keeps the definition and the code that it had, or start a new execution. `auto` redrives where it can.",
        }),
      }),
      false,
    ),
  },
  responses: { 202: jsonAnswer(runActionSchema, "It goes on."), ...postProblems(404) },
});

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
  responses: { 200: runAnswers[200], 201: runAnswers[201], ...postProblems(404) },
});

const deleteRun = createRoute({
  method: "delete",
  path: "/runs/{id}",
  summary: "Delete a run with its checkpoints",
  tags: ["Runs"],
  request: { params },
  responses: {
    200: jsonAnswer(z.object({ removed: z.array(z.string()) }), "It is deleted."),
    ...problemResponses(404, 409),
  },
});

/** Everything that changes runs. */
export function addRunActions(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const { stores, workflow } = deps;

  app.openapi(postRun, async (c) => {
    const { spec, fresh = false } = requestOf(c.req.valid("json"));
    const plan = await planOfRequest(specOfRequest(spec, deps), deps);
    const answer = await answerRun(plan, { fresh, ...creationOf(c.var) }, stores);
    switch (answer.kind) {
      case "exists":
        return c.json({ ...document(answer.run), answeredFrom: "existing" as const }, 200);
      case "unfinished": {
        const outcome = await workflow.start(await workflow.reconcile(answer.run), "auto");
        return c.json({ ...outcomeDocument(outcome), answeredFrom: "unfinished" as const }, 202);
      }
      case "created":
        return c.json({ ...(await begun(answer.run)), answeredFrom: "new" as const }, 201);
    }
  });

  app.openapi(cancelRun, async (c) => {
    const run = await currentRun(c.req.valid("param").id, deps);
    if (run.status === "completed" || run.status === "failed")
      throw new ProblemError(
        409,
        `run-${run.status}`,
        `Run "${run.runId}" is ${run.status}: there is nothing to cancel.`,
      );
    const { force } = c.req.valid("json");
    const after = run.status === "cancelled" ? run : await workflow.cancel(run, { force: force === true });
    return isUnderWay(after) ? c.json(document(after), 202) : c.json(document(after), 200);
  });

  app.openapi(resumeRun, async (c) => {
    const run = await currentRun(c.req.valid("param").id, deps);
    return c.json(await started(run, c.req.valid("json").how ?? "auto"), 202);
  });

  app.openapi(forkRun, async (c) => {
    const base = await findRun(c.req.valid("param").id, stores.runs);
    const { checkpoint, sequence, spec, set, remove, name, start: isStarted } = c.req.valid("json");
    const from = await checkpointOf(base, checkpoint, sequence);
    const changed = setFields(spec ?? base.spec, [
      ...changesOf(set, remove),
      ...(name === undefined ? [] : [{ path: ["name"], value: name }]),
    ]);
    const fork = await forkWholeRun(from, specOfRequest(changed, deps), creationOf(c.var), stores);
    return c.json(isStarted === false ? document(fork) : await begun(fork), 201);
  });

  app.openapi(postExtend, async (c) => {
    const base = await findRun(c.req.valid("param").id, stores.runs);
    const { data, set, remove, start: isStarted } = c.req.valid("json");
    const snapshot = data ?? storedSpec(base).data.snapshot;
    const spec = extensionSpec(base, snapshot, (value) => setFields(value, changesOf(set, remove)));
    const { kind, run } = await extendRun(base, specOfRequest(spec, deps), creationOf(c.var), stores);
    if (kind === "exists") return c.json({ ...document(run), answeredFrom: "existing" as const }, 200);
    return c.json(isStarted === false ? document(run) : await begun(run), 201);
  });

  app.openapi(deleteRun, async (c) => {
    const run = await currentRun(c.req.valid("param").id, deps);
    if (!(await stores.runs.removeRun(run.runId))) throw stays(run);
    return c.json({ removed: [run.runId] }, 200);
  });

  /** Starts a run that this request created, once: a repeat finds it started, and leaves alone what was cancelled or has ended since. */
  async function begun(run: RunRecord) {
    if (run.status !== "queued" && !isUnderWay(run)) return document(run);
    return outcomeDocument(await workflow.start(run, "auto"));
  }

  async function started(run: RunRecord, how: ResumeHow) {
    const outcome = await workflow.start(run, how);
    if (outcome.kind === "started") return outcomeDocument(outcome);
    throw refusal(outcome);
  }

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

function creationOf({ requestKey }: { readonly requestKey: string | undefined }): Creation {
  return { nowMs: Date.now(), requestKey };
}

function document(run: RunRecord) {
  return { ...runEntry(run), how: null, note: null };
}

/** A run that is under way already is the answer to whoever wants it computed. */
function outcomeDocument(outcome: StartOutcome) {
  if (outcome.kind !== "started") return document(outcome.run);
  return { ...runEntry(outcome.run), how: outcome.how, note: outcome.note ?? null };
}

function refusal({ kind, run }: Exclude<StartOutcome, { readonly kind: "started" }>): ProblemError {
  if (kind === "completed")
    return new ProblemError(409, "run-completed", `Run "${run.runId}" is completed: there is nothing to resume.`);
  return new ProblemError(
    409,
    run.status === "resuming" ? "run-resuming" : "run-busy",
    `Run "${run.runId}" is ${run.status} (attempt ${run.attempt}): somebody works on it. Wait, or cancel it first.`,
  );
}

function stays(run: RunRecord): ProblemError {
  const why = isUnderWay(run)
    ? "is being computed: cancel it first."
    : "is what another run starts from, which has no checkpoint of its own yet: resume or delete that one first.";
  return new ProblemError(409, isUnderWay(run) ? "run-busy" : "run-awaited", `Run "${run.runId}" ${why}`);
}
