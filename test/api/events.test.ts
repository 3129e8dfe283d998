import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { openServedApi, runLike, type ServedApi, slowSpec, smaSpec } from "./served-api.ts";

let api: ServedApi;
beforeAll(async () => {
  api = await openServedApi();
});
afterAll(() => api.close());

const answer = z.object({
  events: z.array(z.looseObject({ kind: z.string() })),
  progress: z.looseObject({ status: z.string(), bar: z.int() }),
  position: z.string(),
  done: z.boolean(),
});

async function started(spec: object): Promise<string> {
  return runLike.parse((await api.ask("POST", "/runs", spec)).body).runId;
}

type Message = { readonly event: string; readonly id: string | undefined; readonly data: string };

/** The messages of a stream until it ends, or until there are enough. */
async function messages(runId: string, headers: Record<string, string>, enough: number): Promise<Message[]> {
  const abort = new AbortController();
  const response = await fetch(`${api.url}/runs/${runId}/events`, {
    headers: { Accept: "text/event-stream", ...headers },
    signal: abort.signal,
  });
  expect(response.headers.get("Content-Type")).toMatch(/^text\/event-stream/);
  const found: Message[] = [];
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map(
        block.split("\n").map((line) => [line.split(": ")[0] ?? "", line.slice(line.indexOf(": ") + 2)]),
      );
      found.push({ event: fields.get("event") ?? "", id: fields.get("id"), data: fields.get("data") ?? "" });
    }
    if (found.length >= enough) break;
  }
  abort.abort();
  return found;
}

test("a stream tells what happened and how far the run is, and ends when it does", async () => {
  const runId = await started(slowSpec(1, 5_000));
  const all = await messages(runId, {}, 10_000);
  const [last] = all.slice(-1);
  expect([last?.event, JSON.parse(last?.data ?? "")]).toMatchObject(["done", { status: "completed", bar: 3_000 }]);
  const history = all.filter(({ event }) => event === "history").map(({ data }) => JSON.parse(data).kind);
  expect(history).toEqual(["started", "completed"]);
  const bars = all.filter(({ event }) => event === "progress").map(({ data }) => JSON.parse(data).bar);
  expect(bars).toEqual([...bars].sort((a, b) => a - b));
});

test("a reader that lost the connection goes on where it was", async () => {
  const runId = await started(slowSpec(2, 5_000));
  const first = await messages(runId, {}, 2);
  const position = first.findLast(({ id }) => id !== undefined)?.id ?? "";
  const rest = await messages(runId, { "Last-Event-ID": position }, 10_000);
  const history = [...first, ...rest]
    .filter(({ event }) => event === "history")
    .map(({ data }) => JSON.parse(data).kind);
  expect(history).toEqual(["started", "completed"]);
});

test("a poll with a wait answers when there is something new", async () => {
  const runId = await started(slowSpec(3));
  const first = answer.parse((await api.ask("GET", `/runs/${runId}/events`)).body);
  const second = answer.parse((await api.ask("GET", `/runs/${runId}/events?wait=20&after=${first.position}`)).body);
  expect(second.position).not.toBe(first.position);
  await api.ask("POST", `/runs/${runId}/cancel`, { force: true });
});

test("a poll of a run that nobody works on does not wait", async () => {
  const runId = await started(smaSpec(4));
  await api.finished(runId);
  const first = answer.parse((await api.ask("GET", `/runs/${runId}/events`)).body);
  expect(first).toMatchObject({ done: true, progress: { status: "completed" } });
  const second = answer.parse((await api.ask("GET", `/runs/${runId}/events?wait=20&after=${first.position}`)).body);
  expect(second.events).toEqual([]);
});

test("a watcher who goes away does not stop the run", async () => {
  const runId = await started(slowSpec(5, 2_000));
  await messages(runId, {}, 1);
  expect((await api.finished(runId)).status).toBe("completed");
});

test("a wait of more than twenty seconds is refused", async () => {
  const runId = await started(smaSpec(6));
  expect((await api.ask("GET", `/runs/${runId}/events?wait=21`)).status).toBe(400);
});
