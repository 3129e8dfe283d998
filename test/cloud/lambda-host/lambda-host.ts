import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "./environment.ts";
import type { Fault, FaultPlan } from "./faults.ts";
import { type FunctionPool, functionPool } from "./function-pool.ts";
import { type Answer, failedBy, type HostedFunction, payloadBytes } from "./hosted-function.ts";
import { bodyOf } from "./runtime-api.ts";

export type LambdaHostOptions = {
  readonly functions: readonly HostedFunction[];
  readonly region?: string;
  readonly account?: string;
};

/** A server that speaks Lambda's Invoke API and runs functions in processes of their own. */
export type LambdaHost = {
  readonly url: string;
  /** The ARN of a hosted function. */
  arnOf(functionName: string): string;
  /** Every delivery to a process, in the order they began. */
  readonly invocations: readonly LoggedInvocation[];
  /** What the processes wrote, by function. */
  output(functionName: string): string;
  /** Makes things go wrong from now on; with undefined, no more. */
  planFaults(plan: FaultPlan | undefined): void;
  /** Kills every process of the function that has an invocation now; how many there were. */
  killBusy(functionName: string): number;
  /** Gives the function other code, or with its own only fresh processes, as UpdateFunctionCode does: invocations under way go on with the old. */
  updateCode(functionName: string, folder?: string): void;
  /** Resolves when no invocation is under way, also none that was abandoned, and no event waits for another try; throws after this long. */
  settled(withinMs: number): Promise<void>;
  stop(): Promise<void>;
};

export type LoggedInvocation = {
  readonly functionName: string;
  readonly requestId: string;
  readonly payload: unknown;
  readonly pid: number;
  readonly isCold: boolean;
  readonly startedAtMs: number;
  endedAtMs?: number;
  /** What the process answered, whoever heard it. */
  answer?: Answer;
};

type Hosted = {
  hosted: HostedFunction;
  pool: FunctionPool;
  /** Those with earlier code. */
  readonly retired: FunctionPool[];
  count: number;
  output: string;
};

/** The newest output that is kept of a function. */
const outputCharacters = 4_000_000;

/** Starts the host on a free port of 127.0.0.1. */
export async function startLambdaHost({
  functions,
  region = "us-east-1",
  account = "000000000000",
}: LambdaHostOptions): Promise<LambdaHost> {
  const invocations: LoggedInvocation[] = [];
  let plan: FaultPlan | undefined;
  let isStopped = false;
  let waitingEvents = 0;
  const byName = new Map(
    functions.map((hosted): [string, Hosted] => {
      const entry: Hosted = { hosted, pool: poolOf(hosted), retired: [], count: 0, output: "" };
      return [hosted.name, entry];
    }),
  );
  function poolOf(hosted: HostedFunction): FunctionPool {
    const onOutput = (text: string): void => {
      const entry = byName.get(hosted.name);
      if (entry !== undefined) entry.output = (entry.output + text).slice(-outputCharacters);
    };
    return functionPool({ hosted, region, onOutput });
  }
  const arnOf = (name: string): string => `arn:aws:lambda:${region}:${account}:function:${name}`;

  const deliver = async (
    entry: Hosted,
    requestId: string,
    body: string,
    onBegin = (_: Environment) => {},
    limit: { readonly timeoutMs?: number } = {},
  ) => {
    const { name } = entry.hosted;
    if (isStopped) return failedBy("Runtime.ExitError", "The host was stopped.");
    let logged: LoggedInvocation | undefined;
    const delivery = { requestId, functionArn: arnOf(name), payload: body, ...limit };
    const answer = await entry.pool.run(delivery, (environment, isCold) => {
      const { pid } = environment;
      const payload: unknown = JSON.parse(body);
      logged = { functionName: name, requestId, payload, pid, isCold, startedAtMs: Date.now() };
      invocations.push(logged);
      onBegin(environment);
    });
    if (logged !== undefined) Object.assign(logged, { endedAtMs: Date.now(), answer });
    return answer;
  };

  /** Delivers with its fault; what the caller hears. */
  const invoke = async (entry: Hosted, requestId: string, body: string, fault: Fault | undefined): Promise<Answer> => {
    const once = (): Promise<Answer> => deliver(entry, requestId, body);
    switch (fault?.kind) {
      case undefined:
      case "throttle":
        return once();
      case "kill":
        return deliver(entry, requestId, body, (environment) => void setTimeout(environment.kill, fault.afterMs));
      case "loseAnswer": {
        let process: Environment | undefined;
        await deliver(entry, requestId, body, (environment) => {
          process = environment;
        });
        process?.kill();
        return failedBy(
          "Runtime.ExitError",
          `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
        );
      }
      case "deliverAgain": {
        const first = once();
        void sleep(fault.afterMs).then(once);
        return first;
      }
      case "abandon": {
        const goesOn = once();
        const given = `RequestId: ${requestId} Error: Task timed out after ${(fault.afterMs / 1_000).toFixed(2)} seconds`;
        return Promise.race([goesOn, sleep(fault.afterMs).then(() => failedBy("Sandbox.Timedout", given))]);
      }
      case "shortDeadline":
        return deliver(entry, requestId, body, undefined, { timeoutMs: fault.ms });
    }
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    response.setHeader("x-amzn-requestid", requestId);
    const path = /^\/2015-03-31\/functions\/([^/?]+)\/invocations/.exec(request.url ?? "");
    const reference = decodeURIComponent(path?.[1] ?? "");
    const entry = byName.get(reference.replace(/^arn:aws:lambda:[^:]*:[^:]*:function:/, "").replace(/:[^:]*$/, ""));
    const body = (await bodyOf(request)) || "{}";
    if (request.method !== "POST" || path === null || entry === undefined)
      return refuse(response, 404, "ResourceNotFoundException", `Function not found: ${reference}`);
    const isAsync = request.headers["x-amz-invocation-type"] === "Event";
    const limit = isAsync ? payloadBytes.asynchronous : payloadBytes.synchronous;
    const size = Buffer.byteLength(body);
    if (size > limit)
      return refuse(response, 413, "RequestTooLargeException", `Request must be smaller than ${limit} bytes`);
    if (!isJson(body))
      return refuse(response, 400, "InvalidRequestContentException", "Could not parse request body into json");
    const { hosted, pool } = entry;
    const planned = (): Fault | undefined =>
      plan?.({ functionName: hosted.name, count: ++entry.count, payload: JSON.parse(body) });
    if (isAsync) {
      // Lambda takes the event at once and comes back to it when it is throttled. What goes wrong with one try says nothing of the next.
      waitingEvents += 1;
      void untilAnswered(() => invoke(entry, requestId, body, planned())).finally(() => {
        waitingEvents -= 1;
      });
      response.writeHead(202).end();
      return;
    }
    const fault = planned();
    const isFull = hosted.reservedConcurrency !== undefined && pool.busyCount() >= hosted.reservedConcurrency;
    if (isFull || fault?.kind === "throttle") {
      response.setHeader("retry-after", "1");
      return refuse(response, 429, "TooManyRequestsException", "Rate Exceeded.", {
        Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
      });
    }
    const answer = await invoke(entry, requestId, body, fault);
    const failed = answer.kind === "failed" ? { "x-amz-function-error": "Unhandled" } : {};
    response.writeHead(200, { "content-type": "application/json", "x-amz-executed-version": "$LATEST", ...failed });
    response.end(answer.payload);
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) =>
      refuse(response, 500, "ServiceException", error instanceof Error ? error.message : String(error)),
    );
  });
  // A function may take fifteen minutes.
  server.requestTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const entryOf = (name: string): Hosted => {
    const entry = byName.get(name);
    if (entry === undefined) throw new Error(`No function "${name}"; there are ${[...byName.keys()].join(", ")}.`);
    return entry;
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arnOf,
    invocations,
    output: (name) => entryOf(name).output,
    planFaults: (next) => {
      plan = next;
    },
    killBusy: (name) => poolsOf(entryOf(name)).reduce((count, pool) => count + pool.killBusy(), 0),
    updateCode(name, folder) {
      const entry = entryOf(name);
      entry.retired.push(entry.pool);
      entry.hosted = { ...entry.hosted, folder: folder ?? entry.hosted.folder };
      entry.pool = poolOf(entry.hosted);
    },
    async settled(withinMs) {
      const giveUpAtMs = Date.now() + withinMs;
      const isBusy = () => [...byName.values()].flatMap(poolsOf).some((pool) => pool.busyCount() > 0);
      while (waitingEvents > 0 || isBusy()) {
        if (Date.now() > giveUpAtMs) throw new Error(`Invocations are still under way after ${withinMs} ms.`);
        await sleep(5);
      }
    },
    async stop() {
      isStopped = true;
      server.closeAllConnections();
      server.close();
      await Promise.all([...byName.values()].flatMap(poolsOf).map((pool) => pool.close()));
    },
  };
}

function poolsOf({ pool, retired }: Hosted): readonly FunctionPool[] {
  return [pool, ...retired];
}

/** An asynchronous invocation is tried three times, as on AWS, where minutes lie between. */
async function untilAnswered(invoke: () => Promise<Answer>): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    if ((await invoke()).kind === "answered") return;
    await sleep(100 * 2 ** attempt);
  }
}

function refuse(
  response: ServerResponse,
  status: number,
  type: string,
  message: string,
  more: { readonly [name: string]: string } = {},
): void {
  response.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": type });
  response.end(JSON.stringify({ ...more, Type: status < 500 ? "User" : "Service", Message: message, message }));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
