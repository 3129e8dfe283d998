import { z } from "@hono/zod-openapi";

/** An answer that says what is wrong, as RFC 9457 has it. */
export const problemSchema = z
  .object({
    type: z.string().openapi({ description: "Names the kind of problem; the same for every occurrence." }),
    title: z.string(),
    status: z.int(),
    detail: z.string().openapi({ description: "What was expected, what was found, and what to do next." }),
    instance: z.string().openapi({ description: "The path that was asked for." }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: "The faults of single fields, by path: `strategy.params.fast`." }),
  })
  .openapi("Problem");

export type FieldError = { readonly path: string; readonly message: string };

/** The statuses that this API answers problems with, and their titles. */
export const problemTitles = {
  400: "Bad request",
  401: "Not authenticated",
  403: "Forbidden",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "Too large",
  415: "Unsupported media type",
  422: "Unprocessable",
  429: "Too many requests",
  500: "Internal error",
  501: "Not possible here",
  503: "Not available now",
} as const;
export type ProblemStatus = keyof typeof problemTitles;

/** A problem on its way to the one who asked. `kind` names it, in kebab case. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: ProblemStatus;
  readonly kind: string;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;

  constructor(status: ProblemStatus, kind: string, detail: string, more: ProblemDetails = {}) {
    super(detail, { cause: more.cause });
    this.status = status;
    this.kind = kind;
    this.errors = more.errors ?? [];
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

type ProblemDetails = {
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
};

/** The problem as an HTTP answer; `instance` is the path that was asked for. */
export function problemResponse(problem: ProblemError, instance: string): Response {
  const { status, kind, message, errors, retryAfterSeconds } = problem;
  const body = {
    type: `urn:backstitch:problem:${kind}`,
    title: problemTitles[status],
    status,
    detail: message,
    instance,
    ...(errors.length === 0 ? {} : { errors }),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "Content-Type": "application/problem+json",
      ...(retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) }),
    },
  });
}

const everyRoute = [400, 401, 403, 429, 500, 503] as const;

/** The problems that a route may answer beside those that every route may. They are thrown, so that no handler's type knows them. */
export function problemResponses(...statuses: readonly ProblemStatus[]): Record<never, never> {
  return Object.fromEntries(
    [...everyRoute, ...statuses].sort().map((status) => [
      status,
      {
        description: problemTitles[status],
        content: { "application/problem+json": { schema: problemSchema } },
      },
    ]),
  );
}

/** The problems of a POST: of its body, of its Idempotency-Key, of what stands in its way, and these. */
export function postProblems(...statuses: readonly ProblemStatus[]): Record<never, never> {
  return problemResponses(409, 413, 415, 422, ...statuses);
}
