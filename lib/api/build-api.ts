import { OpenAPIHono } from "@hono/zod-openapi";
import { allowedMethods } from "./allowed-methods.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { ApiEnv } from "./api-env.ts";
import { idempotent } from "./idempotency.ts";
import { registerComponents } from "./openapi.ts";
import { ProblemError, problemResponse } from "./problem.ts";
import { problemOfError } from "./problem-of-error.ts";
import { checkJson, limitAnswer, limitBody, securityHeaders } from "./request-guards.ts";
import { addCheckpointUpkeep } from "./routes/checkpoint-upkeep.ts";
import { addCheckpoints } from "./routes/checkpoints.ts";
import { addComparisons } from "./routes/comparisons.ts";
import { addModelImports } from "./routes/model-imports.ts";
import { addModels } from "./routes/models.ts";
import { addRunActions } from "./routes/run-actions.ts";
import { addRunBranches } from "./routes/run-branches.ts";
import { addRunEvents } from "./routes/run-events.ts";
import { addRunFacts } from "./routes/run-facts.ts";
import { addRunLists } from "./routes/run-lists.ts";
import { addRunPlans } from "./routes/run-plans.ts";
import { addRunStarts } from "./routes/run-starts.ts";
import { addRunVerification } from "./routes/run-verification.ts";
import { addService } from "./routes/service.ts";
import { addSnapshotBars } from "./routes/snapshot-bars.ts";
import { addSnapshotImports } from "./routes/snapshot-imports.ts";
import { addSnapshots } from "./routes/snapshots.ts";
import { addStrategies } from "./routes/strategies.ts";
import { addSweepActions } from "./routes/sweep-actions.ts";
import { addSweepFacts } from "./routes/sweep-facts.ts";
import { addSweepLists } from "./routes/sweep-lists.ts";
import { addSweepProgress } from "./routes/sweep-progress.ts";

/** The HTTP API over these stores and this workflow: the same app on Lambda and on one's own machine. */
export function buildApi(deps: ApiDeps): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const { target, error } = result;
      const errors = error.issues.map(({ path, message }) => ({
        path: path.map(String).join("."),
        message: message.replace(/^Invalid input: /, "").replace(", received ", ", found "),
      }));
      const where = target === "json" ? "The body" : target === "query" ? "The query" : "The path";
      const lines = errors.map(({ path, message }) => `${path === "" ? "(the whole)" : path}: ${message}`);
      throw new ProblemError(400, "invalid-request", `${where} is not valid. ${lines.join("; ")}`, { errors });
    },
  });
  app.onError((error, c) => {
    const problem = problemOfError(error);
    if (problem !== undefined) return problemResponse(problem, c.req.path);
    deps.onFault(error, c.req.path);
    return problemResponse(
      new ProblemError(500, "internal-error", "Something went wrong here; the log of the service tells what."),
      c.req.path,
    );
  });
  app.notFound((c) => {
    const { method, path } = c.req;
    const allowed = allowedMethods(path, app.routes);
    if (allowed.length === 0)
      return problemResponse(
        new ProblemError(404, "no-such-route", "There is no such path. See GET /openapi.json."),
        path,
      );
    const detail = `Expected ${allowed.join(", ")}, found ${method}. See GET /openapi.json.`;
    const response = problemResponse(new ProblemError(405, "method-not-allowed", detail), path);
    response.headers.set("Allow", allowed.join(", "));
    return response;
  });

  app.use(securityHeaders);
  app.use(async (c, next) => {
    const isOpen = c.req.path === "/health" || c.req.path === "/openapi.json";
    if (!isOpen) c.set("caller", await deps.identify(c.req.raw, c.env));
    await next();
  });
  app.use(limitAnswer(deps.limits.answerBytes));
  app.on(["GET", "POST", "DELETE", "PATCH"], "*", limitBody(deps.limits.bodyBytes), checkJson);
  app.use(idempotent(deps.stores.requests));

  registerComponents(app);
  addService(app, deps);
  addStrategies(app, deps);
  addRunLists(app, deps);
  addRunFacts(app, deps);
  addRunEvents(app, deps);
  addRunStarts(app, deps);
  addRunPlans(app, deps);
  addRunActions(app, deps);
  addRunBranches(app, deps);
  addSweepLists(app, deps);
  addSweepFacts(app, deps);
  addSweepProgress(app, deps);
  addSweepActions(app, deps);
  addComparisons(app, deps);
  // Paths with words of their own go before those with ids.
  addCheckpointUpkeep(app, deps);
  addCheckpoints(app, deps);
  addRunVerification(app, deps);
  addSnapshotImports(app, deps);
  addSnapshots(app, deps);
  addSnapshotBars(app, deps);
  addModelImports(app, deps);
  addModels(app, deps);
  return app;
}
