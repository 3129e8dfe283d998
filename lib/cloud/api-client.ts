import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { InputError } from "../engine/input-error.ts";
import { ApiFailedError, problemError } from "./api-problem.ts";
import type { RequestSigner } from "./request-signer.ts";

/** An address of an API that is none, or that is not safe to talk to. */
export class ApiUrlError extends InputError {
  override readonly name = "ApiUrlError";
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The HTTP API as functions: answers are decoded JSON, undefined for one without a body. Requests that were throttled, met a server that was busy or lost
 * their connection are sent again, at most `tries` times: a POST carries an Idempotency-Key, so that a repeat has the effect of one. Throws ApiRefusedError
 * and ApiFailedError.
 */
export type Api = {
  readonly url: string;
  get(path: string, query?: Query): Promise<unknown>;
  /** The body as text, as in a report or an export. */
  getText(path: string, query?: Query): Promise<string>;
  post(path: string, body?: unknown): Promise<unknown>;
  delete(path: string): Promise<unknown>;
  /** The headers for a request to an address under this API that is sent by other means. */
  headers(method: string, url: string, headers: Readonly<Record<string, string>>): ReturnType<RequestSigner>;
};

export type ApiAccess = {
  readonly url: string;
  readonly signer: RequestSigner;
  /** How long to wait, in seconds, before try `n` (from 1 on); full jitter up to a bound unless a test says otherwise. */
  readonly pauseSeconds?: (n: number) => number;
};

const tries = 5;
/** One try, to the end of its answer; API Gateway gives a function 30 seconds. */
const timeoutMs = 35_000;
const longestPauseSeconds = 20;

/** Makes the client; sends nothing yet. Throws ApiUrlError. */
export function openApi({ url, signer, pauseSeconds = fullJitter }: ApiAccess): Api {
  const base = parseApiUrl(url);
  const send = async (request: ApiRequest): Promise<Response> => {
    for (let n = 1; ; n++) {
      const outcome = await attempt(request, base, signer);
      if (outcome.kind === "answer" && !isBusy(outcome.response)) return outcome.response;
      if (n === tries || (outcome.kind === "lost" && !outcome.isPassing)) return finalAnswer(outcome, request, n, base);
      await setTimeout(1_000 * (outcome.retryAfterSeconds ?? pauseSeconds(n)));
    }
  };
  const sendAndRead = async (request: ApiRequest): Promise<string> => {
    const response = await send(request);
    const text = await response.text();
    if (response.ok) return text;
    throw problemError(`${request.method} ${request.path}`, response.status, text);
  };
  const json = async (request: ApiRequest): Promise<unknown> => {
    const text = await sendAndRead(request);
    return text === "" ? undefined : parseAnswer(text, request);
  };
  return {
    url: base.href.replace(/\/$/, ""),
    get: (path, query = {}) => json({ method: "GET", path, query }),
    getText: (path, query = {}) => sendAndRead({ method: "GET", path, query }),
    post: (path, body = {}) => json({ method: "POST", path, query: {}, body: JSON.stringify(body), key: randomUUID() }),
    delete: (path) => json({ method: "DELETE", path, query: {} }),
    headers: (method, text, headers) => signer({ method, url: new URL(text), headers, body: undefined }),
  };
}

type ApiRequest = {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly query: Query;
  readonly body?: string;
  /** The same for every try of one request. */
  readonly key?: string;
};

type Outcome =
  | { readonly kind: "answer"; readonly response: Response; readonly retryAfterSeconds: number | undefined }
  | { readonly kind: "lost"; readonly error: Error; readonly isPassing: boolean; readonly retryAfterSeconds?: never };

async function attempt(request: ApiRequest, base: URL, signer: RequestSigner): Promise<Outcome> {
  const { method, path, query, body, key } = request;
  const url = new URL(base.href.replace(/\/$/, "") + path);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  const headers = await signer({
    method,
    url,
    headers: {
      accept: "application/json, application/problem+json, */*;q=0.5",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    body,
  });
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body }),
    });
    return { kind: "answer", response, retryAfterSeconds: retryAfter(response) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { kind: "lost", error, isPassing: isPassing(error) };
  }
}

/**
 * Throttled, or a function or gateway that has no room or died: none of them did what was asked, or the key tells them that it was done. A conflict with a
 * Retry-After is one with an earlier try of the same request, which is still worked on.
 */
function isBusy({ status, headers }: Response): boolean {
  return [429, 502, 503, 504].includes(status) || (status === 409 && headers.has("retry-after"));
}

/** A connection that broke or took too long may work the next time; a name or a port that nobody answers at will not. */
function isPassing(error: Error): boolean {
  const code = codeOf(error);
  return error.name === "TimeoutError" || !["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"].includes(code);
}

function codeOf({ cause }: Error): string {
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
}

function finalAnswer(outcome: Outcome, request: ApiRequest, n: number, base: URL): Response {
  if (outcome.kind === "answer") return outcome.response;
  const { error } = outcome;
  const { cause } = error;
  const code = codeOf(error) || (cause instanceof Error ? cause.message : error.message);
  const often = n === 1 ? "" : ` in ${n} tries`;
  throw new ApiFailedError(
    "UnreachableError",
    undefined,
    `${request.method} ${request.path}: no answer from ${base.origin}${often} (${code}). Check the address (--endpoint-url, BACKSTITCH_API_URL) and the network.`,
    { cause: error },
  );
}

function retryAfter({ headers }: Response): number | undefined {
  const text = headers.get("retry-after");
  return text !== null && /^\d+$/.test(text) ? Math.min(Number(text), longestPauseSeconds) : undefined;
}

/** Anything up to a bound that doubles: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/ */
function fullJitter(n: number): number {
  return Math.random() * Math.min(longestPauseSeconds, 0.25 * 2 ** n);
}

function parseAnswer(text: string, { method, path }: ApiRequest): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiFailedError(
      "NotAnApiError",
      undefined,
      `${method} ${path}: expected JSON, found ${JSON.stringify(text.slice(0, 80))}. Is this the address of a Backstitch API?`,
      { cause: error },
    );
  }
}

/** The address of an API. Credentials and signatures travel only over TLS, or do not leave the machine. Throws ApiUrlError. */
export function parseApiUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw new ApiUrlError(`--endpoint-url ${text}: expected the address of an API, as in https://….`);
  if (url.protocol === "http:" && !isOwnMachine(url))
    throw new ApiUrlError(
      `--endpoint-url ${text}: expected https, because requests are signed. Only this machine may be asked over http.`,
    );
  return url;
}

/** Whether an address is that of this machine. */
export function isOwnMachine({ hostname }: URL): boolean {
  return /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
