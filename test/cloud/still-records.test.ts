import { expect, test } from "vitest";
import { correctStill } from "../../lib/cloud/still-records.ts";
import { runsUnderWay } from "../../lib/run/run-ages.ts";
import { isUnderWay } from "../../lib/run/run-status.ts";
import type { RunRecord } from "../../lib/run/run-store.ts";
import { openMemoryStores } from "../../lib/stores/memory/stores.ts";
import { newRun } from "../stores/run-records.builder.ts";

const minuteMs = 60_000;

test("runs that changed within half an hour are not asked about", async () => {
  const asked = await askedAbout([29, 31, 45], () => true);
  expect(asked.runIds).toEqual(["r45", "r31"]);
});

test("those whose execution is running stay, those that ended are told", async () => {
  const { ended } = await askedAbout([40, 50, 60], (run) => run.runId !== "r50");
  expect(ended.map(({ runId, status }) => [runId, status])).toEqual([["r50", "failed"]]);
});

test("a look asks about the hundred that have been still for longest", async () => {
  const minutes = Array.from({ length: 120 }, (_, i) => 1_000 + i);
  const { runIds } = await askedAbout(minutes, () => true);
  expect(runIds).toEqual(
    minutes
      .slice(20)
      .reverse()
      .map((n) => `r${n}`),
  );
});

test("one that cannot be asked about keeps nobody from the others", async () => {
  const { ended, unanswered } = await askedAbout([40, 50, 60], (run) => {
    if (run.runId === "r50") throw new Error("not authorized");
    return false;
  });
  expect(ended.map(({ runId }) => runId)).toEqual(["r60", "r40"]);
  expect(unanswered).toMatchObject([{ entry: { runId: "r50" }, error: { message: "not authorized" } }]);
});

test("a look that takes too long leaves the others to the next one", async () => {
  const { runIds } = await askedAbout(
    [40, 50, 60],
    () => true,
    (asked) => asked === 2,
  );
  expect(runIds).toEqual(["r60", "r50"]);
});

/** A look at runs that have been still for so many minutes each. */
async function askedAbout(
  minutes: readonly number[],
  isRunning: (run: RunRecord) => boolean,
  isLateAfter: (asked: number) => boolean = () => false,
) {
  const { runs } = await openMemoryStores();
  const nowMs = 10_000 * minuteMs;
  for (const n of minutes) {
    await runs.createRun(newRun({ runId: `r${n}`, createdAtMs: 1 }));
    await runs.beginAttempt(`r${n}`, 0, { host: "aws", pid: 0, heartbeatAtMs: nowMs - n * minuteMs });
  }
  const runIds: string[] = [];
  const reconcile = async (run: RunRecord): Promise<RunRecord> => {
    runIds.push(run.runId);
    return isRunning(run) ? run : { ...run, status: "failed" };
  };
  const isLate = () => isLateAfter(runIds.length);
  const { ended, unanswered } = await correctStill(await runsUnderWay(runs), { reconcile, isUnderWay, nowMs, isLate });
  return { ended, unanswered, runIds };
}
