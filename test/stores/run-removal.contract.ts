import { describe, expect, test } from "vitest";
import type { RunStatus, RunStore } from "../../lib/run/run-store.ts";
import { type OpenStore, opened } from "./opened.ts";
import { checkpoint, checkpointId, commitUpTo, newRun, owner, startRun } from "./run-records.builder.ts";

/** What may be removed and what may not. */
export function describeRunRemoval(open: OpenStore<RunStore>): void {
  describe("removeCheckpoint", () => {
    test("removes one older than the head, of a running run too", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 3);
      expect(await store.removeCheckpoint("r1", 1)).toBe(true);
      expect((await store.listCheckpoints("r1")).map(({ sequence }) => sequence)).toEqual([2, 3]);
    });

    test("leaves the segment records, which say where the facts are", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 2);
      await store.removeCheckpoint("r1", 1);
      expect((await store.listSegments("r1")).map(({ sequence }) => sequence)).toEqual([1, 2]);
    });

    test("never removes the head of a running run", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 2);
      expect(await store.removeCheckpoint("r1", 2)).toBe(false);
      expect(await store.getCheckpoint("r1", 2)).toEqual(checkpoint({ sequence: 2 }));
    });

    test("never removes the head of a completed run, which an extension needs", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 2);
      await store.complete({
        runId: "r1",
        attempt: 1,
        headSequence: 2,
        resultHash: "e",
        resultDigest: "e",
        atMs: 8_000,
      });
      expect(await store.removeCheckpoint("r1", 2)).toBe(false);
    });

    test("never removes one that a fork without a checkpoint of its own starts from", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 3);
      await store.createRun(
        newRun({ runId: "fork", origin: { kind: "fork", runId: "r1", checkpointId: checkpointId(2) } }),
      );
      expect(await store.removeCheckpoint("r1", 2)).toBe(false);
      expect(await store.removeCheckpoint("r1", 1)).toBe(true);
    });

    test("removes it once the fork has its own", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 3);
      await store.createRun(
        newRun({ runId: "fork", origin: { kind: "fork", runId: "r1", checkpointId: checkpointId(2) } }),
      );
      await store.seedRun(checkpoint({ runId: "fork", sequence: 2 }), []);
      expect(await store.removeCheckpoint("r1", 2)).toBe(true);
    });

    test("is false for one that is absent", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 2);
      expect(await store.removeCheckpoint("r1", 7)).toBe(false);
      expect(await store.removeCheckpoint("nobody", 1)).toBe(false);
    });

    test("is false the second time", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 2);
      await store.removeCheckpoint("r1", 1);
      expect(await store.removeCheckpoint("r1", 1)).toBe(false);
    });
  });

  describe("removeRun", () => {
    test("removes the run with its checkpoints, segments and events", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 2);
      await store.appendEvent({ runId: "r1", atMs: 1_000, attempt: 1, kind: "started", barIndex: 0 });
      await store.setStatus({ runId: "r1", attempt: 1, from: ["running"], to: "cancelled", atMs: 3_000 });
      expect(await store.removeRun("r1")).toBe(true);
      expect(await store.getRun("r1")).toBeUndefined();
      expect(await store.getCheckpoint("r1")).toBeUndefined();
      expect(await store.listSegments("r1")).toEqual([]);
      expect(await store.listEvents("r1")).toEqual([]);
    });

    test("leaves other runs alone", async () => {
      const store = await opened(open);
      await startRun(store, { runId: "r2" });
      await commitUpTo(store, 1, "r2");
      await store.appendEvent({ runId: "r2", atMs: 1_000, attempt: 1, kind: "started", barIndex: 0 });
      await store.createRun(newRun());
      await store.removeRun("r1");
      expect((await store.getRun("r2"))?.headSequence).toBe(1);
      expect(await store.listCheckpoints("r2")).toHaveLength(1);
      expect(await store.listEvents("r2")).toHaveLength(1);
    });

    test.each<RunStatus>(["running", "cancelling", "resuming"])("is false while %s", async (status) => {
      const store = await opened(open);
      await startRun(store);
      await store.setStatus({ runId: "r1", attempt: 1, from: ["running"], to: status, atMs: 3_000 });
      expect(await store.removeRun("r1")).toBe(false);
      expect((await store.getRun("r1"))?.status).toBe(status);
    });

    test("is false while a fork without a checkpoint of its own starts from it", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 1);
      await store.setStatus({ runId: "r1", attempt: 1, from: ["running"], to: "cancelled", atMs: 3_000 });
      await store.createRun(
        newRun({ runId: "fork", origin: { kind: "fork", runId: "r1", checkpointId: checkpointId(1) } }),
      );
      expect(await store.removeRun("r1")).toBe(false);
      await store.removeRun("fork");
      expect(await store.removeRun("r1")).toBe(true);
    });

    test("is false for an unknown run", async () => {
      const store = await opened(open);
      expect(await store.removeRun("nobody")).toBe(false);
    });

    test("a removed id can be created again and starts anew", async () => {
      const store = await opened(open);
      await store.createRun(newRun());
      await store.removeRun("r1");
      await store.createRun(newRun());
      expect(await store.beginAttempt("r1", 0, owner())).toMatchObject({ kind: "started", run: { attempt: 1 } });
    });
  });
}
