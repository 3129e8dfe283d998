import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { BundleFiles } from "../../lib/models/bundle.ts";
import { bundleFiles } from "../models/bundle-files.ts";
import { randomBundle } from "../models/random-bundle.ts";
import { openServedApi, problemLike, type ServedApi } from "./served-api.ts";

let api: ServedApi;
beforeAll(async () => {
  api = await openServedApi();
});
afterAll(() => api.close());

const upload = z.object({
  uploadId: z.string(),
  uploads: z.array(z.object({ method: z.string(), url: z.string(), headers: z.record(z.string(), z.string()) })),
});
const state = z.looseObject({
  status: z.string(),
  name: z.string().nullable(),
  modelId: z.string().nullable(),
  error: z.object({ name: z.string(), message: z.string() }).nullable(),
});

async function sent(files: BundleFiles): Promise<string> {
  const announced = [...files].map(([fileName, bytes]) => ({ fileName, sizeBytes: bytes.length }));
  const { uploadId, uploads } = upload.parse((await api.ask("POST", "/models", { files: announced })).body);
  const bodies = [...files.values()];
  for (const [index, { url, method, headers }] of uploads.entries())
    expect((await fetch(url, { method, headers, body: new Blob([new Uint8Array(bodies[index] ?? [])]) })).status).toBe(
      204,
    );
  return uploadId;
}

async function ended(uploadId: string): Promise<z.output<typeof state>> {
  for (let tries = 0; tries < 1_000; tries++) {
    const now = state.parse((await api.ask("GET", `/models/imports/${uploadId}`)).body);
    if (now.status !== "running") return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Import ${uploadId} did not end.`);
}

/** Imports the bundle and tells what became of it. */
async function imported(files: BundleFiles, name?: string): Promise<z.output<typeof state>> {
  const uploadId = await sent(files);
  const { status } = await api.ask("POST", `/models/${uploadId}/import`, name === undefined ? {} : { name });
  expect(status).toBe(202);
  return ended(uploadId);
}

const modelSpec = (params: object) => ({ data: { snapshot: "bars" }, strategy: { name: "model", params } });

test("a bundle that is sent becomes a model under its own name, asked for inferences before", async () => {
  const done = await imported(randomBundle("dense", 1, "own-name"));
  expect(done).toMatchObject({ status: "done", name: "own-name", checked: "inference", error: null });
  const { body } = await api.ask("GET", "/models/own-name");
  expect(body).toMatchObject({ name: "own-name", modelId: done.modelId, metadata: { version: "1" }, usedBy: [] });
});

test("the same files have the same id under any name, and a name means the newest", async () => {
  const first = await imported(randomBundle("dense", 2), "twice");
  expect((await imported(randomBundle("dense", 2), "other")).modelId).toBe(first.modelId);
  for (const name of ["twice", "other"]) expect((await api.ask("GET", `/models/${name}`)).body).toMatchObject({ name });
  const { modelId } = await imported(randomBundle("dense", 3), "twice");
  expect(modelId).not.toBe(first.modelId);
  expect((await api.ask("GET", "/models/twice")).body).toMatchObject({ name: "twice", modelId });
  expect((await api.ask("GET", `/models/${first.modelId?.slice(0, 12)}`)).body).toMatchObject({ name: "other" });
});

test("a bundle with faults fails with every one of them, and nothing is stored", async () => {
  const { status, error } = await imported(bundleFiles({ metadata: { opset: 13, name: "bad" }, features: ["x"] }));
  expect([status, error?.name]).toEqual(["failed", "ModelBundleError"]);
  expect(error?.message).toMatch(/its opset is 17, metadata\.json says 13/);
  expect(error?.message).toMatch(/features\.json differs/);
  expect((await api.ask("GET", "/models/bad")).status).toBe(404);
});

test("golden vectors that come out differently there fail the import", async () => {
  const good = randomBundle("dense", 4);
  const golden = { vectors: [{ input: Array(5).fill(0.5), output: [1e6, 0, 0] }] };
  const { error } = await imported(new Map(good).set("golden.json", new TextEncoder().encode(JSON.stringify(golden))));
  expect(error).toMatchObject({
    name: "ModelBundleError",
    message: expect.stringMatching(/computes 3 of its numbers/),
  });
});

const badFiles: readonly (readonly [what: string, files: readonly object[], path: string])[] = [
  ["a path outside the bundle", [{ fileName: "../model.onnx", sizeBytes: 1 }], "files.0.fileName"],
  ["a file that no bundle has", [{ fileName: "weights.bin", sizeBytes: 1 }], "files.0.fileName"],
  ["more than an ONNX file may have", [{ fileName: "model.onnx", sizeBytes: 3e9 }], "files.0.sizeBytes"],
  ["no size", [{ fileName: "model.onnx" }], "files.0.sizeBytes"],
  ["a file twice", Array(2).fill({ fileName: "model.onnx", sizeBytes: 1 }), "files"],
];

test.each(badFiles)("an upload with %s is refused with the field", async (_what, files, path) => {
  const { status, body } = await api.ask("POST", "/models", { files });
  expect([status, body]).toMatchObject([400, { errors: [{ path }] }]);
});

test("an import that is asked for again is the one that was begun", async () => {
  const uploadId = await sent(randomBundle("dense", 5));
  await api.ask("POST", `/models/${uploadId}/import`, { name: "once" });
  await ended(uploadId);
  const { status, body } = await api.ask("POST", `/models/${uploadId}/import`, { name: "else" });
  expect([status, body]).toMatchObject([202, { status: "done", name: "once" }]);
});

test("a repeated request for an upload gets the first one's answer", async () => {
  const body = { files: [{ fileName: "model.onnx", sizeBytes: 1 }] };
  const key = { "Idempotency-Key": "models-1" };
  const first = await api.ask("POST", "/models", body, key);
  expect((await api.ask("POST", "/models", body, key)).text).toBe(first.text);
});

test("models are listed by pages and filters", async () => {
  for (const name of ["page-a", "page-b", "page-c"]) await imported(randomBundle("dense", 6), name);
  const page = z.object({ models: z.array(z.object({ name: z.string() })), next: z.string().nullable() });
  const list = async (query: string) => page.parse((await api.ask("GET", `/models?${query}`)).body);
  const first = await list("name=page-&limit=2");
  const second = await list(`name=page-&limit=2&cursor=${first.next}`);
  expect([...first.models, ...second.models].map(({ name }) => name)).toEqual(["page-a", "page-b", "page-c"]);
  expect(second.next).toBeNull();
  expect((await list("name=page-&strategy=minutes&timeframe=1m")).models).toHaveLength(3);
  expect((await list("name=page-&strategy=hours")).models).toEqual([]);
  expect((await list("name=page-&timeframe=1h")).models).toEqual([]);
});

test("a posted spec names a model as on a laptop, and the model names the run", async () => {
  const { modelId } = await imported(randomBundle("dense", 7), "asked");
  const { status, body } = await api.ask("POST", "/runs", modelSpec({ model: "asked" }));
  expect(status).toBe(201);
  const { runId } = z.looseObject({ runId: z.string() }).parse(body);
  const run = await api.finished(runId);
  expect(run).toMatchObject({ status: "completed", spec: { strategy: { params: { model: modelId } } } });
  expect((await api.ask("GET", "/models/asked")).body).toMatchObject({ usedBy: [{ runId, status: "completed" }] });
});

test("a run over what its model was trained on is warned of in the answer that starts it, and in the run's", async () => {
  const trained = { training: { symbols: ["X"], timeframes: ["1m"], from: "2000-01-03", to: "2099-12-31" } };
  const files = new Map(randomBundle("dense", 7, "seen"));
  const metadata: object = JSON.parse(new TextDecoder().decode(files.get("metadata.json")));
  await imported(files.set("metadata.json", new TextEncoder().encode(JSON.stringify({ ...metadata, ...trained }))));
  const { body } = await api.ask("POST", "/runs", modelSpec({ model: "seen" }));
  const warnings = [expect.stringMatching(/^IN-SAMPLE: model "seen" was trained on 2000-01-03 to 2099-12-31/)];
  expect(body).toMatchObject({ warnings });
  const { runId } = z.looseObject({ runId: z.string() }).parse(body);
  expect(await api.finished(runId)).toMatchObject({ warnings });
  expect((await api.ask("POST", "/runs", modelSpec({ model: "seen" }))).body).toMatchObject({ runId, warnings });
});

test("a sweep over it is warned of in the answers that plan and start it, and in the sweep's", async () => {
  const spec = { base: modelSpec({}), space: { model: ["seen"], threshold: [0.4, 0.6] }, objective: "totalReturn" };
  const warning = /^IN-SAMPLE: model "seen" was trained on 2000-01-03 to 2099-12-31, and this sweep asks it about /;
  const warnings = [expect.stringMatching(warning)];
  expect((await api.ask("POST", "/sweeps/plan", spec)).body).toMatchObject({ warnings });
  const { body } = await api.ask("POST", "/sweeps", spec);
  expect(body).toMatchObject({ warnings });
  const { sweepId } = z.looseObject({ sweepId: z.string() }).parse(body);
  expect((await api.ask("GET", `/sweeps/${sweepId}`)).body).toMatchObject({ warnings });
});

test("a posted spec that names no model of the place is refused with the field and the near name", async () => {
  await imported(randomBundle("dense", 8), "near");
  const { status, body } = await api.ask("POST", "/runs", modelSpec({ model: ["near", "naer"] }));
  const message = expect.stringMatching(/^Model "naer": found none of this name or id; did you mean "near"\?/);
  expect([status, body]).toMatchObject([400, { errors: [{ path: "strategy.params.model.1", message }] }]);
});

test("a model is verified with its golden vectors", async () => {
  await imported(randomBundle("dense", 9), "verified");
  const { status, body } = await api.ask("POST", "/models/verified/verify");
  expect([status, body]).toMatchObject([200, { name: "verified", vectors: 0, problems: [] }]);
});

test("a name that is forgotten is gone, and what a run refers to stays", async () => {
  const { modelId } = await imported(randomBundle("dense", 10), "forgotten");
  const { body } = await api.ask("POST", "/runs", modelSpec({ model: "forgotten" }));
  const { runId } = z.looseObject({ runId: z.string() }).parse(body);
  await api.finished(runId);
  expect((await api.ask("DELETE", "/models/forgotten")).status).toBe(200);
  expect((await api.ask("GET", "/models/forgotten")).status).toBe(404);
  expect((await api.ask("GET", `/models/${modelId}`)).body).toMatchObject({ name: null, usedBy: [{ runId }] });
});

test.each([
  ["GET", "/models/nobody"],
  ["DELETE", "/models/nobody"],
  ["POST", "/models/nobody/verify"],
])("%s %s answers 404", async (method, path) => {
  const { status, body } = await api.ask(method, path);
  expect([status, problemLike.parse(body).type]).toEqual([404, "urn:backstitch:problem:unknown-model"]);
});
