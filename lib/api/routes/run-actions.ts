import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { isUnderWay } from "../../run/run-status.ts";
import type { RunRecord } from "../../run/run-store.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { jsonAnswer, jsonBody } from "../json-content.ts";
import { ProblemError, postProblems, problemResponses } from "../problem.ts";
import { runReference } from "../references.ts";
import { actionDocument, outcomeDocument } from "../run-answers.ts";
import { runActionSchema } from "../run-schemas.ts";
import type { StartOutcome } from "../run-workflow.ts";
import { currentRun } from "./run-lists.ts";

const params = z.object({ id: runReference });

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

/** What is done with runs that there are. */
export function addRunActions(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const { stores, workflow } = deps;

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
    return isUnderWay(after) ? c.json(actionDocument(after), 202) : c.json(actionDocument(after), 200);
  });

  app.openapi(resumeRun, async (c) => {
    const run = await currentRun(c.req.valid("param").id, deps);
    const outcome = await workflow.start(run, c.req.valid("json").how ?? "auto");
    if (outcome.kind !== "started") throw refusal(outcome);
    return c.json(outcomeDocument(outcome), 202);
  });

  app.openapi(deleteRun, async (c) => {
    const run = await currentRun(c.req.valid("param").id, deps);
    if (!(await stores.runs.removeRun(run.runId))) throw stays(run);
    return c.json({ removed: [run.runId] }, 200);
  });
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
