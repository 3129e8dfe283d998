import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { remoteOf } from "../../lib/cloud/remote.ts";
import { awsSigner } from "../../lib/cloud/request-signer.ts";
import { generatedBars } from "../simulation/generated-bars.ts";
import { putSnapshot } from "../simulation/put-snapshot.ts";
import { endedThere, problemLike } from "./end-to-end-place.ts";
import { ann, apiUser, type FrontedCloud, openFrontedCloud, stranger } from "./fronted-cloud.ts";
import { account, region } from "./local-cloud.ts";
import { whyNoServers } from "./servers.ts";
import type { ApiUser } from "./signed-request.ts";

const why = whyNoServers();
if (why !== undefined) console.warn(`Skipped: ${why}`);

/** Somebody of the account, whom the deployment does not name. */
const bob = apiUser("bob", account);
const spec = {
  data: { snapshot: "bars" },
  strategy: { name: "sma-cross", params: { fast: 3, slow: 9 } },
  checkpoint: { everyBars: 500 },
};

describe.skipIf(why !== undefined)("the bundled API behind a gateway that checks signatures", () => {
  let cloud: FrontedCloud;

  beforeAll(async () => {
    cloud = await openFrontedCloud({ flags: { allowedPrincipals: ann.userArn } }, [bob]);
    const market = { name: "bars", timeframe: "1m", chunkBars: 1_000 };
    await putSnapshot(generatedBars(1_000, 3, 60_000), market, cloud.stores);
  });
  afterAll(() => cloud?.stop());

  async function ask(method: string, path: string, body?: object | string, user: ApiUser = ann) {
    const url = new URL(cloud.front.url + path);
    const text = typeof body === "object" ? JSON.stringify(body) : body;
    const sign = awsSigner("execute-api", { region, credentials: async () => user });
    const headers = await sign({ method, url, headers: { "content-type": "application/json" }, body: text });
    const response = await fetch(url, { method, headers, ...(text === undefined ? {} : { body: text }) });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  test("a request without credentials does not reach the function", async () => {
    const before = cloud.stack.lambdaHost.invocations.length;
    const answer = await fetch(`${cloud.front.url}/runs`);
    expect([answer.status, await answer.text()]).toEqual([403, '{"message":"Forbidden"}']);
    expect(cloud.stack.lambdaHost.invocations.length).toBe(before);
  });

  test("a wrong signature does not reach the function", async () => {
    const before = cloud.stack.lambdaHost.invocations.length;
    expect((await ask("GET", "/runs", undefined, { ...ann, secretAccessKey: "guessed" })).status).toBe(403);
    expect(cloud.stack.lambdaHost.invocations.length).toBe(before);
  });

  test("whoever the deployment names is answered", async () => {
    expect((await ask("GET", "/runs")).status).toBe(200);
  });

  test.for([
    ["another account", stranger],
    ["another principal of the account", bob],
  ] as const)("%s is refused by the function, whatever it asks", async ([, user]) => {
    const asked = [
      await ask("GET", "/runs", undefined, user),
      await ask("POST", "/runs", spec, user),
      await ask("DELETE", "/runs/latest", undefined, user),
      await ask("POST", "/snapshots", { files: [{ fileName: "a.csv" }] }, user),
    ];
    for (const { status, text } of asked)
      expect([status, problemLike.parse(JSON.parse(text)).type]).toEqual([403, "urn:backstitch:problem:forbidden"]);
  });

  test.for(["..%2f..%2fetc%2fpasswd", "%2e%2e%2fruns", "..%5cruns", "a%00b", "%3Cscript%3E", "x".repeat(500)])(
    "the id %s names nothing",
    async (id) => {
      for (const path of [`/runs/${id}`, `/runs/${id}/trades`, `/checkpoints/${id}`, `/snapshots/imports/${id}`]) {
        const { status, text } = await ask("GET", path);
        expect([path, [400, 404].includes(status)]).toEqual([path, true]);
        expect(text).not.toMatch(/node_modules|\bat \w+ \(/);
      }
    },
  );

  test("a body of 10 MB is refused, and one of 3 MB is refused by the function", async () => {
    expect((await ask("POST", "/runs", JSON.stringify({ name: "x".repeat(10_500_000) }))).status).toBe(413);
    expect((await ask("POST", "/runs", JSON.stringify({ name: "x".repeat(3_000_000) }))).status).toBe(413);
  });

  test("JSON that is nested without end is refused", async () => {
    const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    const { status, text } = await ask("POST", "/runs", deep);
    expect([status, problemLike.parse(JSON.parse(text)).type]).toEqual([400, "urn:backstitch:problem:json-too-deep"]);
  });

  test.for([
    { name: "../../etc/passwd" },
    { name: "/var/task/index.cjs" },
    { name: "file:///var/task/index.cjs" },
    { name: "__proto__" },
    { file: "/var/task/index.cjs" },
  ])("the strategy %j is refused", async (strategy) => {
    expect((await ask("POST", "/runs", { ...spec, strategy })).status).toBe(400);
  });

  test("markup in a tag is data in JSON and inert in the report", async () => {
    const tag = "</script><script>alert(1)</script>";
    const remote = remoteOf(cloud.api());
    const { runId } = await remote.runs.start({ ...spec, tags: [tag] }, true);
    await endedThere(runId, remote);
    const document = await ask("GET", `/runs/${runId}`);
    expect(document.headers.get("content-type")).toMatch(/^application\/json/);
    expect(document.headers.get("x-content-type-options")).toBe("nosniff");
    const report = await ask("GET", `/runs/${runId}/report`);
    expect(report.status).toBe(200);
    expect(report.text).not.toContain(tag);
    expect(report.headers.get("content-security-policy")).toContain("sandbox");
  });

  test("an upload of somebody's is unknown to others", async () => {
    const begun = await ask("POST", "/snapshots", { files: [{ fileName: "a.csv" }] });
    const { uploadId } = JSON.parse(begun.text);
    expect((await ask("GET", `/snapshots/imports/${uploadId}`)).status).toBe(200);
    expect((await ask("GET", `/snapshots/imports/${uploadId}`, undefined, bob)).status).toBe(403);
  });
});
