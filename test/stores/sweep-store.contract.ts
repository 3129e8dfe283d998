import { describe, expect, test } from "vitest";
import type { SweepRecord, SweepStore } from "../../lib/sweep/sweep-store.ts";
import { type OpenStore, opened } from "./opened.ts";

/** What every sweep store promises; one test or more for each sentence of the type. */
export function describeSweepStoreContract(name: string, open: OpenStore<SweepStore>): void {
  describe(`${name}: sweep store`, () => {
    test("gives back what was created", async () => {
      const store = await opened(open);
      await store.createSweep(sweep("s1"));
      expect(await store.getSweep("s1")).toEqual(sweep("s1"));
    });

    test("has no sweep that was not created", async () => {
      expect(await (await opened(open)).getSweep("none")).toBeUndefined();
    });

    test("refuses a second sweep with the same id", async () => {
      const store = await opened(open);
      await store.createSweep(sweep("s1"));
      expect(await store.createSweep(sweep("s1", { name: "another" }))).toBe(false);
      expect((await store.getSweep("s1"))?.name).toBe("sweep");
    });

    test("of two writes that follow the same revision, one is kept", async () => {
      const store = await opened(open);
      await store.createSweep(sweep("s1"));
      const writes = ["a", "b"].map((own) => store.replaceSweep(sweep("s1", { revision: 2, name: own })));
      expect((await Promise.all(writes)).sort()).toEqual([false, true]);
    });

    test("replaces no sweep that is absent", async () => {
      expect(await (await opened(open)).replaceSweep(sweep("s1", { revision: 2 }))).toBe(false);
    });

    test("lists the newest first, page by page", async () => {
      const store = await opened(open);
      for (const [id, createdAtMs] of [
        ["a", 1],
        ["b", 2],
        ["c", 2],
      ] as const)
        await store.createSweep(sweep(id, { createdAtMs }));
      const first = await store.listSweeps({}, 2);
      const second = await store.listSweeps({}, 2, first.next);
      expect([first, second].map(({ items }) => items.map(({ sweepId }) => sweepId))).toEqual([["c", "b"], ["a"]]);
      expect(second.next).toBeUndefined();
    });

    test("lists by strategy, status and tag", async () => {
      const store = await opened(open);
      await store.createSweep(sweep("a", { strategy: "x", status: "running", tags: ["t"] }));
      await store.createSweep(sweep("b"));
      for (const filter of [{ strategy: "x" }, { status: "running" as const }, { tag: "t" }])
        expect((await store.listSweeps(filter, 10)).items.map(({ sweepId }) => sweepId)).toEqual(["a"]);
    });

    test("removes a sweep once", async () => {
      const store = await opened(open);
      await store.createSweep(sweep("a"));
      expect([await store.removeSweep("a"), await store.removeSweep("a")]).toEqual([true, false]);
    });

    test("remembers each result of a family once", async () => {
      const store = await opened(open);
      for (const hash of ["1f", "2f", "1f"]) await store.addLanes("family", hash);
      expect([...(await store.lanesOf("family"))].sort()).toEqual(["1f", "2f"]);
    });

    test("has no results of a family that was never added to", async () => {
      expect(await (await opened(open)).lanesOf("none")).toEqual([]);
    });
  });
}

function sweep(sweepId: string, changes: Partial<SweepRecord> = {}): SweepRecord {
  return {
    format: 1,
    sweepId,
    name: "sweep",
    strategy: "sma-cross",
    tags: [],
    spec: { space: { fast: [1, 2] } },
    specDigest: "d",
    engineVersion: 1,
    snapshotId: "s",
    seed: 42,
    status: "pending",
    counts: { total: 0, cached: 0, completed: 0, failed: 0 },
    attempt: 0,
    revision: 1,
    createdAtMs: 1,
    updatedAtMs: 1,
    durationMs: 0,
    ...changes,
  };
}
