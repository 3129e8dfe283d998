import { z } from "@hono/zod-openapi";
import { HTTPException } from "hono/http-exception";
import { InputError } from "../engine/input-error.ts";
import { SpecError } from "../run/parse-spec.ts";
import { ProblemError, type ProblemStatus } from "./problem.ts";

/** The problem that an error is to the one who asked. Undefined for one that nobody throws on purpose: its text stays here. */
export function problemOfError(error: unknown): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  if (error instanceof HTTPException) return problemOfHttp(error);
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  const kind = kebab(name.replace(/Error$|Exception$/, ""));
  const status = statusByName.get(name);
  if (status !== undefined)
    return new ProblemError(status, kind, message, {
      cause: error,
      ...(status === 503 ? { retryAfterSeconds: 2 } : {}),
    });
  if (throttled.has(name))
    return new ProblemError(429, "throttled", "The stores are asked for too much at once. Ask again in a moment.", {
      cause: error,
      retryAfterSeconds: 1,
    });
  if (isOutage(error))
    return new ProblemError(503, "stores-unavailable", "The stores did not answer. Ask again in a moment.", {
      cause: error,
      retryAfterSeconds: 2,
    });
  if (error instanceof SpecError)
    return new ProblemError(400, kind, message, { errors: fieldsOf(error), cause: error });
  if (error instanceof InputError) return new ProblemError(400, kind, message, { cause: error });
  return undefined;
}

/** The fields that are wrong; of an error about one field, what its message begins with. */
function fieldsOf({ fields, message }: SpecError): SpecError["fields"] {
  if (fields.length > 0) return fields;
  const { path, rest } = /^(?<path>[a-zA-Z][\w.[\]]*): (?<rest>.+)$/s.exec(message)?.groups ?? {};
  return path === undefined || rest === undefined ? [] : [{ path, message: rest }];
}

const statusByName: ReadonlyMap<string, ProblemStatus> = new Map<string, ProblemStatus>([
  ["UnknownRunError", 404],
  ["MissingRunError", 404],
  ["UnknownSweepError", 404],
  ["MissingSweepError", 404],
  ["UnknownCheckpointError", 404],
  ["RunBusyError", 409],
  ["StrategyChangedError", 409],
  ["BranchError", 409],
  ["UnseededForkError", 409],
  ["CheckpointDamagedError", 422],
  ["CheckpointFormatError", 422],
  ["MissingCheckpointError", 422],
  ["MissingObjectError", 422],
  ["CorruptObjectError", 422],
  ["SnapshotDamagedError", 422],
  ["SnapshotFormatError", 422],
  ["ResultDamagedError", 422],
  ["PartFormatError", 422],
  ["PartRowsError", 422],
  ["RunDamagedError", 422],
  ["RunRecordError", 422],
  ["RuntimeMissingError", 501],
  ["StorageError", 503],
  ["StorageBusyError", 503],
  ["StorageFullError", 503],
  ["StorageFailureError", 503],
  ["DatabaseDamagedError", 503],
  ["NewerSchemaError", 503],
]);

/** What AWS's services throw when asked too often. */
const throttled: ReadonlySet<string> = new Set([
  "ThrottlingException",
  "ThrottledException",
  "Throttling",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "TooManyRequestsException",
  "LimitExceededException",
  "ExecutionLimitExceeded",
  "SlowDown",
]);

const sdkError = z.object({ $metadata: z.object({ httpStatusCode: z.int().optional() }) });
const unreachable = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOTFOUND", "ETIMEDOUT", "EAI_AGAIN"];

/** A server error of an AWS service, or none reached. */
function isOutage(error: Error): boolean {
  if (error.name === "TimeoutError") return true;
  if ("code" in error && typeof error.code === "string" && unreachable.includes(error.code)) return true;
  const sdk = sdkError.safeParse(error);
  return sdk.success && (sdk.data.$metadata.httpStatusCode ?? 0) >= 500;
}

/** What the framework refuses by itself: JSON that is none, a content type that no route reads. */
function problemOfHttp(error: HTTPException): ProblemError {
  switch (error.status) {
    case 415:
      return new ProblemError(415, "media-type", "Expected a body of Content-Type application/json.");
    case 413:
      return new ProblemError(413, "body-too-large", "The body is too large.");
    default:
      return new ProblemError(
        400,
        "bad-request",
        error.message === "" ? "The request could not be read." : error.message,
      );
  }
}

function kebab(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase();
}
