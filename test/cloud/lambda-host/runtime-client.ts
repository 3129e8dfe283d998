/** A client of the Lambda Runtime API, for where AWS's own cannot be built. Run as: node runtime-client.ts FILE.EXPORT */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

type Handler = (event: unknown, context: object) => unknown;

try {
  const handler = await loadHandler(process.argv[2] ?? "");
  // Ends with the process, which its host kills.
  for (;;) await serveOne(handler);
} catch (error) {
  await post(`${api}/init/error`, failureOf(error));
  process.exitCode = 1;
}

async function loadHandler(name: string): Promise<Handler> {
  const [file = "", exported = ""] = name.split(".");
  const root = process.env.LAMBDA_TASK_ROOT ?? ".";
  const found = ["js", "mjs", "cjs"].map((ending) => join(root, `${file}.${ending}`)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`Cannot find module '${file}' in ${root}`);
  const module = (await import(pathToFileURL(found).href)) as { readonly [name: string]: unknown };
  const handler = module[exported];
  if (typeof handler !== "function") throw new Error(`${name} is undefined or not exported`);
  return handler as Handler;
}

async function serveOne(handler: Handler): Promise<void> {
  const next = await fetch(`${api}/invocation/next`);
  const requestId = next.headers.get("lambda-runtime-aws-request-id") ?? "";
  const deadlineMs = Number(next.headers.get("lambda-runtime-deadline-ms"));
  const context = {
    awsRequestId: requestId,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    invokedFunctionArn: next.headers.get("lambda-runtime-invoked-function-arn"),
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
  try {
    const result = await handler(JSON.parse(await next.text()), context);
    await post(`${api}/invocation/${requestId}/response`, JSON.stringify(result ?? null));
  } catch (error) {
    await post(`${api}/invocation/${requestId}/error`, failureOf(error));
  }
}

async function post(url: string, body: string): Promise<void> {
  await (await fetch(url, { method: "POST", body })).arrayBuffer();
}

function failureOf(error: unknown): string {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return JSON.stringify({ errorType: name, errorMessage: message, trace: (stack ?? "").split("\n") });
}
