import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { ProblemError } from "./problem.ts";

/** JSON nested deeper than this is no request of ours, and would cost a validator its stack. */
const jsonDepth = 64;

/** Answers are data and never run in a page; a report brings a stricter policy of its own. */
export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  c.header("X-Content-Type-Options", "nosniff");
  c.header("Referrer-Policy", "no-referrer");
  c.header("Cross-Origin-Resource-Policy", "same-origin");
  if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "no-store");
  if (!c.res.headers.has("Content-Security-Policy"))
    c.header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
};

/** Refuses a body beyond the limit by its stated length, or while it is read. */
export function limitBody(maxBytes: number): MiddlewareHandler {
  return bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      throw new ProblemError(413, "body-too-large", `Expected a body of at most ${maxBytes} bytes.`);
    },
  });
}

/** Refuses JSON that is deeply nested, before it is parsed, and a text that is no JSON, telling the place; an empty body is an empty object. */
export const checkJson: MiddlewareHandler = async (c, next) => {
  if (c.req.header("Content-Type")?.includes("json") !== true) return next();
  const text = await c.req.text();
  if (depthOf(text) > jsonDepth)
    throw new ProblemError(400, "json-too-deep", `Expected JSON nested at most ${jsonDepth} deep.`);
  // Many clients state the type of a body that they do not send. The framework's cache holds promises, whatever its type says.
  if (text === "") Object.assign(c.req.bodyCache, { text: Promise.resolve("{}") });
  else assertJson(text);
  return next();
};

function assertJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ProblemError(400, "json", `The body is not valid JSON: ${error.message}. Correct it there.`, {
      cause: error,
    });
  }
}

/** How deep brackets nest outside of strings; stops counting at the limit. */
function depthOf(text: string): number {
  let [depth, deepest, isText] = [0, 0, false];
  for (let i = 0; i < text.length && deepest <= jsonDepth; i++) {
    const char = text[i];
    if (isText) {
      if (char === "\\") i++;
      else if (char === '"') isText = false;
    } else if (char === '"') isText = true;
    else if (char === "{" || char === "[") deepest = Math.max(deepest, ++depth);
    else if (char === "}" || char === "]") depth--;
  }
  return deepest;
}

/** Refuses a JSON answer beyond the limit, telling the route that gives the same in pages. */
export function limitAnswer(maxBytes: number): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (!c.res.headers.get("Content-Type")?.startsWith("application/json")) return;
    const text = await c.res.text();
    const sizeBytes = Buffer.byteLength(text);
    if (sizeBytes > maxBytes)
      throw new ProblemError(
        413,
        "answer-too-large",
        `The answer has ${sizeBytes} bytes, and at most ${maxBytes} can be sent. ${pagedRoute(c.req.path)}`,
      );
    c.res = new Response(text, c.res);
  };
}

function pagedRoute(path: string): string {
  const run = /^\/runs\/([^/]+)(\/result)?$/.exec(path);
  if (run !== null) return `Read the lanes page by page: GET /runs/${run[1]}/lanes`;
  const sweep = /^\/sweeps\/([^/]+)$/.exec(path);
  if (sweep !== null)
    return `Leave the table out (?lanes=false), and read it page by page: GET /sweeps/${sweep[1]}/lanes`;
  if (/^\/checkpoints\/[^/]+$/.test(path)) return "Leave the state out: ?state=false";
  return "Ask for a smaller page: ?limit=";
}
