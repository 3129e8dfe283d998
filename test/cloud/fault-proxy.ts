import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningServer } from "./servers.ts";

/** What happens to one request on its way. */
export type Fault =
  /** Answered in the server's place; the server never sees it. */
  | { readonly kind: "answer"; readonly status: number; readonly contentType: string; readonly body: string }
  /** The connection is reset, and the server never sees the request. */
  | { readonly kind: "resetBefore" }
  /** The server has answered, and the connection is reset in place of its answer. */
  | { readonly kind: "resetAfter" }
  /** The request waits before it is passed on. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The request waits until then before it is passed on. */
  | { readonly kind: "hold"; readonly until: Promise<void> }
  /** The answer comes in pieces of so many bytes with pauses between them. */
  | { readonly kind: "slowBody"; readonly pieceBytes: number; readonly pauseMs: number }
  /** The connection is reset after so many bytes of the answer's body. */
  | { readonly kind: "cutBody"; readonly afterBytes: number };

export type SeenRequest = {
  readonly method: string;
  readonly path: string;
  /** The operation of a JSON protocol, such as TransactWriteItems; empty for S3. */
  readonly operation: string;
  /** Counts from 0. */
  readonly index: number;
};

/** A request with what happened to it; times are UTC milliseconds with fractions, sizes those of the bodies. */
export type PassedRequest = SeenRequest & {
  readonly fault?: Fault;
  readonly atMs: number;
  endedAtMs?: number;
  sentBytes?: number;
  receivedBytes?: number;
};

export type FaultProxy = RunningServer & {
  /** Every request so far. */
  readonly seen: readonly PassedRequest[];
};

/** An HTTP proxy on 127.0.0.1 in front of a server: `choose` says what happens to each request, nothing when it is undefined. */
export async function startFaultProxy(
  target: string,
  choose: (request: SeenRequest) => Fault | undefined,
): Promise<FaultProxy> {
  const seen: PassedRequest[] = [];
  const server = createServer((request, response) => {
    const described = describe(request, seen.length);
    const fault = choose(described);
    const passed: PassedRequest = { ...described, atMs: nowMs(), ...(fault !== undefined && { fault }) };
    seen.push(passed);
    pass(target, request, response, passed).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** DynamoDB's way to say that it is asked too often; the SDK tries again. */
export function throttled(
  name: "ThrottlingException" | "ProvisionedThroughputExceededException" = "ThrottlingException",
): Fault {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: "Slow down." });
  return { kind: "answer", status: 400, contentType: "application/x-amz-json-1.0", body };
}

/** S3's way to say that it is asked too often (503 SlowDown), or that it failed (500 InternalError); the SDK tries again. */
export function s3Failure(status: 500 | 503): Fault {
  const code = status === 503 ? "SlowDown" : "InternalError";
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>Try again.</Message></Error>`;
  return { kind: "answer", status, contentType: "application/xml", body };
}

function describe({ method = "", url = "", headers }: IncomingMessage, index: number): SeenRequest {
  const target = String(headers["x-amz-target"] ?? "");
  return { method, path: url, operation: target.slice(target.indexOf(".") + 1), index };
}

async function pass(target: string, request: IncomingMessage, response: ServerResponse, passed: PassedRequest) {
  const { fault } = passed;
  const body = await read(request);
  passed.sentBytes = body.length;
  if (fault?.kind === "answer") {
    response.writeHead(fault.status, { "content-type": fault.contentType }).end(fault.body);
    return;
  }
  if (fault?.kind === "resetBefore") return reset(response);
  if (fault?.kind === "delay") await sleep(fault.ms);
  if (fault?.kind === "hold") await fault.until;
  const answer = await ask(target, request, body);
  const answered = await read(answer);
  passed.receivedBytes = answered.length;
  passed.endedAtMs = nowMs();
  if (fault?.kind === "resetAfter") return reset(response);
  response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
  if (fault?.kind === "cutBody") {
    response.write(answered.subarray(0, fault.afterBytes), () => reset(response));
    return;
  }
  if (fault?.kind === "slowBody") {
    for (let first = 0; first < answered.length && !response.destroyed; first += fault.pieceBytes) {
      response.write(answered.subarray(first, first + fault.pieceBytes));
      await sleep(fault.pauseMs);
    }
    response.end();
    return;
  }
  response.end(answered);
}

/** The server's answer to the same request; its headers stay as they are, because they are signed. */
async function ask(
  target: string,
  { method, url, rawHeaders }: IncomingMessage,
  body: Buffer,
): Promise<IncomingMessage> {
  const asked = httpRequest(new URL(url ?? "/", target), { method, headers: rawHeaders, agent: false });
  asked.end(body);
  const [answer] = await once(asked, "response");
  return answer;
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece);
  return Buffer.concat(pieces);
}

function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}
