import { z } from "zod";
import { InputError } from "../engine/input-error.ts";

/** A request that the API refused because of what was asked: the message names the fields. */
export class ApiRefusedError extends InputError {
  override readonly name: string;
  readonly status: number;

  constructor(name: string, status: number, message: string) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** A request that the API could not answer, or did not within its tries. */
export class ApiFailedError extends Error {
  override readonly name: string;
  readonly status: number | undefined;

  constructor(name: string, status: number | undefined, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
    this.status = status;
  }
}

/** A problem as RFC 9457 has it, with the fields at fault; what else a server sends is left aside. API Gateway's own refusals have only a message. */
const problemSchema = z.object({
  type: z.string().default(""),
  title: z.string().default(""),
  detail: z.string().default(""),
  message: z.string().default(""),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
});

/** The error that an answer with a status of 400 and above stands for, under the name it has on one's own machine. `what` is the request, as in "POST /runs". */
export function problemError(what: string, status: number, body: string): ApiRefusedError | ApiFailedError {
  const { type, title, detail, message, errors } = parseProblem(body);
  const name = nameOf(type, status);
  const reason =
    [detail, message, title].find((text) => text !== "") ?? `${what}: the API answered ${status} without a reason.`;
  const fields = errors.filter((field) => !reason.includes(field.message));
  const lines = [reason, ...fields.map((field) => `  ${field.path === "" ? "" : `${field.path}: `}${field.message}`)];
  if (status === 401 || status === 403) lines.push(accessHint);
  const text = lines.join("\n");
  return isFault(status) ? new ApiFailedError(name, status, text) : new ApiRefusedError(name, status, text);
}

const accessHint =
  "Check who you are (aws sts get-caller-identity), --profile and --region, or BACKSTITCH_API_TOKEN; your principal needs execute-api:Invoke on this API.";

/** What the person who asks cannot mend: a damaged run, too many requests, and the server's own faults. */
function isFault(status: number): boolean {
  return status === 422 || status === 429 || status >= 500;
}

function parseProblem(body: string): z.output<typeof problemSchema> {
  const text = body.trim();
  try {
    const parsed = problemSchema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return problemSchema.parse({ detail: text.slice(0, 500) });
}

const problemType = /^urn:backstitch:problem:([a-z0-9-]+)$/;

/** "urn:backstitch:problem:unknown-run" is UnknownRunError, as where it was thrown. */
function nameOf(type: string, status: number): string {
  const kind = problemType.exec(type)?.[1];
  if (kind === undefined) return status === 429 ? "TooManyRequestsError" : `Http${status}Error`;
  return `${kind.replaceAll(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase())}Error`;
}
