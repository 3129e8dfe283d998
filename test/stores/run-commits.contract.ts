import { describe, expect, test } from "vitest";
import type { RunStatus, RunStore } from "../../lib/run/run-store.ts";
import { type OpenStore, opened } from "./opened.ts";
import { checkpoint, checkpointId, commitUpTo, newRun, owner, segment, startRun } from "./run-records.builder.ts";

/** Commits, seeds, and what is read back of them. */
export function describeRunCommits(open: OpenStore<RunStore>): void {
  describe("commit", () => {
    test("puts checkpoint and segment and moves the head", async () => {
      const store = await opened(open);
      await startRun(store);
      const first = checkpoint({ sequence: 1, barIndex: 100, createdAtMs: 2_500 });
      expect(await store.commit(first, segment({ sequence: 1 }))).toEqual({ kind: "committed" });
      expect(await store.getRun("r1")).toMatchObject({
        headSequence: 1,
        headCheckpointId: first.checkpointId,
        headBar: 100,
        updatedAtMs: 2_500,
      });
      expect(await store.getCheckpoint("r1", 1)).toEqual(first);
      expect(await store.listSegments("r1")).toEqual([segment({ sequence: 1 })]);
    });

    test("a repeat is already saved, and shows what is stored", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 1);
      expect(await store.commit(checkpoint({ sequence: 1 }), segment({ sequence: 1 }))).toEqual({
        kind: "alreadySaved",
        headSequence: 1,
        headBar: 100,
        stored: checkpoint({ sequence: 1 }),
      });
    });

    test("a sequence behind the head is already saved and changes nothing", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 3);
      const other = checkpoint({ sequence: 2, checkpointId: "d".repeat(64) });
      expect(await store.commit(other, segment({ sequence: 2, durationMs: 99 }))).toMatchObject({
        kind: "alreadySaved",
        headSequence: 3,
        headBar: 300,
        stored: { checkpointId: checkpointId(2) },
      });
      expect(await store.listSegments("r1")).toEqual([1, 2, 3].map((sequence) => segment({ sequence })));
    });

    test("a repeat of a checkpoint that was removed is already saved, with nothing to show", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 2);
      await store.removeCheckpoint("r1", 1);
      expect(await store.commit(checkpoint({ sequence: 1 }), segment({ sequence: 1 }))).toEqual({
        kind: "alreadySaved",
        headSequence: 2,
        headBar: 200,
      });
    });

    test("a sequence ahead of the head is out of order and changes nothing", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 1);
      expect(await store.commit(checkpoint({ sequence: 3 }), segment({ sequence: 3 }))).toEqual({
        kind: "outOfOrder",
        headSequence: 1,
      });
      expect(await store.getCheckpoint("r1", 3)).toBeUndefined();
      expect((await store.getRun("r1"))?.headSequence).toBe(1);
    });

    test("a run that does not exist is out of order", async () => {
      const store = await opened(open);
      expect(await store.commit(checkpoint(), segment())).toEqual({ kind: "outOfOrder", headSequence: 0 });
      expect(await store.getCheckpoint("r1")).toBeUndefined();
    });

    test("an older attempt is fenced and changes nothing", async () => {
      const store = await opened(open);
      await startRun(store);
      await store.beginAttempt("r1", 1, owner());
      expect(await store.commit(checkpoint(), segment({ attempt: 1 }))).toEqual({ kind: "fenced", attempt: 2 });
      expect(await store.getCheckpoint("r1")).toBeUndefined();
      expect(await store.listSegments("r1")).toEqual([]);
      expect(await store.getRun("r1")).toMatchObject({ headSequence: 0, status: "resuming" });
    });

    test("an older attempt is fenced for a sequence that is saved, too", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 1);
      await store.beginAttempt("r1", 1, owner());
      expect(await store.commit(checkpoint(), segment({ attempt: 1 }))).toEqual({ kind: "fenced", attempt: 2 });
    });

    test("an attempt that was never begun is fenced", async () => {
      const store = await opened(open);
      await startRun(store);
      expect(await store.commit(checkpoint(), segment({ attempt: 2 }))).toEqual({ kind: "fenced", attempt: 1 });
    });

    test("a queued run has no attempt that may commit", async () => {
      const store = await opened(open);
      await store.createRun(newRun());
      expect(await store.commit(checkpoint(), segment({ attempt: 0 }))).toEqual({ kind: "fenced", attempt: 0 });
    });

    test("a completed run takes no further checkpoint", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 1);
      await store.complete({
        runId: "r1",
        attempt: 1,
        headSequence: 1,
        resultHash: "e",
        resultDigest: "e",
        atMs: 8_000,
      });
      expect(await store.commit(checkpoint({ sequence: 2 }), segment({ sequence: 2 }))).toEqual({
        kind: "fenced",
        attempt: 1,
      });
      expect((await store.getRun("r1"))?.headSequence).toBe(1);
    });

    test("a repeat after completion is already saved", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 1);
      await store.complete({
        runId: "r1",
        attempt: 1,
        headSequence: 1,
        resultHash: "e",
        resultDigest: "e",
        atMs: 8_000,
      });
      expect(await store.commit(checkpoint(), segment())).toMatchObject({ kind: "alreadySaved", headSequence: 1 });
    });

    test("of twenty at once for one sequence, one is committed and the others already saved", async () => {
      const store = await opened(open);
      await startRun(store);
      const ids = Array.from({ length: 20 }, (_, index) => checkpointId(0xa00 + index));
      const outcomes = await Promise.all(ids.map((id) => store.commit(checkpoint({ checkpointId: id }), segment())));
      const winner = outcomes.findIndex(({ kind }) => kind === "committed");
      expect(outcomes.filter(({ kind }) => kind === "alreadySaved")).toHaveLength(19);
      expect((await store.getCheckpoint("r1"))?.checkpointId).toBe(ids[winner]);
    });

    test("the first commit of a resuming run makes it running", async () => {
      const store = await opened(open);
      await startRun(store);
      await store.beginAttempt("r1", 1, owner());
      await store.commit(checkpoint(), segment({ attempt: 2 }));
      expect((await store.getRun("r1"))?.status).toBe("running");
    });

    test.each<RunStatus>(["cancelling", "cancelled", "failed"])("is kept while %s, which stays", async (status) => {
      const store = await opened(open);
      await startRun(store);
      await store.setStatus({ runId: "r1", attempt: 1, from: ["running"], to: status, atMs: 3_000 });
      expect(await store.commit(checkpoint(), segment())).toEqual({ kind: "committed" });
      expect(await store.getRun("r1")).toMatchObject({ status, headSequence: 1 });
    });

    test("refuses a segment that does not end at its checkpoint", async () => {
      const store = await opened(open);
      await startRun(store);
      await expect(store.commit(checkpoint({ barIndex: 100 }), segment({ endBar: 101 }))).rejects.toThrow(
        "A checkpoint stands at the end of its segment.",
      );
    });
  });

  describe("seedRun", () => {
    test("gives a queued run its head and its inherited segments", async () => {
      const store = await opened(open);
      await store.createRun(newRun());
      const seed = checkpoint({ sequence: 3, barIndex: 300 });
      const inherited = [1, 2, 3].map((sequence) => segment({ sequence, attempt: 7 }));
      expect(await store.seedRun(seed, inherited)).toBe(true);
      expect(await store.getRun("r1")).toMatchObject({
        status: "queued",
        attempt: 0,
        headSequence: 3,
        headCheckpointId: seed.checkpointId,
        headBar: 300,
      });
      expect(await store.getCheckpoint("r1")).toEqual(seed);
      expect(await store.listSegments("r1")).toEqual(inherited);
    });

    test("the run goes on from the seed", async () => {
      const store = await opened(open);
      await store.createRun(newRun());
      await store.seedRun(checkpoint({ sequence: 3 }), []);
      await store.beginAttempt("r1", 0, owner());
      expect(await store.commit(checkpoint({ sequence: 4 }), segment({ sequence: 4 }))).toEqual({ kind: "committed" });
    });

    test("a second seed changes nothing", async () => {
      const store = await opened(open);
      await store.createRun(newRun());
      await store.seedRun(checkpoint({ sequence: 3 }), []);
      expect(await store.seedRun(checkpoint({ sequence: 5 }), [segment({ sequence: 5 })])).toBe(false);
      expect((await store.getRun("r1"))?.headSequence).toBe(3);
      expect(await store.listSegments("r1")).toEqual([]);
    });

    test("changes nothing for a run that has begun", async () => {
      const store = await opened(open);
      await startRun(store);
      expect(await store.seedRun(checkpoint(), [])).toBe(false);
      expect(await store.getCheckpoint("r1")).toBeUndefined();
    });

    test("changes nothing for a run that was cancelled while queued", async () => {
      const store = await opened(open);
      await store.createRun(newRun());
      await store.setStatus({ runId: "r1", attempt: 0, from: ["queued"], to: "cancelled", atMs: 3_000 });
      expect(await store.seedRun(checkpoint(), [])).toBe(false);
    });

    test("changes nothing for an unknown run", async () => {
      const store = await opened(open);
      expect(await store.seedRun(checkpoint(), [segment()])).toBe(false);
      expect(await store.listSegments("r1")).toEqual([]);
    });
  });

  describe("getCheckpoint", () => {
    test("without a sequence is the newest", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 12);
      expect((await store.getCheckpoint("r1"))?.sequence).toBe(12);
    });

    test("with a sequence is that one", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 3);
      expect(await store.getCheckpoint("r1", 2)).toEqual(checkpoint({ sequence: 2 }));
    });

    test("is undefined for a sequence that is absent", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 1);
      expect(await store.getCheckpoint("r1", 2)).toBeUndefined();
    });
  });
}
