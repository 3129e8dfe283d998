import { describe, expect, test } from "vitest";
import type { KeyedRequest, RequestStore } from "../../lib/run/request-store.ts";
import { type OpenStore, opened } from "./opened.ts";

/** What every request store promises; one test or more for each sentence of the type. */
export function describeRequestStoreContract(name: string, open: OpenStore<RequestStore>): void {
  describe(`${name}: request store`, () => {
    test("the first request with a key is new", async () => {
      const store = await opened(open);
      expect(await store.begin(request())).toEqual({ kind: "new" });
    });

    test("a repeat before the answer is under way", async () => {
      const store = await opened(open);
      await store.begin(request({ atMs: 1_000 }));
      expect(await store.begin(request({ atMs: 61_000 }))).toEqual({ kind: "underWay" });
    });

    test("a repeat after the answer is given the answer", async () => {
      const store = await opened(open);
      await store.begin(request());
      await store.answer("k", { status: 201, body: '{"runId":"r1"}' });
      expect(await store.begin(request())).toEqual({
        kind: "answered",
        answer: { status: 201, body: '{"runId":"r1"}' },
      });
    });

    test("a repeat over a minute after a request that was never answered is new", async () => {
      const store = await opened(open);
      await store.begin(request({ atMs: 1_000 }));
      expect(await store.begin(request({ atMs: 61_001 }))).toEqual({ kind: "new" });
    });

    test("of two that take over a request that was never answered, one is new", async () => {
      const store = await opened(open);
      await store.begin(request({ atMs: 1_000 }));
      const outcomes = await Promise.all([1, 2].map(() => store.begin(request({ atMs: 90_000 }))));
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["new", "underWay"]);
    });

    test("an answer is kept for longer than a minute", async () => {
      const store = await opened(open);
      await store.begin(request({ atMs: 1_000 }));
      await store.answer("k", { status: 200, body: "" });
      expect(await store.begin(request({ atMs: 90_000 }))).toMatchObject({ kind: "answered" });
    });

    test("the same key with another content is different, answered or not", async () => {
      const store = await opened(open);
      await store.begin(request({ digest: "a".repeat(64), atMs: 1_000 }));
      expect(await store.begin(request({ digest: "b".repeat(64), atMs: 90_000 }))).toEqual({ kind: "different" });
      await store.answer("k", { status: 200, body: "" });
      expect(await store.begin(request({ digest: "b".repeat(64) }))).toEqual({ kind: "different" });
    });

    test("an expired key is new, whatever its content and answer", async () => {
      const store = await opened(open);
      await store.begin(request({ atMs: 1_000, expiresAtMs: 50_000 }));
      await store.answer("k", { status: 200, body: "" });
      expect(await store.begin(request({ atMs: 50_000, digest: "b".repeat(64) }))).toEqual({ kind: "new" });
      expect(await store.begin(request({ atMs: 50_001, digest: "b".repeat(64) }))).toEqual({ kind: "underWay" });
    });

    test("of twenty at once, one is new and the others under way", async () => {
      const store = await opened(open);
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.begin(request())));
      expect(outcomes.filter(({ kind }) => kind === "new")).toHaveLength(1);
      expect(outcomes.filter(({ kind }) => kind === "underWay")).toHaveLength(19);
    });

    test("keys are separate", async () => {
      const store = await opened(open);
      await store.begin(request({ key: "a" }));
      await store.answer("a", { status: 200, body: "a" });
      expect(await store.begin(request({ key: "b" }))).toEqual({ kind: "new" });
    });

    test("a forgotten key is new", async () => {
      const store = await opened(open);
      await store.begin(request());
      await store.forget("k");
      expect(await store.begin(request({ digest: "b".repeat(64) }))).toEqual({ kind: "new" });
    });

    test("an answer to a key that is not known does nothing", async () => {
      const store = await opened(open);
      await store.answer("k", { status: 200, body: "" });
      expect(await store.begin(request())).toEqual({ kind: "new" });
    });

    test("forgetting a key that is not known does nothing", async () => {
      const store = await opened(open);
      await store.begin(request());
      await store.forget("another");
      expect(await store.begin(request())).toEqual({ kind: "underWay" });
    });

    test.each(["", "../\u0000'\" 🧵", "x\ud83dy", "n".repeat(10_000)])("the key %.20j is a key", async (key) => {
      const store = await opened(open);
      expect(await store.begin(request({ key }))).toEqual({ kind: "new" });
      expect(await store.begin(request({ key }))).toEqual({ kind: "underWay" });
    });

    test("a body of 400,000 bytes comes back character by character", async () => {
      const store = await opened(open);
      const special = '"\\\n\u0000\u2028 👍';
      const room = 400_000 - Buffer.byteLength(JSON.stringify(special));
      await store.begin(request());
      await store.answer("k", { status: 200, body: special + "b".repeat(room) });
      expect(await store.begin(request())).toEqual({
        kind: "answered",
        answer: { status: 200, body: special + "b".repeat(room) },
      });
    });

    test("refuses to keep a larger body", async () => {
      const store = await opened(open);
      await store.begin(request());
      await expect(store.answer("k", { status: 200, body: "b".repeat(399_999) })).rejects.toThrow(
        "400000 bytes of JSON text, found 400001",
      );
    });
  });
}

function request(changes: Partial<KeyedRequest> = {}): KeyedRequest {
  return { key: "k", digest: "a".repeat(64), atMs: 1_000, expiresAtMs: 86_400_000, ...changes };
}
