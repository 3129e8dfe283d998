import { expect, test } from "vitest";
import { answerStep, measureStep } from "../../lib/run/asking-steps.ts";
import type { Asked } from "../../lib/run/execution-call.ts";
import { finishStep, planStep, segmentStep } from "../../lib/run/execution-steps.ts";
import { addModel } from "../../lib/run/model-catalog.ts";
import type { RunStores } from "../../lib/run/opened-run.ts";
import type { RunRecord } from "../../lib/run/run-store.ts";
import type { SpecInput } from "../../lib/run/spec.ts";
import { randomBundle } from "../models/random-bundle.ts";
import { marketStores, plannedRun } from "../simulation/planned-run.ts";
import { live, storedRun } from "../simulation/run-lives.ts";
import { readOutcome } from "../simulation/run-outcome.ts";
import { callOf, standing, takeFor } from "./stepping.ts";

const minutes = { count: 20_000, seed: 3, timeframe: "1m", chunkBars: 6_000 };
const nothing: Asked = { toBar: 0, answers: [] };

function asking(inference: "inline" | "parallel" | "auto", params: object = { model: "net" }): SpecInput {
  return { data: { snapshot: "bars" }, strategy: { name: "model", params: { ...params } }, models: { inference } };
}

async function market(): Promise<RunStores> {
  const stores = await marketStores(minutes);
  await addModel(randomBundle("lstm", 4), undefined, 1, stores.objects);
  return stores;
}

/** A run whose attempt the execution "e1" has. */
async function taken(spec: SpecInput, stores: RunStores): Promise<RunRecord> {
  const { runId } = await plannedRun(spec, { everyBars: 3_000, keep: 100 }, stores);
  return takeFor("e1", runId, stores);
}

/** Measures and asks as the state machine does. */
async function askAhead(runId: string, stores: RunStores): Promise<Asked> {
  const { plan } = await measureStep({ ...callOf(runId, "e1"), atOnce: 3 }, standing, stores);
  const answers = [];
  for (const { startBar, endBar } of plan.stretches)
    answers.push((await answerStep({ ...callOf(runId, "e1"), startBar, endBar }, standing, stores)).answers);
  return { toBar: plan.toBar, answers };
}

/** Takes the segments and the finish over what was asked. */
async function fold(runId: string, asked: Asked, stores: RunStores): Promise<void> {
  for (let next: string = "segment"; next === "segment"; )
    next = (await segmentStep({ ...callOf(runId, "e1"), asked }, standing, stores)).answer.next;
  await finishStep(callOf(runId, "e1"), standing, stores);
}

async function inline(stores: RunStores) {
  const { runId } = await plannedRun(asking("inline"), { everyBars: 1_000_000 }, stores);
  await live(runId, stores);
  return readOutcome(runId, stores);
}

test("a workflow that can ask ahead is told to, and one that cannot is not", async () => {
  const stores = await market();
  const { runId } = await taken(asking("parallel"), stores);
  const call = callOf(runId, "e1");
  expect((await planStep({ ...call, asked: nothing }, standing, stores)).answer).toEqual({
    next: "ask",
    bar: 0,
    asked: nothing,
  });
  expect((await planStep(call, standing, stores)).answer).toEqual({ next: "segment", bar: 0 });
});

test.each([
  ["asks no model", { ...asking("auto"), strategy: { name: "sma-cross", params: { fast: 3, slow: 9 } } }],
  ["is to ask as it goes", asking("inline")],
])("of a run that %s nothing is asked ahead", async (_, spec) => {
  const stores = await market();
  const { runId } = await taken(spec, stores);
  const { answer } = await planStep({ ...callOf(runId, "e1"), asked: nothing }, standing, stores);
  expect(answer).toEqual({ next: "segment", bar: 0, asked: { toBar: minutes.count, answers: [] } });
});

test("segments over what was answered ahead come to the facts and the digest of a run that asks as it goes", async () => {
  const stores = await market();
  const { runId } = await taken(asking("parallel"), stores);
  const asked = await askAhead(runId, stores);
  expect(asked.answers.length).toBeGreaterThan(1);
  expect(asked.toBar).toBe(minutes.count);
  await fold(runId, asked, stores);
  expect(await readOutcome(runId, stores)).toEqual(await inline(stores));
});

test("when what was decided ends, it is decided again", async () => {
  const stores = await market();
  const { runId } = await taken(asking("parallel"), stores);
  const asked = { ...(await askAhead(runId, stores)), toBar: 5_000 };
  const step = async () => (await segmentStep({ ...callOf(runId, "e1"), asked }, standing, stores)).answer;
  expect(await step()).toEqual({ next: "segment", bar: 3_000 });
  expect(await step()).toEqual({ next: "ask", bar: 6_000 });
  const { plan } = await measureStep({ ...callOf(runId, "e1"), atOnce: 3 }, standing, stores);
  expect(plan.stretches[0].startBar).toBe(6_000);
});

test("an answer that had no time for all its bars gives those that it has, and the run asks about the others", async () => {
  const stores = await market();
  const { runId } = await taken(asking("parallel"), stores);
  let looks = 0;
  const short = { nowMs: () => 1_000, remainingMs: () => (looks++ < 4 ? 900_000 : 1_000) };
  const call = { ...callOf(runId, "e1"), startBar: 0, endBar: minutes.count };
  const { answers } = await answerStep(call, short, stores);
  expect(answers.endBar).toBe(6_144);
  await fold(runId, { toBar: minutes.count, answers: [answers] }, stores);
  expect(await readOutcome(runId, stores)).toEqual(await inline(stores));
});

test("answers that were swept are asked again", async () => {
  const stores = await market();
  const { runId } = await taken(asking("parallel"), stores);
  const asked = await askAhead(runId, stores);
  for await (const { hash } of stores.objects.list("answers")) {
    await stores.objects.remove("answers", hash);
    if (hash === asked.answers[0].index) break;
  }
  await fold(runId, asked, stores);
  expect(await readOutcome(runId, stores)).toEqual(await inline(stores));
});

test("a repeat stores the same objects", async () => {
  const stores = await market();
  const { runId } = await taken(asking("parallel"), stores);
  const call = { ...callOf(runId, "e1"), startBar: 4_096, endBar: 10_240 };
  const both = await Promise.all([answerStep(call, standing, stores), answerStep(call, standing, stores)]);
  expect(both[0].answers).toEqual(both[1].answers);
  const stored = [];
  for await (const { hash } of stores.objects.list("answers")) stored.push(hash);
  expect(stored).toHaveLength(2);
});

test("a late answer of a run that moved on is the same, and changes nothing", async () => {
  const stores = await market();
  const { runId } = await taken(asking("parallel"), stores);
  const call = { ...callOf(runId, "e1"), startBar: 4_096, endBar: 10_240 };
  const early = await answerStep(call, standing, stores);
  await segmentStep(callOf(runId, "e1"), standing, stores);
  const before = await storedRun(runId, stores);
  expect((await answerStep(call, standing, stores)).answers).toEqual(early.answers);
  expect(await storedRun(runId, stores)).toEqual(before);
});

test.each([
  ["cancelled", "e1"],
  ["in other hands", "e2"],
])("of a run that is %s nothing is asked", async (how, executionArn) => {
  const stores = await market();
  const { runId, attempt } = await taken(asking("parallel"), stores);
  if (how === "cancelled")
    await stores.runs.setStatus({ runId, attempt, from: ["running", "resuming"], to: "cancelling", atMs: 1_500 });
  const call = callOf(runId, executionArn);
  const { plan } = await measureStep({ ...call, atOnce: 3 }, standing, stores);
  expect(plan).toEqual({ stretches: [], toBar: minutes.count });
  const { answers } = await answerStep({ ...call, startBar: 0, endBar: 8_192 }, standing, stores);
  expect(answers).toMatchObject({ startBar: 0, endBar: 0 });
});

test("an answer gives up when its run is cancelled meanwhile", async () => {
  const stores = await market();
  const { runId, attempt } = await taken(asking("parallel"), stores);
  let nowMs = 1_000;
  const clock = {
    nowMs: () => {
      nowMs += 2_000;
      return nowMs;
    },
    remainingMs: () => 900_000,
  };
  const answering = answerStep({ ...callOf(runId, "e1"), startBar: 0, endBar: minutes.count }, clock, stores);
  await stores.runs.setStatus({ runId, attempt, from: ["running", "resuming"], to: "cancelling", atMs: 1_500 });
  expect((await answering).answers.endBar).toBeLessThan(minutes.count);
});

test("the answer that a redrive begins with takes the next attempt of its failed run", async () => {
  const stores = await market();
  const { runId, attempt } = await taken(asking("parallel"), stores);
  await stores.runs.setStatus({ runId, attempt, from: ["running", "resuming"], to: "failed", atMs: 2_000 });
  const call = { ...callOf(runId, "e1", 3_000), startBar: 0, endBar: 8_192 };
  const { answers, run } = await answerStep(call, standing, stores);
  expect(answers.endBar).toBe(8_192);
  expect(run).toMatchObject({ attempt: 2, status: "resuming" });
});

test("a short run is not measured: nothing of its bars is read", async () => {
  const stores = await market();
  const { runId } = await taken(asking("auto"), stores);
  const get: RunStores["objects"]["get"] = async (kind, hash) => {
    expect(kind).not.toBe("chunks");
    return stores.objects.get(kind, hash);
  };
  const call = { ...callOf(runId, "e1"), atOnce: 40 };
  const { plan } = await measureStep(call, standing, { ...stores, objects: { ...stores.objects, get } });
  expect(plan).toEqual({ stretches: [], toBar: minutes.count });
});
