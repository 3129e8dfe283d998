import { expect, test } from "vitest";
import { agesOf, runsUnderWay } from "../../lib/run/run-ages.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { newRun } from "../stores/run-records.builder.ts";

const owner = { host: "here", pid: 1 };

test("the oldest run under way and the one that has been still for longest are measured", async () => {
  const { runs } = await openMemoryStores();
  await runs.createRun(newRun({ runId: "old", createdAtMs: 1_000 }));
  await runs.createRun(newRun({ runId: "new", createdAtMs: 5_000 }));
  await runs.beginAttempt("old", 0, { ...owner, heartbeatAtMs: 9_000 });
  await runs.beginAttempt("new", 0, { ...owner, heartbeatAtMs: 6_000 });
  expect(agesOf(await runsUnderWay(runs), 10_000)).toEqual({ runsUnderWay: 2, oldestMs: 9_000, longestStillMs: 4_000 });
});

test("a queued run and an ended one have no age", async () => {
  const { runs } = await openMemoryStores();
  await runs.createRun(newRun({ runId: "queued", createdAtMs: 1_000 }));
  await runs.createRun(newRun({ runId: "failed", createdAtMs: 1_000 }));
  await runs.beginAttempt("failed", 0, { ...owner, heartbeatAtMs: 2_000 });
  await runs.setStatus({ runId: "failed", attempt: 1, from: ["running"], to: "failed", atMs: 3_000 });
  expect(agesOf(await runsUnderWay(runs), 10_000)).toEqual({ runsUnderWay: 0, oldestMs: 0, longestStillMs: 0 });
});

test("runs are counted past the first page", async () => {
  const { runs } = await openMemoryStores();
  for (let i = 0; i < 120; i++) {
    await runs.createRun(newRun({ runId: `r${i}`, createdAtMs: 1_000 + i }));
    await runs.beginAttempt(`r${i}`, 0, { ...owner, heartbeatAtMs: 2_000 });
  }
  expect(agesOf(await runsUnderWay(runs), 10_000)).toMatchObject({ runsUnderWay: 120, oldestMs: 9_000 });
});
