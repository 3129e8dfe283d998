import { describe, expect, test } from "vitest";
import type { RunEvent, RunFilter, RunStore } from "../../lib/run/run-store.ts";
import { IdPrefixError } from "../../lib/stores/id-prefix.ts";
import { PageCursorError } from "../../lib/stores/page-cursor.ts";
import { type OpenStore, opened } from "./opened.ts";
import { checkpoint, checkpointId, commitUpTo, newRun, segment, startRun } from "./run-records.builder.ts";

/** Lists with their filters and pages, and finding by key or id. */
export function describeRunLists(open: OpenStore<RunStore>): void {
  describe("listRuns", () => {
    test("gives the newest first", async () => {
      const store = await opened(open);
      await store.createRun(newRun({ runId: "b", createdAtMs: 2_000 }));
      await store.createRun(newRun({ runId: "a", createdAtMs: 3_000 }));
      await store.createRun(newRun({ runId: "c", createdAtMs: 1_000 }));
      expect(await pagedIds(store, {}, 10)).toEqual([["a", "b", "c"]]);
    });

    test("orders runs of one millisecond by id, downwards", async () => {
      const store = await opened(open);
      for (const runId of ["b", "c", "a"]) await store.createRun(newRun({ runId }));
      expect(await pagedIds(store, {}, 2)).toEqual([["c", "b"], ["a"]]);
    });

    test("pages over 250 runs give each of them once, in order", async () => {
      const store = await opened(open);
      const ids = Array.from({ length: 250 }, (_, index) => `run-${String(index).padStart(3, "0")}`);
      // Three runs share each millisecond.
      for (const [index, runId] of ids.entries()) {
        await store.createRun(newRun({ runId, createdAtMs: 1_000 + Math.floor(index / 3) }));
      }
      const pages = await pagedIds(store, {}, 60);
      expect(pages.map((page) => page.length)).toEqual([60, 60, 60, 60, 10]);
      expect(pages.flat()).toEqual(ids.toReversed());
    });

    test("runs added between two pages neither shift nor repeat the others", async () => {
      const store = await opened(open);
      for (let index = 0; index < 6; index++)
        await store.createRun(newRun({ runId: `old-${index}`, createdAtMs: index }));
      const first = await store.listRuns({}, 3);
      await store.createRun(newRun({ runId: "new", createdAtMs: 9_000 }));
      const second = await store.listRuns({}, 3, first.next);
      expect(second.items.map((run) => run.runId)).toEqual(["old-2", "old-1", "old-0"]);
    });

    test("a page goes on although the run at its cursor was removed", async () => {
      const store = await opened(open);
      for (const runId of ["a", "b", "c"]) await store.createRun(newRun({ runId }));
      const first = await store.listRuns({}, 2);
      await store.removeRun("b");
      expect((await store.listRuns({}, 2, first.next)).items.map((run) => run.runId)).toEqual(["a"]);
    });

    test("a page that ends with the last run has no next", async () => {
      const store = await opened(open);
      for (const runId of ["a", "b"]) await store.createRun(newRun({ runId }));
      expect(await store.listRuns({}, 2)).not.toHaveProperty("next");
    });

    test("an empty store gives an empty page", async () => {
      const store = await opened(open);
      expect(await store.listRuns({}, 5)).toEqual({ items: [] });
    });

    test("filters by strategy", async () => {
      const store = await opened(open);
      await store.createRun(newRun({ runId: "a", strategy: "sma-cross" }));
      await store.createRun(newRun({ runId: "b", strategy: "buy-and-hold" }));
      expect(await pagedIds(store, { strategy: "buy-and-hold" }, 10)).toEqual([["b"]]);
    });

    test("filters by the status a run has now", async () => {
      const store = await opened(open);
      await store.createRun(newRun({ runId: "a" }));
      await startRun(store, { runId: "b" });
      expect(await pagedIds(store, { status: "queued" }, 10)).toEqual([["a"]]);
      expect(await pagedIds(store, { status: "running" }, 10)).toEqual([["b"]]);
    });

    test("filters by creation, from included, to excluded", async () => {
      const store = await opened(open);
      for (const createdAtMs of [100, 200, 300, 400]) {
        await store.createRun(newRun({ runId: `at-${createdAtMs}`, createdAtMs }));
      }
      expect(await pagedIds(store, { createdFromMs: 200, createdToMs: 400 }, 10)).toEqual([["at-300", "at-200"]]);
    });

    test("pages of a filtered list hold only what the filter lets through", async () => {
      const store = await opened(open);
      for (let index = 0; index < 20; index++) {
        const strategy = index % 2 === 0 ? "even" : "odd";
        await store.createRun(newRun({ runId: `run-${index}`, strategy, createdAtMs: index }));
      }
      const pages = await pagedIds(store, { strategy: "odd", createdFromMs: 5 }, 3);
      expect(pages.flat()).toEqual([19, 17, 15, 13, 11, 9, 7, 5].map((index) => `run-${index}`));
    });

    test("refuses a cursor that no page returned", async () => {
      const store = await opened(open);
      await expect(store.listRuns({}, 5, "yesterday")).rejects.toThrow(PageCursorError);
    });
  });

  describe("finding by key", () => {
    test("findCompleted is the completed run that was created first", async () => {
      const store = await opened(open);
      for (const [runId, createdAtMs] of [
        ["late", 300],
        ["early", 200],
        ["unfinished", 100],
      ] as const) {
        await startRun(store, { runId, createdAtMs });
        const done = { runId, attempt: 1, headSequence: 0, resultHash: "e", resultDigest: "e", atMs: 400 };
        if (runId !== "unfinished") await store.complete(done);
      }
      expect((await store.findCompleted(key))?.runId).toBe("early");
    });

    test("findNewest is the run that was created last, in any status", async () => {
      const store = await opened(open);
      await store.createRun(newRun({ runId: "new", createdAtMs: 300 }));
      await store.createRun(newRun({ runId: "old", createdAtMs: 200 }));
      expect((await store.findNewest(key))?.runId).toBe("new");
    });

    test.each([{ engineVersion: 2 }, { specDigest: "6".repeat(64) }, { snapshotId: "8".repeat(64) }])(
      "a run with another %o has another key",
      async (other) => {
        const store = await opened(open);
        await startRun(store);
        await store.complete({
          runId: "r1",
          attempt: 1,
          headSequence: 0,
          resultHash: "e",
          resultDigest: "e",
          atMs: 400,
        });
        expect(await store.findNewest({ ...key, ...other })).toBeUndefined();
        expect(await store.findCompleted({ ...key, ...other })).toBeUndefined();
      },
    );
  });

  describe("checkpoints and segments", () => {
    test("listCheckpoints gives them by sequence, without their state", async () => {
      const store = await opened(open);
      await startRun(store);
      await commitUpTo(store, 11);
      const listed = await store.listCheckpoints("r1");
      const { state: _, ...rest } = checkpoint({ sequence: 11 });
      expect(listed.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      expect(listed.at(-1)).toEqual({ ...rest, stateKind: "inline" });
    });

    test("listCheckpoints names the object that holds a large state", async () => {
      const store = await opened(open);
      await startRun(store);
      await store.commit(checkpoint({ state: { kind: "object", hash: "a".repeat(64) } }), segment());
      expect(await store.listCheckpoints("r1")).toMatchObject([{ stateKind: "object", stateHash: "a".repeat(64) }]);
    });

    test("lists of an unknown run are empty", async () => {
      const store = await opened(open);
      expect(await store.listCheckpoints("nobody")).toEqual([]);
      expect(await store.listSegments("nobody")).toEqual([]);
    });

    test("findCheckpoints finds a whole id in every run that has it", async () => {
      const store = await opened(open);
      for (const runId of ["r2", "r1"]) {
        await startRun(store, { runId });
        await commitUpTo(store, 2, runId);
      }
      expect(await store.findCheckpoints(checkpointId(2))).toEqual([
        checkpoint({ runId: "r1", sequence: 2 }),
        checkpoint({ runId: "r2", sequence: 2 }),
      ]);
    });

    test("findCheckpoints finds by the first six digits or more", async () => {
      const store = await opened(open);
      await startRun(store);
      await store.commit(checkpoint({ checkpointId: `abcdef0${"0".repeat(57)}` }), segment());
      await store.commit(
        checkpoint({ sequence: 2, checkpointId: `abcdefff${"0".repeat(56)}` }),
        segment({ sequence: 2 }),
      );
      expect((await store.findCheckpoints("abcdef")).map(({ sequence }) => sequence)).toEqual([1, 2]);
      expect((await store.findCheckpoints("ABCDEFF")).map(({ sequence }) => sequence)).toEqual([2]);
      expect(await store.findCheckpoints("abcdee")).toEqual([]);
    });

    test("findCheckpoints refuses fewer than six hex digits", async () => {
      const store = await opened(open);
      await expect(store.findCheckpoints("abcde")).rejects.toThrow(IdPrefixError);
      await expect(store.findCheckpoints("abcde%")).rejects.toThrow(IdPrefixError);
    });
  });

  describe("events", () => {
    test("come back in the order they were appended, whatever their time", async () => {
      const store = await opened(open);
      await store.createRun(newRun());
      const events: readonly RunEvent[] = [
        { runId: "r1", atMs: 3_000, attempt: 1, kind: "started", barIndex: 0 },
        { runId: "r1", atMs: 1_000, attempt: 1, kind: "failed", barIndex: 70, message: "no room" },
        { runId: "r1", atMs: 3_000, attempt: 2, kind: "resumed", barIndex: 70 },
      ];
      for (const event of events) await store.appendEvent(event);
      expect(await store.listEvents("r1")).toEqual(events);
    });

    test("the same event twice is two events", async () => {
      const store = await opened(open);
      const event: RunEvent = { runId: "r1", atMs: 1_000, attempt: 1, kind: "fenced", barIndex: 0 };
      await Promise.all([store.appendEvent(event), store.appendEvent(event)]);
      expect(await store.listEvents("r1")).toEqual([event, event]);
    });

    test("of another run are not listed", async () => {
      const store = await opened(open);
      await store.appendEvent({ runId: "r2", atMs: 1_000, attempt: 1, kind: "started", barIndex: 0 });
      expect(await store.listEvents("r1")).toEqual([]);
    });
  });
}

const key = { engineVersion: 1, specDigest: "5".repeat(64), snapshotId: "7".repeat(64) };

/** The run ids of every page; stops after 100 pages. */
async function pagedIds(store: RunStore, filter: RunFilter, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listRuns(filter, limit, cursor);
    pages.push(page.items.map((run) => run.runId));
    cursor = page.next;
  } while (cursor !== undefined && pages.length < 100);
  return pages;
}
