import { Agent, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Account } from "./account.ts";
import { perform } from "./actions.ts";
import { stopExecution } from "./execution-life.ts";
import { ApiError } from "./failures.ts";
import { awsHistoryEvents } from "./history.ts";
import { isJsonObject, type JsonObject, parseJson } from "./json.ts";
import { statusEvent } from "./status-event.ts";

export type StepFunctionsOptions = {
  readonly region: string;
  readonly account: string;
  /** Where functions are invoked by the Invoke action of Lambda's REST API. */
  readonly lambdaUrl: string;
  /** For item readers, result writers and S3 tasks. */
  readonly s3Client?: S3Client;
  /** 0 or absent takes a free port. */
  readonly port?: number;
  /** Real seconds per second of a Wait state or a retry's delay (1 when absent); timeouts stay as they are. */
  readonly timeScale?: number;
  readonly limits?: { readonly historyEvents: number };
  /** Gets an EventBridge event whenever an execution begins, goes on or ends. */
  readonly onStatusChange?: (event: JsonObject) => void | Promise<void>;
  /** The clock of dates, of the 14 days of a redrive and the 90 days of a name. */
  readonly now?: () => number;
};

export type StepFunctionsServer = {
  readonly url: string;
  /** Aborts what runs (of which no event tells), waits for deliveries of events and closes; throws an AggregateError of deliveries that failed. */
  readonly stop: () => Promise<void>;
};

/** Starts a server on 127.0.0.1 that speaks the protocol of AWS Step Functions and executes what it is given in memory. */
export async function startStepFunctions(options: StepFunctionsOptions): Promise<StepFunctionsServer> {
  const deliveries: Promise<void>[] = [];
  const failures: unknown[] = [];
  let isStopping = false;
  const account: Account = {
    place: { region: options.region, account: options.account },
    lambdaUrl: options.lambdaUrl,
    // A connection for each call: a kept one that the host has closed meanwhile would look like a failure of the function.
    lambdaAgent: new Agent({ keepAlive: false }),
    s3Client: options.s3Client,
    timeScale: options.timeScale ?? 1,
    historyEvents: options.limits?.historyEvents ?? awsHistoryEvents,
    now: options.now ?? Date.now,
    machines: new Map(),
    executions: new Map(),
    mapRuns: new Map(),
    announce(execution) {
      if (isStopping) return;
      const event = statusEvent(account, execution);
      const deliver = async () => options.onStatusChange?.(event);
      deliveries.push(deliver().catch((error: unknown) => void failures.push(error)));
    },
  };
  const server = createServer((request, response) => void answer(account, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      isStopping = true;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      const cause = "The test server was stopped.";
      const running = [...account.executions.values()].filter(({ status }) => status === "RUNNING");
      await Promise.all(running.map((execution) => stopExecution(account, execution, { error: undefined, cause })));
      account.lambdaAgent.destroy();
      await Promise.all(deliveries);
      if (failures.length > 0) throw new AggregateError(failures, "Status events could not be delivered.");
    },
  };
}

async function answer(account: Account, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const text = await bodyOf(request);
    send(response, 200, await perform(account, actionOf(request), parseRequest(request, text)));
  } catch (error) {
    if (request.destroyed && !request.complete) return;
    const refusal = error instanceof ApiError ? error : new ApiError("InternalFailure", String(error), 500);
    send(response, refusal.statusCode, {
      __type: `com.amazonaws.swf.service.v2.model#${refusal.type}`,
      message: refusal.message,
    });
  }
}

const maxBodyBytes = 4 * 1_048_576;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= maxBodyBytes) chunks.push(chunk);
  }
  if (sizeBytes > maxBodyBytes) throw new ApiError("RequestEntityTooLargeException", "The request is too large.", 413);
  return Buffer.concat(chunks).toString();
}

function actionOf({ method, headers }: IncomingMessage): string {
  const [service, action] = String(headers["x-amz-target"] ?? "").split(".");
  if (method === "POST" && service === "AWSStepFunctions" && action !== undefined) return action;
  throw new ApiError("UnknownOperationException", "The request names no operation of Step Functions.");
}

function parseRequest({ headers }: IncomingMessage, text: string): JsonObject {
  if (headers.authorization === undefined) {
    throw new ApiError("MissingAuthenticationTokenException", "Missing Authentication Token", 403);
  }
  const body = parseJson(text);
  if (!isJsonObject(body)) throw new ApiError("SerializationException", "The request's body is not a JSON object.");
  return body;
}

function send(response: ServerResponse, statusCode: number, body: JsonObject): void {
  response.writeHead(statusCode, { "content-type": "application/x-amz-json-1.0" });
  response.end(JSON.stringify(body));
}
