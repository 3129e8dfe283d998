import { describe, expect, test } from "vitest";
import { MissingRunError, type RunStatus, type RunStore } from "../../lib/run/run-store.ts";
import { type OpenStore, opened } from "./opened.ts";
import { commitUpTo, newRun, owner, startRun } from "./run-records.builder.ts";

const hash = "e".repeat(64);

/** Creation, attempts, heartbeats, status and completion. */
export function describeRunAttempts(open: OpenStore<RunStore>): void {
  describe("createRun", () => {
    test("creates the run as queued, attempt 0, head 0, at its first bar", async () => {
      const store = await opened(open);
      expect(await store.createRun(newRun({ startBar: 50, createdAtMs: 1_000 }))).toBe(true);
      expect(await store.getRun("r1")).toEqual({
        ...newRun({ startBar: 50, createdAtMs: 1_000 }),
        format: 2,
        status: "queued",
        attempt: 0,
        headSequence: 0,
        headBar: 50,
        updatedAtMs: 1_000,
      });
    });

    test("changes nothing when the id exists", async () => {
      const store = await opened(open);
      await store.createRun(newRun({ name: "first" }));
      expect(await store.createRun(newRun({ name: "second" }))).toBe(false);
      expect((await store.getRun("r1"))?.name).toBe("first");
    });

    test("of twenty at once with one id, one creates", async () => {
      const store = await opened(open);
      const created = await Promise.all(Array.from({ length: 20 }, () => store.createRun(newRun())));
      expect(created.filter(Boolean)).toHaveLength(1);
    });

    test("getRun of an unknown id is undefined", async () => {
      const store = await opened(open);
      expect(await store.getRun("nobody")).toBeUndefined();
    });
  });

  describe("beginAttempt", () => {
    test("the first sets running, attempt 1 and the owner", async () => {
      const store = await opened(open);
      await store.createRun(newRun());
      const outcome = await store.beginAttempt("r1", 0, owner({ pid: 12, heartbeatAtMs: 1_700 }));
      expect(outcome).toMatchObject({
        kind: "started",
        run: { status: "running", attempt: 1, owner: { pid: 12 }, updatedAtMs: 1_700 },
      });
      expect(await store.getRun("r1")).toEqual(outcome.run);
    });

    test("a later one sets resuming", async () => {
      const store = await opened(open);
      await startRun(store);
      expect(await store.beginAttempt("r1", 1, owner())).toMatchObject({
        kind: "started",
        run: { status: "resuming", attempt: 2 },
      });
    });

    test.each<RunStatus>(["running", "cancelling", "cancelled", "failed", "resuming"])(
      "starts from %s",
      async (status) => {
        const store = await opened(open);
        await startRun(store);
        await store.setStatus({ runId: "r1", attempt: 1, from: ["running"], to: status, atMs: 3_000 });
        expect(await store.beginAttempt("r1", 1, owner())).toMatchObject({
          kind: "started",
          run: { status: "resuming" },
        });
      },
    );

    test("is refused for a completed run", async () => {
      const store = await opened(open);
      await startRun(store);
      await store.complete({ ...completion, headSequence: 0 });
      expect(await store.beginAttempt("r1", 1, owner())).toMatchObject({
        kind: "refused",
        run: { status: "completed", attempt: 1 },
      });
    });

    test("is refused when the stored attempt is another, and shows the run as it is", async () => {
      const store = await opened(open);
      await startRun(store);
      const outcome = await store.beginAttempt("r1", 0, owner({ pid: 99 }));
      expect(outcome).toEqual({ kind: "refused", run: await store.getRun("r1") });
      expect(outcome.run.owner?.pid).toBe(4711);
    });

    test("is refused when the status is not the one that was expected, and shows the run as it is", async () => {
      const store = await opened(open);
      await startRun(store);
      await store.setStatus({ runId: "r1", attempt: 1, from: ["running"], to: "cancelling", atMs: 3_000 });
      const outcome = await store.beginAttempt("r1", 1, owner(), "running");
      expect(outcome).toMatchObject({ kind: "refused", run: { status: "cancelling", attempt: 1 } });
      expect(await store.getRun("r1")).toEqual(outcome.run);
    });

    test("starts when the status is the one that was expected", async () => {
      const store = await opened(open);
      await startRun(store);
      expect(await store.beginAttempt("r1", 1, owner(), "running")).toMatchObject({ kind: "started" });
    });

    test("of twenty at once, exactly one starts", async () => {
      const store = await opened(open);
      await store.createRun(newRun());
      const pids = Array.from({ length: 20 }, (_, index) => 100 + index);
      const outcomes = await Promise.all(pids.map((pid) => store.beginAttempt("r1", 0, owner({ pid }))));
      const started = outcomes.filter(({ kind }) => kind === "started");
      expect(started).toHaveLength(1);
      expect(await store.getRun("r1")).toEqual(started[0]?.run);
    });

    test("clears the reason of an earlier failure", async () => {
      const store = await opened(open);
      await startRun(store);
      const reason = { name: "StorageFullError", message: "no room" };
      await store.setStatus({ runId: "r1", attempt: 1, from: ["running"], to: "failed", reason, atMs: 3_000 });
      await store.beginAttempt("r1", 1, owner());
      expect(await store.getRun("r1")).not.toHaveProperty("reason");
    });

    test("throws MissingRunError for an unknown run", async () => {
      const store = await opened(open);
      await expect(store.beginAttempt("nobody", 0, owner())).rejects.toThrow(MissingRunError);
    });
  });

  describe("heartbeat", () => {
    test("refreshes the owner's time and returns the status", async () => {
      const store = await opened(open);
      await startRun(store);
      expect(await store.heartbeat("r1", 1, 9_000)).toBe("running");
      expect((await store.getRun("r1"))?.owner).toEqual(owner({ heartbeatAtMs: 9_000 }));
    });

    test("leaves the time of the update", async () => {
      const store = await opened(open);
      await startRun(store);
      await store.heartbeat("r1", 1, 9_000);
      expect((await store.getRun("r1"))?.updatedAtMs).toBe(1_500);
    });

    test("tells the worker that somebody cancelled", async () => {
      const store = await opened(open);
      await startRun(store);
      await store.setStatus({
        runId: "r1",
        attempt: 1,
        from: ["queued", "running", "resuming"],
        to: "cancelling",
        atMs: 3_000,
      });
      expect(await store.heartbeat("r1", 1, 9_000)).toBe("cancelling");
    });

    test("is undefined and changes nothing when the attempt is no longer ours", async () => {
      const store = await opened(open);
      await startRun(store);
      await store.beginAttempt("r1", 1, owner({ heartbeatAtMs: 5_000 }));
      expect(await store.heartbeat("r1", 1, 9_000)).toBeUndefined();
      expect((await store.getRun("r1"))?.owner?.heartbeatAtMs).toBe(5_000);
    });

    test("gives no owner to a run that has none", async () => {
      const store = await opened(open);
      await startRun(store);
      await store.setStatus({ runId: "r1", attempt: 1, from: ["running"], to: "failed", atMs: 3_000 });
      expect(await store.heartbeat("r1", 1, 9_000)).toBe("failed");
      expect(await store.getRun("r1")).not.toHaveProperty("owner");
    });

    test("is undefined for an unknown run", async () => {
      const store = await opened(open);
      expect(await store.heartbeat("nobody", 1, 9_000)).toBeUndefined();
    });
  });

  describe("setStatus", () => {
    test("moves the status and the time of the update", async () => {
      const store = await opened(open);
      await startRun(store);
      expect(
        await store.setStatus({ runId: "r1", attempt: 1, from: ["queued", "running"], to: "cancelling", atMs: 3_000 }),
      ).toBe(true);
      expect(await store.getRun("r1")).toMatchObject({ status: "cancelling", updatedAtMs: 3_000, owner: owner() });
    });

    test("changes nothing from a status that is not listed", async () => {
      const store = await opened(open);
      await startRun(store);
      expect(
        await store.setStatus({ runId: "r1", attempt: 1, from: ["queued", "failed"], to: "cancelling", atMs: 3_000 }),
      ).toBe(false);
      expect(await store.getRun("r1")).toMatchObject({ status: "running", updatedAtMs: 1_500 });
    });

    test("changes nothing for another attempt", async () => {
      const store = await opened(open);
      await startRun(store);
      await store.beginAttempt("r1", 1, owner());
      expect(await store.setStatus({ runId: "r1", attempt: 1, from: ["resuming"], to: "failed", atMs: 3_000 })).toBe(
        false,
      );
      expect((await store.getRun("r1"))?.status).toBe("resuming");
    });

    test("changes nothing for an unknown run", async () => {
      const store = await opened(open);
      expect(await store.setStatus({ runId: "nobody", attempt: 0, from: ["queued"], to: "failed", atMs: 3_000 })).toBe(
        false,
      );
    });

    test("cancels a queued run, which has attempt 0", async () => {
      const store = await opened(open);
      await store.createRun(newRun());
      expect(await store.setStatus({ runId: "r1", attempt: 0, from: ["queued"], to: "cancelled", atMs: 3_000 })).toBe(
        true,
      );
    });

    test("keeps the reason", async () => {
      const store = await opened(open);
      await startRun(store);
      const reason = { name: "DeterminismError", message: 'Two ids at bar 700: "a" and "b".' };
      await store.setStatus({ runId: "r1", attempt: 1, from: ["running"], to: "failed", reason, atMs: 3_000 });
      expect((await store.getRun("r1"))?.reason).toEqual(reason);
    });

    test("drops the reason of an earlier change", async () => {
      const store = await opened(open);
      await startRun(store);
      const reason = { name: "Interrupted", message: "Ctrl-C" };
      await store.setStatus({ runId: "r1", attempt: 1, from: ["running"], to: "cancelled", reason, atMs: 3_000 });
      await store.setStatus({ runId: "r1", attempt: 1, from: ["cancelled"], to: "failed", atMs: 4_000 });
      expect(await store.getRun("r1")).not.toHaveProperty("reason");
    });

    test.each<RunStatus>(["cancelled", "failed", "completed"])("clears the owner at %s", async (to) => {
      const store = await opened(open);
      await startRun(store);
      await store.setStatus({ runId: "r1", attempt: 1, from: ["running"], to, atMs: 3_000 });
      expect(await store.getRun("r1")).not.toHaveProperty("owner");
    });
  });

  describe("complete", () => {
    test("marks a running run completed with its result and clears the owner", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 2);
      expect(await store.complete({ ...completion, headSequence: 2 })).toBe(true);
      const run = await store.getRun("r1");
      expect(run).toMatchObject({ status: "completed", resultHash: hash, resultDigest: "digest", updatedAtMs: 8_000 });
      expect(run).not.toHaveProperty("owner");
    });

    test("marks a resuming run completed", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 1);
      await store.beginAttempt("r1", 1, owner());
      expect(await store.complete({ ...completion, attempt: 2, headSequence: 1 })).toBe(true);
    });

    test.each<RunStatus>(["cancelling", "cancelled", "failed", "completed"])(
      "changes nothing when %s",
      async (status) => {
        const store = await opened(open);
        await startRun(store);
        await store.setStatus({ runId: "r1", attempt: 1, from: ["running"], to: status, atMs: 3_000 });
        expect(await store.complete({ ...completion, headSequence: 0 })).toBe(false);
        expect(await store.getRun("r1")).toMatchObject({ status, updatedAtMs: 3_000 });
      },
    );

    test("changes nothing when queued", async () => {
      const store = await opened(open);
      await store.createRun(newRun());
      expect(await store.complete({ ...completion, attempt: 0, headSequence: 0 })).toBe(false);
    });

    test("changes nothing when the head is another", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 2);
      expect(await store.complete({ ...completion, headSequence: 1 })).toBe(false);
    });

    test("changes nothing when the attempt is another", async () => {
      const store = await opened(open);
      await startRun(store);
      await store.beginAttempt("r1", 1, owner());
      expect(await store.complete({ ...completion, headSequence: 0 })).toBe(false);
    });

    test("changes nothing for an unknown run", async () => {
      const store = await opened(open);
      expect(await store.complete({ ...completion, runId: "nobody", headSequence: 0 })).toBe(false);
    });
  });
}

const completion = { runId: "r1", attempt: 1, resultHash: hash, resultDigest: "digest", atMs: 8_000 };
