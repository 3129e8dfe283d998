import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { checkpointDocument } from "../../report/checkpoint-document.ts";
import { stateDifferences } from "../../report/state-differences.ts";
import { loadState } from "../../run/checkpoint.ts";
import { findCheckpoint, findOnlyCheckpoint } from "../../run/find-checkpoint.ts";
import { findRun } from "../../run/find-run.ts";
import { type CheckpointPlace, listedCheckpoints } from "../../run/listed-checkpoints.ts";
import { runFilter } from "../../run/run-filter.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { checkpointDocumentSchema, differencesSchema, listedCheckpointSchema } from "../checkpoint-schemas.ts";
import { jsonAnswer } from "../json-content.ts";
import { decodeCursor, encodeCursor, nextCursor, pageQuery } from "../pages.ts";
import { ProblemError, problemResponses } from "../problem.ts";
import { age, checkpointReference, checkpointText, moment, runReference } from "../references.ts";
import { hash, runStatus } from "../run-schemas.ts";
import { wholeNumber } from "../whole-number.ts";

const params = z.object({ id: checkpointReference });

const listCheckpoints = createRoute({
  method: "get",
  path: "/checkpoints",
  summary: "List checkpoints: of one run, or of the newest runs that match",
  description: "A page may be shorter than its limit and still have a `next`: it looks at 100 runs at most.",
  tags: ["Checkpoints"],
  request: {
    query: z.object({
      run: runReference.optional().openapi({ param: { name: "run", in: "query" } }),
      strategy: z.string().min(1).max(100).optional(),
      status: runStatus.optional(),
      from: moment.optional().openapi({ description: "Saved at or after this date or time (UTC)." }),
      to: moment.optional().openapi({ description: "Saved up to this date or time; a date counts to its end." }),
      olderThan: age.optional().openapi({ description: "Only those older than this: 30d, 12h, 90m." }),
      ...pageQuery(100, 1_000),
    }),
  },
  responses: {
    200: jsonAnswer(
      z.object({ checkpoints: z.array(listedCheckpointSchema).readonly(), next: nextCursor }),
      "A page of checkpoints.",
    ),
    ...problemResponses(404),
  },
});

const getCheckpoint = createRoute({
  method: "get",
  path: "/checkpoints/{id}",
  summary: "One checkpoint: its place, its lanes, and its whole state",
  tags: ["Checkpoints"],
  request: {
    params,
    query: z.object({
      state: z
        .enum(["true", "false"])
        .default("true")
        .openapi({ description: "Whether to answer with the whole state." }),
    }),
  },
  responses: { 200: jsonAnswer(checkpointDocumentSchema, "The checkpoint."), ...problemResponses(404, 413, 422) },
});

const deleteCheckpoint = createRoute({
  method: "delete",
  path: "/checkpoints/{id}",
  summary: "Remove a checkpoint; a run's newest, and those that another run starts from, stay",
  tags: ["Checkpoints"],
  request: { params },
  responses: {
    200: jsonAnswer(
      z.object({ removed: z.array(z.object({ runId: z.string(), sequence: z.int(), checkpointId: hash })) }),
      "It is removed.",
    ),
    ...problemResponses(404, 409),
  },
});

const getDifferences = createRoute({
  method: "get",
  path: "/checkpoints/{id}/differences",
  summary: "Where the states of two checkpoints differ, field by field",
  tags: ["Checkpoints"],
  request: {
    params,
    query: z.object({
      with: checkpointText.openapi({ description: "The other checkpoint." }),
      limit: wholeNumber(1, 10_000).default(100),
    }),
  },
  responses: { 200: jsonAnswer(differencesSchema, "The differences."), ...problemResponses(404, 422) },
});

/** The states that runs go on from. */
export function addCheckpoints(app: OpenAPIHono<ApiEnv>, { stores }: ApiDeps): void {
  app.openapi(listCheckpoints, async (c) => {
    const { run, strategy, status, from, to, olderThan, limit, cursor } = c.req.valid("query");
    const { createdFromMs = Number.NEGATIVE_INFINITY, createdToMs = Number.POSITIVE_INFINITY } = runFilter({
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
    const { items, next } = await listedCheckpoints(
      {
        runs: { ...(strategy === undefined ? {} : { strategy }), ...(status === undefined ? {} : { status }) },
        ...(run === undefined ? {} : { run: await findRun(run, stores.runs) }),
        fromMs: createdFromMs,
        toMs: Math.min(createdToMs, olderThan === undefined ? Number.POSITIVE_INFINITY : Date.now() - olderThan),
      },
      placeOf(cursor),
      limit,
      stores.runs,
    );
    return c.json({ checkpoints: items, next: next === undefined ? null : cursorOf(next) }, 200);
  });

  app.openapi(getCheckpoint, async (c) => {
    const record = await findCheckpoint(c.req.valid("param").id, stores.runs);
    const { state, ...place } = await checkpointDocument(record, stores);
    return c.json(c.req.valid("query").state === "true" ? { ...place, state } : place, 200);
  });

  app.openapi(deleteCheckpoint, async (c) => {
    const { runId, sequence, checkpointId } = await findOnlyCheckpoint(c.req.valid("param").id, stores.runs);
    if (!(await stores.runs.removeCheckpoint(runId, sequence)))
      throw new ProblemError(
        409,
        "checkpoint-needed",
        `Checkpoint ${sequence} of run "${runId}" stays: it is the newest of its run, or another run starts from it.`,
      );
    return c.json({ removed: [{ runId, sequence, checkpointId }] }, 200);
  });

  app.openapi(getDifferences, async (c) => {
    const query = c.req.valid("query");
    const [a, b] = [
      await findCheckpoint(c.req.valid("param").id, stores.runs),
      await findCheckpoint(query.with, stores.runs),
    ];
    const all = stateDifferences(await loadState(a, stores.objects), await loadState(b, stores.objects));
    const place = ({ checkpointId, runId, sequence, barIndex }: typeof a) => ({
      checkpointId,
      runId,
      sequence,
      barIndex,
    });
    return c.json(
      {
        a: place(a),
        b: place(b),
        equal: all.length === 0,
        differenceCount: all.length,
        differences: all.slice(0, query.limit),
      },
      200,
    );
  });
}

const placeInCursor = z.tuple([z.string().max(300).nullable(), z.int().min(0)]);

function placeOf(cursor: string | undefined): CheckpointPlace {
  const [runs, afterSequence] = decodeCursor(cursor, placeInCursor) ?? [null, 0];
  return { ...(runs === null ? {} : { runs }), afterSequence };
}

function cursorOf({ runs, afterSequence }: CheckpointPlace): string {
  return encodeCursor([runs ?? null, afterSequence]);
}
