import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Json } from "./json.ts";

/** A function behind the endpoint: returns its result, throws its error, or writes an answer of its own. */
export type PlainFunction = (payload: Json, answer: ServerResponse) => Json | undefined | Promise<Json | undefined>;

/** Answers the Invoke action of Lambda's REST API with plain functions; one that throws is answered as Lambda answers for it. */
export async function startFunctionEndpoint(functions: Readonly<Record<string, PlainFunction>>) {
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const name =
      decodeURIComponent(request.url?.split("/")[3] ?? "")
        .split(":")
        .at(-1) ?? "";
    const called = functions[name];
    response.setHeader("x-amzn-requestid", "00000000-0000-0000-0000-000000000000");
    if (called === undefined) {
      response.setHeader("x-amzn-errortype", "ResourceNotFoundException");
      response.writeHead(404).end(JSON.stringify({ Type: "User", Message: `Function not found: ${name}` }));
      return;
    }
    try {
      const result = await called(JSON.parse(Buffer.concat(chunks).toString()) as Json, response);
      if (!response.writableEnded && !response.destroyed) response.end(JSON.stringify(result ?? null));
    } catch (error) {
      const { name: errorType, message: errorMessage } = error as Error;
      response.setHeader("x-amz-function-error", "Unhandled");
      response.end(JSON.stringify({ errorType, errorMessage }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An error under the name that Lambda would report as its type. */
export function namedError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
