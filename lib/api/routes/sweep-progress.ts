import { setTimeout } from "node:timers/promises";
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { renderSweepReport } from "../../report/sweep-report.ts";
import { collectSweepReport } from "../../report/sweep-report-input.ts";
import type { SweepRecord } from "../../sweep/sweep-store.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { currentSweep, sweepCost } from "../current-sweep.ts";
import { jsonAnswer } from "../json-content.ts";
import { problemResponses } from "../problem.ts";
import { sweepReference } from "../references.ts";
import { reportPolicy } from "../report-policy.ts";
import { sweepProgressSchema } from "../sweep-schemas.ts";
import { wholeNumber } from "../whole-number.ts";

/** How often the sweep is looked at while somebody waits for something new. */
const lookEveryMs = 500;

const params = z.object({ id: sweepReference });

export const sweepEventsSchema = z.object({
  progress: sweepProgressSchema,
  position: z.string().openapi({ description: "Send it back as `after` to learn only what is new." }),
  done: z
    .boolean()
    .openapi({ description: "Nobody works on the sweep: nothing more happens until somebody resumes it." }),
});

const getEvents = createRoute({
  method: "get",
  path: "/sweeps/{id}/events",
  summary: "Follow a sweep: how far it is",
  description: "With `wait` the answer comes when there is something new after `after`, or when the seconds are over.",
  tags: ["Sweeps"],
  request: {
    params,
    query: z.object({
      wait: wholeNumber(0, 20).default(0).openapi({ description: "Seconds to wait for something new." }),
      after: z.string().max(200).optional().openapi({ description: "The `position` of the answer before." }),
    }),
  },
  responses: { 200: jsonAnswer(sweepEventsSchema, "How far it is."), ...problemResponses(404) },
});

const getReport = createRoute({
  method: "get",
  path: "/sweeps/{id}/report",
  summary: "The report of a sweep: a self-contained HTML page",
  tags: ["Sweeps"],
  request: { params },
  responses: {
    200: { description: "The page.", content: { "text/html": { schema: z.string() } } },
    ...problemResponses(404, 422),
  },
});

/** Following sweeps, and what they came to as a page. */
export function addSweepProgress(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  app.openapi(getEvents, async (c) => {
    const { wait, after } = c.req.valid("query");
    const untilMs = Date.now() + wait * 1_000;
    let seen = await look(c.req.valid("param").id, deps);
    while (seen.position === after && !seen.done && Date.now() < untilMs && !c.req.raw.signal.aborted) {
      await setTimeout(lookEveryMs);
      seen = await look(seen.progress.sweepId, deps);
    }
    return c.json(seen, 200);
  });

  app.openapi(getReport, async (c) => {
    const sweep = await currentSweep(c.req.valid("param").id, deps);
    c.header("Content-Security-Policy", reportPolicy);
    return c.html(renderSweepReport(await collectSweepReport(sweep, await sweepCost(sweep, deps), deps.stores)));
  });
}

async function look(reference: string, deps: ApiDeps) {
  const sweep = await currentSweep(reference, deps);
  const progress = await progressOf(sweep, deps);
  const { status, attempt, doneLanes, share } = progress;
  const isWaiting = status === "pending" || status === "running" || status === "cancelling";
  return {
    progress,
    position: `${status}.${attempt}.${doneLanes}.${Math.floor(1_000 * (share ?? 0))}`,
    done: !isWaiting,
  };
}

/** The sweep's progress; the workflow may know more than the record. */
async function progressOf(sweep: SweepRecord, { sweepWorkflow }: ApiDeps) {
  const { sweepId, status, counts, attempt } = sweep;
  const live = await sweepWorkflow?.progressOf?.(sweep);
  return {
    sweepId,
    status,
    counts,
    attempt,
    reason: sweep.reason ?? null,
    resultDigest: sweep.resultDigest ?? null,
    // Those that were known are among the completed ones once the sweep has its answer.
    doneLanes: live?.doneLanes ?? Math.max(counts.cached, counts.completed + counts.failed),
    totalLanes: live?.totalLanes ?? counts.total,
    share: live?.share ?? null,
    lanesPerSecond: live?.lanesPerSecond ?? null,
    best: live?.best ?? null,
    secondsLeft: live?.secondsLeft ?? null,
  };
}
