import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { awsSigner } from "../../lib/cloud/request-signer.ts";
import { temporaryFolder } from "../stores/temporary-folder.ts";
import { type HttpFront, startHttpFront } from "./http-front.ts";
import { type LambdaHost, startLambdaHost } from "./lambda-host/lambda-host.ts";

const user = {
  accessKeyId: "AKIAEXAMPLE",
  secretAccessKey: "secret",
  accountId: "000000000000",
  userArn: "arn:aws:iam::000000000000:user/ann",
};
const region = "us-east-1";

/** Answers with the event it got, or as the query says. */
const echo = `
exports.handler = async (event) => {
  const { status, fail, binary } = event.queryStringParameters ?? {};
  if (fail) throw new Error("no");
  if (binary) return { statusCode: 200, body: Buffer.from([0, 255]).toString("base64"), isBase64Encoded: true };
  return { statusCode: Number(status ?? 200), headers: { "content-type": "application/json" }, body: JSON.stringify(event) };
};`;

let host: LambdaHost;
let front: HttpFront;
const ends: (() => Promise<void>)[] = [];
beforeAll(async () => {
  const folder = await temporaryFolder();
  await mkdir(folder.path, { recursive: true });
  await writeFile(join(folder.path, "index.cjs"), echo);
  host = await startLambdaHost({
    functions: [
      { name: "echo", folder: folder.path, handler: "index.handler", env: {}, timeoutSeconds: 5, memoryMb: 256 },
    ],
  });
  front = await startHttpFront({ lambdaUrl: host.url, functionName: "echo", region, users: [user] });
  ends.push(
    front.stop,
    () => host.stop(),
    () => folder.remove(),
  );
});
afterAll(async () => {
  for (const end of ends) await end();
});

async function ask(method: string, path: string, body?: string, credentials = user, service = "execute-api") {
  const url = new URL(front.url + path);
  const sign = awsSigner(service, { region, credentials: () => Promise.resolve(credentials) });
  const headers = await sign({
    method,
    url,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body,
  });
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  return { status: response.status, text: await response.text() };
}

test("a signed request becomes an event of payload format 2.0 with its caller", async () => {
  const { status, text } = await ask("POST", "/runs/a%401?x=1&x=2&y=%20", '{"a":1}');
  expect([status, JSON.parse(text)]).toMatchObject([
    200,
    {
      version: "2.0",
      rawPath: "/runs/a@1",
      rawQueryString: "x=1&x=2&y=%20",
      queryStringParameters: { x: "1,2", y: " " },
      body: '{"a":1}',
      isBase64Encoded: false,
      requestContext: {
        http: { method: "POST" },
        authorizer: { iam: { accountId: user.accountId, userArn: user.userArn } },
      },
    },
  ]);
});

test("the function's status and bytes are the answer", async () => {
  expect((await ask("GET", "/?status=404")).status).toBe(404);
  expect((await ask("GET", "/?binary=1")).text).toBe("\0\uFFFD");
});

test("a request that nobody known signed is forbidden", async () => {
  const forbidden = { status: 403, text: '{"message":"Forbidden"}' };
  const bare = await fetch(`${front.url}/runs`);
  expect({ status: bare.status, text: await bare.text() }).toEqual(forbidden);
  expect(await ask("GET", "/", undefined, { ...user, secretAccessKey: "other" })).toEqual(forbidden);
  expect(await ask("GET", "/", undefined, { ...user, accessKeyId: "AKIAOTHER" })).toEqual(forbidden);
  expect(await ask("GET", "/", undefined, user, "s3")).toEqual(forbidden);
});

test("a body that was changed after it was signed is forbidden", async () => {
  const url = new URL(`${front.url}/runs`);
  const sign = awsSigner("execute-api", { region, credentials: () => Promise.resolve(user) });
  const headers = await sign({ method: "POST", url, headers: {}, body: "signed" });
  const response = await fetch(url, { method: "POST", headers, body: "changed" });
  expect(response.status).toBe(403);
  await response.text();
});

test("a body of more than 10 MB is refused", async () => {
  expect((await ask("POST", "/", "x".repeat(10_500_000))).status).toBe(413);
});

test("a function that fails is an internal server error", async () => {
  expect(await ask("GET", "/?fail=1")).toEqual({ status: 500, text: '{"message":"Internal Server Error"}' });
});
