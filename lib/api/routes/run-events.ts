import { setTimeout } from "node:timers/promises";
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { streamSSE } from "hono/streaming";
import { findRun } from "../../run/find-run.ts";
import { isUnderWay } from "../../run/run-status.ts";
import type { RunEvent } from "../../run/run-store.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { problemResponses } from "../problem.ts";
import { runReference } from "../references.ts";
import { positionAfter, progressOf, type RunProgressNow, seenEvents } from "../run-position.ts";
import { runEventSchema, runStatus } from "../run-schemas.ts";
import { wholeNumber } from "../whole-number.ts";

/** How often the run is looked at while somebody watches it. */
const lookEveryMs = 500;
/** A stream says that it lives, for proxies that close silent ones. */
const silentMs = 15_000;
/** A stream ends after this; its reader comes back with Last-Event-ID. */
const streamMs = 15 * 60_000;

const progressSchema = z
  .object({
    runId: z.string(),
    status: runStatus,
    bar: z.int(),
    startBar: z.int(),
    endBar: z.int(),
    sequence: z.int(),
    attempt: z.int(),
    reason: z.object({ name: z.string(), message: z.string() }).nullable(),
    resultDigest: z.string().nullable(),
  })
  .openapi("RunProgress");

export const eventsAnswerSchema = z.object({
  events: z.array(runEventSchema).readonly(),
  progress: progressSchema,
  position: z.string().openapi({ description: "Send it back as `after` to learn only what is new." }),
  done: z
    .boolean()
    .openapi({ description: "Nobody works on the run: nothing more happens until somebody resumes it." }),
});

const getEvents = createRoute({
  method: "get",
  path: "/runs/{id}/events",
  summary: "Follow a run: its history and its progress",
  description:
    "With `Accept: text/event-stream` (and where the service can stream) server-sent events: `history` for what happened, `progress` for how far it is, `done` at the end; a reader that lost the connection goes on with Last-Event-ID. Otherwise one JSON answer, which with `wait` comes when there is something new after `after`, or when the seconds are over.",
  tags: ["Runs"],
  request: {
    params: z.object({ id: runReference }),
    query: z.object({
      wait: wholeNumber(0, 20).default(0).openapi({ description: "Seconds to wait for something new." }),
      after: z.string().max(100).optional().openapi({ description: "The `position` of the answer before." }),
    }),
    headers: z.object({ "last-event-id": z.string().max(100).optional() }),
  },
  responses: {
    200: {
      description: "What is new.",
      content: { "application/json": { schema: eventsAnswerSchema }, "text/event-stream": { schema: z.string() } },
    },
    ...problemResponses(404),
  },
});

type Seen = {
  readonly events: readonly RunEvent[];
  readonly progress: RunProgressNow;
  readonly position: string;
  readonly done: boolean;
};

/** Following a run, by a stream or by asking again and again. */
export function addRunEvents(app: OpenAPIHono<ApiEnv>, deps: ApiDeps): void {
  const { stores, workflow } = deps;

  app.openapi(getEvents, async (c) => {
    const { runId } = await findRun(c.req.valid("param").id, stores.runs);
    const { wait, after } = c.req.valid("query");
    if (deps.canStream && c.req.header("Accept")?.includes("text/event-stream") === true) {
      c.header("X-Accel-Buffering", "no");
      return streamSSE(c, (stream) => follow(runId, c.req.valid("header")["last-event-id"] ?? after, stream));
    }
    const untilMs = Date.now() + wait * 1_000;
    let seen = await look(runId);
    while (seen.position === after && !seen.done && Date.now() < untilMs && !c.req.raw.signal.aborted) {
      await setTimeout(lookEveryMs);
      seen = await look(runId);
    }
    return c.json({ ...seen, events: seen.events.slice(seenEvents(after)) }, 200);
  });

  async function follow(runId: string, from: string | undefined, stream: EventStream): Promise<void> {
    const untilMs = Date.now() + streamMs;
    let position = from;
    let saidAtMs = Date.now();
    while (!stream.aborted && Date.now() < untilMs) {
      const seen = await look(runId);
      for (const event of seen.events.slice(seenEvents(position)))
        await stream.writeSSE({ event: "history", data: JSON.stringify(event) });
      if (seen.position !== position) {
        position = seen.position;
        saidAtMs = Date.now();
        await stream.writeSSE({ event: "progress", id: position, data: JSON.stringify(seen.progress) });
      } else if (Date.now() - saidAtMs > silentMs) {
        saidAtMs = Date.now();
        await stream.write(": still here\n\n");
      }
      if (seen.done) {
        await stream.writeSSE({ event: "done", id: position, data: JSON.stringify(seen.progress) });
        return;
      }
      await setTimeout(lookEveryMs);
    }
  }

  async function look(runId: string): Promise<Seen> {
    const found = await findRun(runId, stores.runs);
    const run = isUnderWay(found) ? await workflow.reconcile(found) : found;
    const events = await stores.runs.listEvents(runId);
    const progress = progressOf(run, workflow);
    return { events, progress, position: positionAfter(events, progress), done: !isUnderWay(run) };
  }
}

type EventStream = {
  readonly aborted: boolean;
  writeSSE(message: { readonly event: string; readonly data: string; readonly id?: string }): Promise<void>;
  write(text: string): Promise<unknown>;
};
