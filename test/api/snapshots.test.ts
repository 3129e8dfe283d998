import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { openServedApi, problemLike, runLike, type ServedApi, slowSpec } from "./served-api.ts";

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
  snapshotId: z.string().nullable(),
  addedBarCount: z.int().nullable(),
});

function csv(days: readonly number[]): string {
  const rows = days.map((day) => `2024-01-${String(day).padStart(2, "0")},10,11,9,${10 + day / 100},100`);
  return `date,open,high,low,close,volume\n${rows.join("\n")}\n`;
}

async function sent(texts: readonly string[]): Promise<string> {
  const files = texts.map((_, index) => ({ fileName: `part ${index}.csv` }));
  const { uploadId, uploads } = upload.parse((await api.ask("POST", "/snapshots", { files })).body);
  for (const [index, { url, method, headers }] of uploads.entries()) {
    const response = await fetch(url, { method, headers, body: texts[index] ?? "" });
    expect(response.status).toBe(204);
  }
  return uploadId;
}

async function ended(uploadId: string): Promise<z.output<typeof state>> {
  for (let tries = 0; tries < 500; tries++) {
    const now = state.parse((await api.ask("GET", `/snapshots/imports/${uploadId}`)).body);
    if (now.status !== "running") return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Import ${uploadId} did not end.`);
}

const daily = { kind: "import", symbol: "X", timeframe: "1d" };

test("uploaded files become a snapshot, in whatever order they come", async () => {
  const uploadId = await sent([csv([4, 5]), csv([1, 2, 3])]);
  const begun = await api.ask("POST", `/snapshots/${uploadId}/import`, { ...daily, name: "one" });
  expect([begun.status, begun.body]).toMatchObject([202, { status: "running" }]);
  expect(await ended(uploadId)).toMatchObject({ status: "done", name: "one", addedBarCount: 5 });
  const { body } = await api.ask("GET", "/snapshots/one");
  expect(body).toMatchObject({
    name: "one",
    instruments: [{ barCount: 5 }],
    sources: [{ fileName: "part 0.csv" }, { fileName: "part 1.csv" }],
  });
  expect((await api.ask("GET", "/snapshots/one/verification")).body).toMatchObject({ ok: true, barCount: 5 });
});

test("later files are appended, and the name means the longer snapshot", async () => {
  const first = await sent([csv([1, 2, 3])]);
  await api.ask("POST", `/snapshots/${first}/import`, { ...daily, name: "two" });
  const { snapshotId } = await ended(first);
  const second = await sent([csv([3, 4])]);
  await api.ask("POST", `/snapshots/${second}/import`, { kind: "append", name: "two" });
  expect(await ended(second)).toMatchObject({ status: "done", addedBarCount: 1 });
  const { body } = await api.ask("GET", "/snapshots/two");
  expect(body).toMatchObject({ instruments: [{ barCount: 4 }], history: [{}, { snapshotId }] });
});

test("an import that is asked for again is the one that was begun", async () => {
  const uploadId = await sent([csv([1, 2])]);
  await api.ask("POST", `/snapshots/${uploadId}/import`, { ...daily, name: "three" });
  await ended(uploadId);
  const again = await api.ask("POST", `/snapshots/${uploadId}/import`, { ...daily, name: "other" });
  expect([again.status, again.body]).toMatchObject([202, { status: "done", name: "three" }]);
});

test("a file that cannot be read is told by its own name, with its line", async () => {
  const uploadId = await sent(["date,open,high,low,close\n2024-01-01,1,2,0.5,x\n"]);
  await api.ask("POST", `/snapshots/${uploadId}/import`, { ...daily, name: "four", missing: "error" });
  expect(await ended(uploadId)).toMatchObject({
    status: "failed",
    error: { name: "BarsInputError", message: expect.stringMatching(/^part 0\.csv line 2, column "close": /) },
  });
});

test("an import waits for its files", async () => {
  const { uploadId } = upload.parse((await api.ask("POST", "/snapshots", { files: [{ fileName: "a.csv" }] })).body);
  const { status, body } = await api.ask("POST", `/snapshots/${uploadId}/import`, { ...daily, name: "five" });
  expect([status, problemLike.parse(body).type]).toEqual([409, "urn:backstitch:problem:file-missing"]);
});

test("a file that was not announced is not taken", async () => {
  const { uploadId } = upload.parse((await api.ask("POST", "/snapshots", { files: [{ fileName: "a.csv" }] })).body);
  const response = await fetch(`${api.url}/snapshots/${uploadId}/files/1`, { method: "PUT", body: "x" });
  expect(response.status).toBe(404);
  await response.text();
});

test("a snapshot that an unfinished run reads stays", async () => {
  const { runId } = runLike.parse((await api.ask("POST", "/runs", slowSpec(1))).body);
  const { status, body } = await api.ask("DELETE", "/snapshots/bars");
  expect([status, problemLike.parse(body).type]).toEqual([409, "urn:backstitch:problem:snapshot-needed"]);
  await api.ask("POST", `/runs/${runId}/cancel`, { force: true });
});

test("a name that is forgotten is gone from the list", async () => {
  const uploadId = await sent([csv([1, 2])]);
  await api.ask("POST", `/snapshots/${uploadId}/import`, { ...daily, name: "six" });
  await ended(uploadId);
  expect((await api.ask("DELETE", "/snapshots/six")).status).toBe(200);
  expect((await api.ask("GET", "/snapshots/six")).status).toBe(404);
});

test("pages of bars put together are the bars of the files", async () => {
  const uploadId = await sent([csv([1, 2, 3, 4, 5])]);
  await api.ask("POST", `/snapshots/${uploadId}/import`, { ...daily, name: "seven" });
  await ended(uploadId);
  const page = z.object({
    bars: z.array(z.object({ openTimeMs: z.int(), close: z.number() })),
    next: z.string().nullable(),
  });
  const first = page.parse((await api.ask("GET", "/snapshots/seven/bars?limit=3")).body);
  const second = page.parse((await api.ask("GET", `/snapshots/seven/bars?limit=3&cursor=${first.next}`)).body);
  expect([...first.bars, ...second.bars].map(({ close }) => close)).toEqual([10.01, 10.02, 10.03, 10.04, 10.05]);
  expect([first.bars[0]?.openTimeMs, second.next]).toEqual([Date.UTC(2024, 0, 1), null]);
});
