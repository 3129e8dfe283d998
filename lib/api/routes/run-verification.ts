import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { findRun } from "../../run/find-run.ts";
import { newestGoodCheckpoint, verifyPart } from "../../run/verify-run.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { verificationSchema } from "../checkpoint-schemas.ts";
import { jsonAnswer } from "../json-content.ts";
import { decodeCursor, encodeCursor, partCursor } from "../pages.ts";
import { problemResponses } from "../problem.ts";
import { runReference } from "../references.ts";

const getVerification = createRoute({
  method: "get",
  path: "/runs/{id}/verification",
  summary: "Read back all that a run stored, and name what is damaged or missing",
  description:
    "A long run is read a part at a time: while there is a `next`, go on with `?cursor=`. `ok` is that of the part, and `newestGood` is told where one answer is all.",
  tags: ["Checkpoints"],
  request: { params: z.object({ id: runReference }), query: z.object({ cursor: partCursor }) },
  responses: { 200: jsonAnswer(verificationSchema, "What was found."), ...problemResponses(404) },
});

const placeInCursor = z.tuple([z.int().min(0), z.int().min(0)]);

/** Whether what a run goes on from is still there. */
export function addRunVerification(app: OpenAPIHono<ApiEnv>, { stores, limits }: ApiDeps): void {
  app.openapi(getVerification, async (c) => {
    const untilMs = Date.now() + limits.workMs;
    const run = await findRun(c.req.valid("param").id, stores.runs);
    const place = decodeCursor(c.req.valid("query").cursor, placeInCursor);
    const [checkpoint, segment] = place ?? [0, 0];
    const { next, ...part } = await verifyPart(run, { checkpoint, segment }, () => Date.now() >= untilMs, stores);
    const { checkpoints, segments, problems } = part;
    const isWhole =
      [...checkpoints, ...segments].every((found) => found.problems.length === 0) && problems.length === 0;
    const isAll = place === undefined && next === undefined;
    return c.json(
      {
        ok: isWhole,
        status: run.status,
        ...part,
        newestGood: (isAll ? newestGoodCheckpoint(part) : undefined) ?? null,
        next: next === undefined ? null : encodeCursor([next.checkpoint, next.segment]),
      },
      200,
    );
  });
}
