import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { sweepEntry } from "../../report/sweep-document.ts";
import { createSweep } from "../../sweep/create-sweep.ts";
import { removeSweep } from "../../sweep/remove-sweep.ts";
import { sweepWarnings } from "../../sweep/sweep-models.ts";
import type { SweepRecord } from "../../sweep/sweep-store.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { currentSweep } from "../current-sweep.ts";
import { jsonAnswer, jsonBody } from "../json-content.ts";
import { ProblemError, postProblems, problemResponses } from "../problem.ts";
import { sweepReference } from "../references.ts";
import { overData, sweepSpecOfRequest } from "../spec-of-request.ts";
import { sweepEstimateSchema } from "../sweep-estimate.ts";
import { sweepActionSchema, sweepSpecInBody } from "../sweep-schemas.ts";
import type { SweepStartOutcome, SweepWorkflow } from "../sweep-workflow.ts";

const params = z.object({ id: sweepReference });

const postSweep = createRoute({
  method: "post",
  path: "/sweeps",
  summary: "Run a sweep, or answer it from what exists",
  description:
    "The body is a sweep's spec. Its id follows from what it computes: the same spec over the same bars is the same sweep, and lanes that an earlier one computed are not computed again.",
  tags: ["Sweeps"],
  request: { body: jsonBody(sweepSpecInBody, true) },
  responses: {
    200: jsonAnswer(sweepActionSchema, "An equal sweep exists and has ended."),
    202: jsonAnswer(sweepActionSchema, "It is under way."),
    ...postProblems(),
  },
});

const postPlan = createRoute({
  method: "post",
  path: "/sweeps/plan",
  summary: "What a sweep would compute, how long it would take and what it would cost; computes a sample for a second",
  tags: ["Sweeps"],
  request: { body: jsonBody(sweepSpecInBody, true) },
  responses: { 200: jsonAnswer(sweepEstimateSchema, "The estimate."), ...postProblems() },
});

const cancelSweep = createRoute({
  method: "post",
  path: "/sweeps/{id}/cancel",
  summary: "Make a sweep's runs checkpoint and stop; it can be resumed",
  tags: ["Sweeps"],
  request: {
    params,
    body: jsonBody(
      z.strictObject({
        force: z.boolean().default(false).openapi({ description: "Do not wait for checkpoints." }),
      }),
      false,
    ),
  },
  responses: {
    200: jsonAnswer(sweepActionSchema, "It is cancelled."),
    202: jsonAnswer(sweepActionSchema, "Whoever computes it was asked to stop."),
    ...postProblems(404),
  },
});

const resumeSweep = createRoute({
  method: "post",
  path: "/sweeps/{id}/resume",
  summary: "Go on with an interrupted, cancelled or failed sweep; what its runs have done is kept",
  tags: ["Sweeps"],
  request: {
    params,
    body: jsonBody(
      z.strictObject({
        how: z.enum(["auto", "execution", "redrive"]).default("auto").openapi({
          description: "On AWS: redrive the failed execution, which runs only what failed, or start a new one.",
        }),
      }),
      false,
    ),
  },
  responses: { 202: jsonAnswer(sweepActionSchema, "It goes on."), ...postProblems(404) },
});

const deleteSweep = createRoute({
  method: "delete",
  path: "/sweeps/{id}",
  summary: "Delete a sweep with its runs",
  tags: ["Sweeps"],
  request: { params },
  responses: {
    200: jsonAnswer(z.object({ removed: z.array(z.string()) }), "It is deleted."),
    202: jsonAnswer(
      z.object({ removed: z.array(z.string()) }),
      "It has many runs, and not all are deleted yet: ask again.",
    ),
    ...problemResponses(404, 409),
  },
});

const snapshotField = "base.data.snapshot";

/** Everything that changes sweeps. */
export function addSweepActions(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const { stores } = deps;

  app.openapi(postSweep, async (c) => {
    const spec = sweepSpecOfRequest(c.req.valid("json"), deps);
    const { sweep, isNew } = await overData(snapshotField, () => createSweep(spec, Date.now(), stores));
    const warnings = await sweepWarnings(sweep, stores);
    if (hasEnded(sweep)) return c.json({ ...document(sweep), answeredFrom: "existing" as const, warnings }, 200);
    const outcome = await workflowOf(deps).start(sweep, "auto");
    const answeredFrom = isNew ? ("new" as const) : ("unfinished" as const);
    return c.json({ ...outcomeDocument(outcome), answeredFrom, warnings }, 202);
  });

  app.openapi(postPlan, async (c) => {
    const spec = sweepSpecOfRequest(c.req.valid("json"), deps);
    const { estimates } = deps;
    if (estimates === undefined) throw noSweepsHere();
    return c.json(await overData(snapshotField, () => estimates.sweep(spec)), 200);
  });

  app.openapi(cancelSweep, async (c) => {
    const sweep = await currentSweep(c.req.valid("param").id, deps);
    if (hasEnded(sweep) || sweep.status === "failed") throw nothingTo("cancel", sweep);
    const { force } = c.req.valid("json");
    const after =
      sweep.status === "cancelled" ? sweep : await workflowOf(deps).cancel(sweep, { force: force === true });
    return after.status === "cancelled" ? c.json(document(after), 200) : c.json(document(after), 202);
  });

  app.openapi(resumeSweep, async (c) => {
    const sweep = await currentSweep(c.req.valid("param").id, deps);
    const outcome = await workflowOf(deps).start(sweep, c.req.valid("json").how ?? "auto");
    if (outcome.kind !== "started") throw refusal(outcome);
    return c.json(outcomeDocument(outcome), 202);
  });

  app.openapi(deleteSweep, async (c) => {
    const sweep = await currentSweep(c.req.valid("param").id, deps);
    if (sweep.status === "running" || sweep.status === "cancelling") throw busy(sweep);
    const untilMs = Date.now() + deps.limits.workMs;
    switch (await removeSweep(sweep, () => Date.now() >= untilMs, stores)) {
      case "removed":
        return c.json({ removed: [sweep.sweepId] }, 200);
      case "more":
        return c.json({ removed: [] }, 202);
      case "busy":
        throw busy(sweep);
    }
  });
}

function workflowOf({ sweepWorkflow }: ApiDeps): SweepWorkflow {
  if (sweepWorkflow !== undefined) return sweepWorkflow;
  throw noSweepsHere();
}

function noSweepsHere(): ProblemError {
  return new ProblemError(
    409,
    "no-sweeps-here",
    "This service computes no sweeps. Run them with backstitch serve, or backstitch sweep.",
  );
}

/** Nothing is left to do. */
function hasEnded({ status }: SweepRecord): boolean {
  return status === "completed" || status === "partial";
}

function document(sweep: SweepRecord) {
  return { ...sweepEntry(sweep), how: null, note: null };
}

/** A sweep that is under way already is the answer to whoever wants it computed. */
function outcomeDocument(outcome: SweepStartOutcome) {
  if (outcome.kind !== "started") return document(outcome.sweep);
  return { ...sweepEntry(outcome.sweep), how: outcome.how, note: outcome.note ?? null };
}

function refusal({ kind, sweep }: Exclude<SweepStartOutcome, { readonly kind: "started" }>): ProblemError {
  return kind === "busy" ? busy(sweep) : nothingTo("resume", sweep);
}

function nothingTo(what: "cancel" | "resume", { sweepId, status }: SweepRecord): ProblemError {
  const way = status === "failed" ? ` Go on with it: POST /sweeps/${sweepId}/resume.` : "";
  return new ProblemError(
    409,
    `sweep-${status}`,
    `Sweep "${sweepId}" is ${status}: there is nothing to ${what}.${way}`,
  );
}

function busy({ sweepId, status, attempt }: SweepRecord): ProblemError {
  return new ProblemError(
    409,
    "sweep-busy",
    `Sweep "${sweepId}" is ${status} (attempt ${attempt}): somebody works on it. Wait, or cancel it first.`,
  );
}
