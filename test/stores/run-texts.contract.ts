import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RunStore } from "../../lib/run/run-store.ts";
import { type OpenStore, opened } from "./opened.ts";
import { checkpoint, newRun, segment, startRun } from "./run-records.builder.ts";

/** Records come back as they would from any store: as their JSON, whatever their texts. */
export function describeRunTexts(open: OpenStore<RunStore>): void {
  describe("texts and sizes", () => {
    test.each([
      ["quotes and backslashes", `"it's" \\ \`ok\` '; DROP TABLE runs; --`],
      ["emoji and combining letters", "naïve 👩‍👩‍👧 日本語 e\u0301"],
      ["control characters", "a\u0000b\n\r\t\u001f\u2028"],
      ["half of a surrogate pair", "x\ud83dy"],
      ["100,000 characters", "n".repeat(100_000)],
      ["nothing", ""],
    ])("a name with %s comes back as it is", async (_, name) => {
      const store = await opened(open);
      await store.createRun(newRun({ name, spec: { [name]: name } }));
      expect(await store.getRun("r1")).toMatchObject({ name, spec: { [name]: name } });
    });

    test("any JSON spec comes back as its JSON", async () => {
      const store = await opened(open);
      let count = 0;
      await fc.assert(
        fc.asyncProperty(fc.jsonValue(), async (value) => {
          const runId = `run-${count++}`;
          const spec = JSON.parse(JSON.stringify(value));
          await store.createRun(newRun({ runId, spec }));
          expect((await store.getRun(runId))?.spec).toEqual(spec);
        }),
        { numRuns: 50 },
      );
    });

    test("changing a spec after createRun leaves the stored one as it was", async () => {
      const store = await opened(open);
      const params = { fast: 10 };
      await store.createRun(newRun({ spec: { params } }));
      params.fast = 99;
      expect((await store.getRun("r1"))?.spec).toEqual({ params: { fast: 10 } });
    });

    test("every optional field of a run comes back", async () => {
      const store = await opened(open);
      const origin = { kind: "extend", runId: "r0", checkpointId: "a".repeat(64) } as const;
      await store.createRun(newRun({ origin }));
      expect((await store.getRun("r1"))?.origin).toEqual(origin);
    });

    test("a state text comes back character by character", async () => {
      const store = await opened(open);
      await startRun(store);
      const text = '{"a":"\\u0000 \\" 👍","z":[1e-8,0.1]}\u0000"';
      await store.commit(checkpoint({ state: { kind: "inline", text } }), segment());
      expect((await store.getCheckpoint("r1"))?.state).toEqual({ kind: "inline", text });
    });

    test("an inline state of 300 KB comes back whole", async () => {
      const store = await opened(open);
      await startRun(store);
      const text = JSON.stringify(Array.from({ length: 30_000 }, (_, index) => index * 1.5));
      const large = checkpoint({ stateBytes: text.length, state: { kind: "inline", text: text.slice(0, 300_000) } });
      await store.commit(large, segment());
      expect(await store.getCheckpoint("r1")).toEqual(large);
    });

    test("a failure's message of a megabyte is kept in its first 4,000 characters", async () => {
      const store = await opened(open);
      await startRun(store);
      const reason = { name: "Error", message: "m".repeat(1_000_000) };
      await store.setStatus({ runId: "r1", attempt: 1, from: ["running"], to: "failed", reason, atMs: 3_000 });
      expect((await store.getRun("r1"))?.reason).toEqual({ name: "Error", message: `${"m".repeat(4_000)} …` });
    });

    test("an event's message of a megabyte is kept in its first 4,000 characters", async () => {
      const store = await opened(open);
      const message = "m".repeat(1_000_000);
      await store.appendEvent({ runId: "r1", atMs: 1_000, attempt: 1, kind: "failed", barIndex: 0, message });
      expect((await store.listEvents("r1"))[0]?.message).toBe(`${"m".repeat(4_000)} …`);
    });

    test("a parent and parts come back", async () => {
      const store = await opened(open);
      await startRun(store);
      const parts = [
        { kind: "fills", hash: "1".repeat(64), rows: 3, sizeBytes: 120 },
        { kind: "equity", hash: "2".repeat(64), rows: 100, sizeBytes: 1_600 },
      ] as const;
      await store.commit(checkpoint({ parentId: "b".repeat(64) }), segment({ parts }));
      expect((await store.getCheckpoint("r1"))?.parentId).toBe("b".repeat(64));
      expect((await store.listSegments("r1"))[0]?.parts).toEqual(parts);
    });

    test("a checkpoint of a newer format comes back for its reader to judge", async () => {
      const store = await opened(open);
      await startRun(store);
      await store.commit(checkpoint({ format: 99 }), segment());
      expect((await store.getCheckpoint("r1"))?.format).toBe(99);
    });

    test("times and bar numbers up to 2^53 - 1 come back exactly", async () => {
      const store = await opened(open);
      await store.createRun(newRun({ createdAtMs: Number.MAX_SAFE_INTEGER, endBar: Number.MAX_SAFE_INTEGER }));
      const [run] = (await store.listRuns({ createdFromMs: Number.MAX_SAFE_INTEGER }, 1)).items;
      expect(run).toMatchObject({ createdAtMs: Number.MAX_SAFE_INTEGER, endBar: Number.MAX_SAFE_INTEGER });
    });
  });
}
