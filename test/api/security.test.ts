import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveApi } from "../../lib/local/api-server.ts";
import { openServedApi, problemLike, runLike, type ServedApi, smaSpec } from "./served-api.ts";

let api: ServedApi;
beforeAll(async () => {
  api = await openServedApi({ token: "secret" });
});
afterAll(() => api.close());

const signed = { Authorization: "Bearer secret" };

/** A request as it is written: fetch would mend the path. */
function raw(
  path: string,
  headers: Record<string, string>,
): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, port } = new URL(api.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers, method: "GET" }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .on("error", reject)
      .end();
  });
}

test("a request without the token is not answered", async () => {
  for (const headers of [{}, { Authorization: "Bearer other" }, { Authorization: "Basic c2VjcmV0" }]) {
    const { status, body } = await api.ask("GET", "/runs", undefined, headers as Record<string, string>);
    expect([status, problemLike.parse(body).type]).toEqual([401, "urn:backstitch:problem:not-authenticated"]);
  }
});

test("health and the API's description need no token", async () => {
  for (const path of ["/health", "/openapi.json"]) expect((await api.ask("GET", path)).status).toBe(200);
});

test("an address that others can reach needs a token", async () => {
  const deps = undefined as never;
  await expect(serveApi(deps, { host: "0.0.0.0", port: 0, token: undefined })).rejects.toThrow(/expected a token/);
});

test("a page's own name for this address is refused, whatever it sends", async () => {
  const { port } = new URL(api.url);
  for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1:1"])
    expect([host, (await raw("/runs", { ...signed, Host: host })).status]).toEqual([host, 403]);
  expect((await raw("/runs", { ...signed, Host: `localhost:${port}` })).status).toBe(200);
});

test("a page of another origin is refused, and gets no permission to read", async () => {
  const answer = await fetch(`${api.url}/runs`, { headers: { ...signed, Origin: "https://evil.example" } });
  expect([answer.status, answer.headers.get("Access-Control-Allow-Origin")]).toEqual([403, null]);
  await answer.text();
});

test("ids that are paths, too long or unreadable are refused", async () => {
  const ids = [
    "..",
    "../none",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e",
    "a%00b",
    "a%0ab",
    "x".repeat(500),
    "%F0%9F%98%80",
    "a'%20or%201=1",
    "%ff",
    "%",
  ];
  for (const id of ids)
    for (const path of [`/runs/${id}`, `/runs/${id}/trades`, `/checkpoints/${id}`, `/snapshots/imports/${id}`]) {
      const { status, text } = await raw(path, signed);
      expect([path, status === 400 || status === 404]).toEqual([path, true]);
      expect(text).not.toContain("node:");
    }
});

test("a strategy that is a file or a path is refused", async () => {
  const strategies = [
    { file: "/etc/passwd" },
    { file: "./mine.ts" },
    { name: "../mine" },
    { name: "..\\mine" },
    { name: "/tmp/mine.ts" },
    { name: "file:///tmp/mine.ts" },
    { name: "__proto__" },
    { name: "constructor" },
  ];
  for (const strategy of strategies) {
    const { status, body } = await api.ask("POST", "/runs", smaSpec(1, { strategy }), signed);
    expect([strategy, status]).toEqual([strategy, 400]);
    expect(problemLike.parse(body).errors?.[0]?.path).toMatch(/^strategy\.(name|file)$/);
  }
});

test("a fork cannot bring in a file either", async () => {
  const { runId } = runLike.parse((await api.ask("POST", "/runs", smaSpec(2), signed)).body);
  const change = { set: { "strategy.file": "/tmp/mine.ts" }, remove: ["strategy.name"] };
  const { status, body } = await api.ask("POST", `/runs/${runId}/fork`, change, signed);
  // Whether there is a checkpoint yet or not, no code is loaded.
  expect([400, 409]).toContain(status);
  expect(problemLike.parse(body).detail).not.toContain("loaded");
});

test("fields that would change every object are unknown fields", async () => {
  const text = '{"spec": {"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}}';
  expect((await api.ask("POST", "/runs", text, signed)).status).toBe(400);
  expect("polluted" in {}).toBe(false);
});

test("markup in a name is refused, and comes back as data", async () => {
  const name = "<img src=x onerror=alert(1)>";
  const answer = await api.ask("POST", "/runs", smaSpec(3, { name }), signed);
  expect([answer.status, answer.headers.get("Content-Type"), answer.headers.get("X-Content-Type-Options")]).toEqual([
    400,
    "application/problem+json",
    "nosniff",
  ]);
});

test("markup in a tag is data in the document and inert in the report", async () => {
  const tag = "</script><script>alert(1)</script>";
  const { runId } = runLike.parse((await api.ask("POST", "/runs", smaSpec(4, { tags: [tag] }), signed)).body);
  for (let tries = 0; tries < 100; tries++) {
    const { body } = await api.ask("GET", `/runs/${runId}`, undefined, signed);
    if (runLike.parse(body).status === "completed") break;
    await api.ask("GET", `/runs/${runId}/events?wait=1&after=x`, undefined, signed);
  }
  const report = await api.ask("GET", `/runs/${runId}/report`, undefined, signed);
  expect(report.status).toBe(200);
  expect(report.text).not.toContain(tag);
});

test("every answer says that it is only data", async () => {
  for (const path of ["/health", "/runs", "/nowhere", "/runs/none"]) {
    const { headers } = await api.ask("GET", path, undefined, signed);
    expect([
      headers.get("X-Content-Type-Options"),
      headers.get("Content-Security-Policy"),
      headers.get("Cache-Control"),
    ]).toEqual(["nosniff", "default-src 'none'; frame-ancestors 'none'", "no-store"]);
  }
});

test("an upload's file name is no path", async () => {
  for (const fileName of ["../x.csv", "/x.csv", "a/b.csv", "..", ".hidden", "a\0b"])
    expect([fileName, (await api.ask("POST", "/snapshots", { files: [{ fileName }] }, signed)).status]).toEqual([
      fileName,
      400,
    ]);
});

test("a refusal tells nothing of the code", async () => {
  const answers = [
    await api.ask("POST", "/runs", "{", signed),
    await api.ask("GET", "/runs/none", undefined, signed),
    await api.ask("GET", "/runs?cursor=x", undefined, signed),
  ];
  for (const { text } of answers) expect(text).not.toMatch(/\.ts\b|node_modules|at \w+ \(/);
});
