import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Answer, failedBy, payloadBytes } from "./hosted-function.ts";

/** An invocation on its way to a process. */
export type Delivery = {
  readonly requestId: string;
  readonly functionArn: string;
  readonly payload: string;
  /** Instead of the function's own. */
  readonly timeoutMs?: number;
};

/** The Runtime API of one process: it asks here for its invocations and answers them here. */
export type RuntimeApi = {
  /** Host and port. */
  readonly address: string;
  /** Resolves when the process asks for its first invocation: the function is loaded. */
  readonly loaded: Promise<void>;
  /** Gives the process its next invocation; it has asked for it, or will. */
  give(delivery: Delivery, deadlineMs: number): void;
  close(): void;
};

/** Told of answers, and of a function that could not be loaded. */
export type Told = {
  readonly onAnswer: (answer: Answer) => void;
  readonly onInitFailure: (answer: Answer) => void;
};

export async function serveRuntimeApi({ onAnswer, onInitFailure }: Told): Promise<RuntimeApi> {
  let asking: ServerResponse | undefined;
  let given: { readonly delivery: Delivery; readonly deadlineMs: number } | undefined;
  const loaded = Promise.withResolvers<void>();
  const hand = (): void => {
    if (asking === undefined || given === undefined) return;
    const { delivery, deadlineMs } = given;
    asking.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": delivery.requestId,
      "lambda-runtime-deadline-ms": String(deadlineMs),
      "lambda-runtime-invoked-function-arn": delivery.functionArn,
    });
    asking.end(delivery.payload);
    asking = undefined;
    given = undefined;
  };
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    if (path.endsWith("/invocation/next")) {
      asking = response;
      loaded.resolve();
      hand();
      return;
    }
    bodyOf(request).then((body) => {
      if (path.endsWith("/init/error")) onInitFailure({ kind: "failed", payload: body });
      else if (path.endsWith("/error")) onAnswer({ kind: "failed", payload: body });
      else onAnswer(answerOf(body));
      response.writeHead(202, { "content-type": "application/json" }).end('{"status":"OK"}');
    }, onLostConnection);
  });
  // A process may wait for its next invocation for as long as the host runs.
  server.requestTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    loaded: loaded.promise,
    give(delivery, deadlineMs) {
      given = { delivery, deadlineMs };
      hand();
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The whole body as text. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** A process that dies while it answers has not answered; its end is told by its exit. */
function onLostConnection(): void {}

function answerOf(payload: string): Answer {
  if (Buffer.byteLength(payload) <= payloadBytes.synchronous) return { kind: "answered", payload };
  return failedBy(
    "Function.ResponseSizeTooLarge",
    `Response payload size exceeded maximum allowed payload size (${payloadBytes.synchronous} bytes).`,
  );
}
