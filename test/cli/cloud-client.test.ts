import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterEach, expect, test } from "vitest";
import { type Api, openApi } from "../../lib/cloud/api-client.ts";
import { awsSigner, bearerSigner, unsigned } from "../../lib/cloud/request-signer.ts";
import { InputError } from "../../lib/engine/input-error.ts";

type Asked = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
};
type Answer = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string } | "drop";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that gives these answers, one after another, the last one for ever, and notes what it was asked. */
async function answering(answers: readonly Answer[]): Promise<{ readonly url: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      const answer = answers[Math.min(asked.length, answers.length - 1)] as Answer;
      asked.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
      if (answer === "drop") request.socket.destroy();
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function quick(url: string): Api {
  return openApi({ url, signer: unsigned, pauseSeconds: () => 0.001 });
}

const ok: Answer = { status: 200, body: '{"ok":true}' };

test("a request that meets a busy server is sent again, with the same key", async () => {
  const { url, asked } = await answering([{ status: 503 }, { status: 429 }, ok]);
  expect(await quick(url).post("/runs", { spec: {} })).toEqual({ ok: true });
  const keys = asked.map(({ headers }) => headers["idempotency-key"]);
  expect(asked.map(({ body }) => body)).toEqual(['{"spec":{}}', '{"spec":{}}', '{"spec":{}}']);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
});

test("two requests have two keys", async () => {
  const { url, asked } = await answering([ok]);
  const api = quick(url);
  await api.post("/runs");
  await api.post("/runs");
  expect(new Set(asked.map(({ headers }) => headers["idempotency-key"])).size).toBe(2);
});

test("a connection that breaks is made again", async () => {
  const { url, asked } = await answering(["drop", ok]);
  expect(await quick(url).get("/health")).toEqual({ ok: true });
  expect(asked.length).toBe(2);
});

test("a server that stays busy is asked five times, then it is a failure with its name and message", async () => {
  const body = JSON.stringify({ type: "urn:backstitch:problem:throttled", status: 429, detail: "Ask again later." });
  const { url, asked } = await answering([{ status: 429, body }]);
  await expect(quick(url).get("/runs")).rejects.toMatchObject({
    name: "ThrottledError",
    status: 429,
    message: "Ask again later.",
  });
  expect(asked.length).toBe(5);
});

test("Retry-After says how long to wait", async () => {
  const { url } = await answering([{ status: 503, headers: { "retry-after": "0" } }, ok]);
  const api = openApi({ url, signer: unsigned, pauseSeconds: () => 3_600 });
  expect(await api.get("/runs")).toEqual({ ok: true });
});

test("a refusal is the person's to mend, is not repeated, and names the fields", async () => {
  const body = JSON.stringify({
    type: "urn:backstitch:problem:spec",
    title: "Bad request",
    status: 400,
    detail: "The spec is not valid.",
    errors: [{ path: "strategy.params.fast", message: "expected a number; found nothing" }],
  });
  const { url, asked } = await answering([{ status: 400, body }]);
  const error: unknown = await quick(url)
    .post("/runs")
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InputError);
  expect(error).toMatchObject({
    name: "SpecError",
    message: "The spec is not valid.\n  strategy.params.fast: expected a number; found nothing",
  });
  expect(asked.length).toBe(1);
});

test("a refusal by API Gateway itself says who to check", async () => {
  const { url } = await answering([{ status: 403, body: '{"message":"Forbidden"}' }]);
  await expect(quick(url).get("/runs")).rejects.toThrow(/^Forbidden\nCheck who you are .*execute-api:Invoke/);
});

test("a damaged run is a failure and no bad input", async () => {
  const body = JSON.stringify({
    type: "urn:backstitch:problem:checkpoint-damaged",
    detail: "Checkpoint 3 is damaged.",
  });
  const { url } = await answering([{ status: 422, body }]);
  const error: unknown = await quick(url)
    .get("/checkpoints/abcdef")
    .catch((reason: unknown) => reason);
  expect(error).not.toBeInstanceOf(InputError);
  expect(error).toMatchObject({ name: "CheckpointDamagedError" });
});

test("nobody at the address is said at once, with what to check", async () => {
  const { url } = await answering([ok]);
  for (const close of closing.splice(0)) close();
  const api = openApi({ url, signer: unsigned, pauseSeconds: () => 3_600 });
  await expect(api.get("/runs")).rejects.toThrow(`GET /runs: no answer from ${url} (ECONNREFUSED). Check the address`);
});

test("a page that is no JSON is told as such", async () => {
  const { url } = await answering([{ status: 200, body: "<html>hello" }]);
  await expect(quick(url).get("/runs")).rejects.toThrow(/expected JSON, found "<html>hello"\. Is this the address/);
});

test.each(["http://api.example.com", "ftp://127.0.0.1", "api.example.com"])("refuses the address %s", (url) => {
  expect(() => openApi({ url, signer: unsigned })).toThrow(/^--endpoint-url .*expected/);
});

test("a path under which an API lies stays in front", async () => {
  const { url, asked } = await answering([ok]);
  await quick(`${url}/stage/`).get("/runs", { limit: 2, status: undefined, name: "a b" });
  expect(asked[0]?.url).toBe("/stage/runs?limit=2&name=a+b");
});

test("a bearer token is sent as one", async () => {
  const { url, asked } = await answering([ok]);
  await openApi({ url, signer: bearerSigner("secret") }).get("/runs");
  expect(asked[0]?.headers.authorization).toBe("Bearer secret");
});

test("a signed request carries a signature that a verifier of Signature Version 4 arrives at too", async () => {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI", sessionToken: "token" };
  const identity = { region: "eu-west-1", credentials: async () => credentials };
  const { url, asked } = await answering([ok]);
  await openApi({ url, signer: awsSigner("execute-api", identity) }).post("/runs", { spec: { name: "é" } });
  const [sent] = asked;
  const { authorization = "", ...headers } = sent?.headers ?? {};
  expect(authorization).toContain("/eu-west-1/execute-api/aws4_request");
  expect(headers["x-amz-security-token"]).toBe("token");
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(";") ?? [];
  expect(names).toEqual(expect.arrayContaining(["host", "idempotency-key", "content-type", "x-amz-date"]));
  const verifier = new SignatureV4({ service: "execute-api", region: "eu-west-1", credentials, sha256: Sha256 });
  const again = await verifier.sign(
    {
      method: "POST",
      protocol: "http:",
      hostname: "127.0.0.1",
      path: "/runs",
      headers: Object.fromEntries(
        names.filter((name) => name !== "x-amz-date").map((name) => [name, String(headers[name])]),
      ),
      body: sent?.body,
    },
    { signingDate: signingDate(String(headers["x-amz-date"])) },
  );
  expect(again.headers.authorization).toBe(authorization);
});

function signingDate(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}
