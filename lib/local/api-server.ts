import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { ApiDeps } from "../api/api-deps.ts";
import { buildApi } from "../api/build-api.ts";
import { ProblemError, problemResponse } from "../api/problem.ts";
import { InputError } from "../engine/input-error.ts";
import { tokenIdentify } from "./token-caller.ts";

export type ServerAddress = {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** What callers must send; needed when others than this machine can reach the host. */
  readonly token: string | undefined;
};

export type ApiServer = {
  readonly url: string;
  /** Takes no more requests, and ends those under way. */
  close(): Promise<void>;
};

/** An address that the server may not, or cannot, be bound to. */
export class ServerAddressError extends InputError {
  override readonly name = "ServerAddressError";
}

/** What a server on one's own machine brings along; the place of the stores and of the workflow is the caller's. */
export type ServedDeps = Omit<ApiDeps, "identify" | "limits" | "canStream">;

/** A server of one's own has no gateway that limits it; this keeps a mistake from filling its memory. Many clients wait for 300 s. */
const limits = { bodyBytes: 2_000_000, answerBytes: 100_000_000, workMs: 250_000 };
/** An upload of a large file takes a while. */
const requestTimeoutMs = 3_600_000;

/** Serves the API over HTTP. Throws ServerAddressError when the port is taken, or others could reach the server without a token. */
export async function serveApi(deps: ServedDeps, { host, port, token }: ServerAddress): Promise<ApiServer> {
  if (!isLoopback(host) && token === undefined)
    throw new ServerAddressError(
      `--host ${host}: others than this machine can reach it, expected a token. Give one with --token or BACKSTITCH_API_TOKEN, or leave --host out.`,
    );
  const app = buildApi({ ...deps, identify: tokenIdentify(token), limits, canStream: true });
  let names: ReadonlySet<string> = new Set();
  const listener = getRequestListener(
    (request, env) => {
      const refusal = foreignRefusal(request, names);
      return refusal === undefined ? app.fetch(request, env) : problemResponse(refusal, new URL(request.url).pathname);
    },
    {
      errorHandler: () => problemResponse(new ProblemError(400, "bad-request", "The request could not be read."), "/"),
    },
  );
  const server = createServer({ requestTimeout: requestTimeoutMs }, listener);
  const bound = await listen(server, host, port);
  names = hostNames(host, bound);
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        new ServerAddressError(
          `${host}:${port}: ${error.code === "EADDRINUSE" ? "another program uses this port" : (error.code ?? error.message)}. Choose another with --port or --host.`,
          { cause: error },
        ),
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** The names under which this server is meant; on an address that others reach, whatever name they have for it, because they bring the token. */
function hostNames(host: string, port: number): ReadonlySet<string> {
  if (!isLoopback(host)) return new Set();
  return new Set(
    ["localhost", "127.0.0.1", "[::1]", host.includes(":") ? `[${host}]` : host].map((name) => `${name}:${port}`),
  );
}

/**
 * A page in this machine's browser can send requests here, even under a name of its own that it points at this address (DNS rebinding). Both show: in the Host,
 * which is then the page's, and in the Origin, which is not ours.
 */
function foreignRefusal(request: Request, names: ReadonlySet<string>): ProblemError | undefined {
  const host = request.headers.get("Host") ?? "";
  if (names.size > 0 && !names.has(host.toLowerCase()))
    return new ProblemError(403, "foreign-host", "The Host header does not name this server.");
  const origin = request.headers.get("Origin");
  if (origin !== null && origin !== `http://${host}`)
    return new ProblemError(403, "foreign-origin", "Pages of other origins may not use this server.");
  return undefined;
}
