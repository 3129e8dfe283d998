import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type ApiUser, signerOf } from "./signed-request.ts";

export type HttpFrontOptions = {
  /** Where Lambda's Invoke API is. */
  readonly lambdaUrl: string;
  readonly functionName: string;
  readonly region: string;
  /** Whose signatures are good. */
  readonly users: readonly ApiUser[];
  readonly timeoutSeconds?: number;
};

export type HttpFront = { readonly url: string; stop(): Promise<void> };

/** What an HTTP API on AWS takes. */
const bodyBytes = 10 * 1_048_576;

/** What the function answers, in payload format 2.0. */
type FunctionAnswer = {
  readonly statusCode?: number;
  readonly headers?: { readonly [name: string]: string };
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
};

/**
 * An HTTP API with IAM authorisation in front of one function, on a free port of 127.0.0.1: it checks signatures, turns requests into events of payload format
 * 2.0, and invokes the function. What API Gateway answers by itself has its words.
 */
export async function startHttpFront(options: HttpFrontOptions): Promise<HttpFront> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      if (!response.headersSent) refuse(response, 500, "Internal Server Error");
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: HttpFrontOptions): Promise<void> {
  const body = await bodyOf(request);
  if (body === undefined) return refuse(response, 413, "Request Entity Too Large");
  const user = await signerOf(request, body, options);
  if (user === undefined) return refuse(response, 403, "Forbidden");
  const event = eventOf(request, body, user);
  if (event === undefined) return refuse(response, 400, "Bad Request");
  const { lambdaUrl, functionName, timeoutSeconds = 30 } = options;
  let invoked: Response;
  try {
    invoked = await fetch(`${lambdaUrl}/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`, {
      method: "POST",
      body: JSON.stringify(event),
      headers: { "Content-Type": "application/json", "X-Amz-Invocation-Type": "RequestResponse" },
      signal: AbortSignal.timeout(timeoutSeconds * 1_000),
    });
  } catch (error) {
    if (error instanceof Error && error.name === "TimeoutError") return refuse(response, 503, "Service Unavailable");
    throw error;
  }
  const text = await invoked.text();
  if (invoked.status === 413) return refuse(response, 413, "Request Entity Too Large");
  if (invoked.status === 429) return refuse(response, 503, "Service Unavailable");
  if (invoked.status !== 200 || invoked.headers.has("X-Amz-Function-Error"))
    return refuse(response, 500, "Internal Server Error");
  send(response, JSON.parse(text) as FunctionAnswer);
}

/** Undefined when it is larger than an HTTP API takes; the rest is read and thrown away, so that the answer arrives. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size <= bodyBytes) chunks.push(chunk as Buffer);
  }
  return size <= bodyBytes ? Buffer.concat(chunks) : undefined;
}

/** The event of payload format 2.0; undefined for a path that cannot be decoded. */
function eventOf(request: IncomingMessage, body: Buffer, user: ApiUser): object | undefined {
  const [path = "/", rawQueryString = ""] = splitOnce(request.url ?? "/", "?");
  const rawPath = decoded(path);
  if (rawPath === undefined) return undefined;
  const headers = Object.fromEntries(
    Object.entries(request.headers)
      .filter(([name]) => name !== "cookie")
      .map(([name, value]) => [name, [value].flat().join(",")]),
  );
  const query = new URLSearchParams(rawQueryString);
  const names = [...new Set(query.keys())];
  const isText = /^(text\/|application\/(json|[^;]*\+json|xml|javascript|x-www-form-urlencoded))/.test(
    headers["content-type"] ?? "",
  );
  const nowMs = Date.now();
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    ...(request.headers.cookie === undefined ? {} : { cookies: request.headers.cookie.split("; ") }),
    headers,
    ...(names.length === 0
      ? {}
      : { queryStringParameters: Object.fromEntries(names.map((name) => [name, query.getAll(name).join(",")])) }),
    requestContext: {
      accountId: user.accountId,
      apiId: "front",
      authorizer: {
        iam: {
          accessKey: user.accessKeyId,
          accountId: user.accountId,
          callerId: user.accessKeyId,
          cognitoIdentity: null,
          principalOrgId: null,
          userArn: user.userArn,
          userId: user.accessKeyId,
        },
      },
      domainName: headers.host ?? "",
      domainPrefix: "front",
      http: {
        method: request.method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? "",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey: "$default",
      stage: "$default",
      time: new Date(nowMs).toUTCString(),
      timeEpoch: nowMs,
    },
    ...(body.length === 0 ? {} : { body: isText ? body.toString() : body.toString("base64") }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

function splitOnce(text: string, by: string): readonly [string, string] {
  const at = text.indexOf(by);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function send(
  response: ServerResponse,
  { statusCode = 200, headers = {}, cookies = [], body = "", isBase64Encoded }: FunctionAnswer,
): void {
  const bytes = Buffer.from(body, isBase64Encoded === true ? "base64" : "utf8");
  response.writeHead(statusCode, { ...headers, ...(cookies.length === 0 ? {} : { "set-cookie": [...cookies] }) });
  response.end(bytes);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify({ message }));
}
