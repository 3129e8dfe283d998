import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { MissingObjectError, type ObjectStore, type StoredObject } from "../../lib/market/object-store.ts";
import { type OpenStore, opened } from "./opened.ts";

/** What every object store promises; one test or more for each sentence of the type. */
export function describeObjectStoreContract(name: string, open: OpenStore<ObjectStore>): void {
  describe(`${name}: object store`, () => {
    test("put returns the SHA-256 of the bytes", async () => {
      const store = await opened(open);
      expect(await store.put("parts", bytesOf("abc"))).toBe(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      );
    });

    test("get returns the bytes that were put", async () => {
      const store = await opened(open);
      const hash = await store.put("chunks", new Uint8Array([0, 255, 10, 13, 0]));
      expect(await store.get("chunks", hash)).toEqual(new Uint8Array([0, 255, 10, 13, 0]));
    });

    test("an object of no bytes is an object", async () => {
      const store = await opened(open);
      const hash = await store.put("results", new Uint8Array());
      expect(await store.get("results", hash)).toEqual(new Uint8Array());
    });

    test("an object of 8 MB comes back whole", async () => {
      const store = await opened(open);
      const bytes = new Uint8Array(8_000_000).map((_, index) => (index * 31) % 251);
      const hash = await store.put("states", bytes);
      expect(sha256(await store.get("states", hash))).toBe(sha256(bytes));
    });

    test("a view into a larger buffer is stored as what it shows", async () => {
      const store = await opened(open);
      const hash = await store.put("parts", new Uint8Array([1, 2, 3, 4]).subarray(1, 3));
      expect(await store.get("parts", hash)).toEqual(new Uint8Array([2, 3]));
    });

    test("changing the array after put leaves the object as it was", async () => {
      const store = await opened(open);
      const bytes = bytesOf("abc");
      const hash = await store.put("parts", bytes);
      bytes[0] = 0;
      expect(await store.get("parts", hash)).toEqual(bytesOf("abc"));
    });

    test("changing the array that get returned leaves the object as it was", async () => {
      const store = await opened(open);
      const hash = await store.put("parts", bytesOf("abc"));
      (await store.get("parts", hash))[0] = 0;
      expect(await store.get("parts", hash)).toEqual(bytesOf("abc"));
    });

    test("a second put of the same bytes is a repeat", async () => {
      const store = await opened(open);
      const hash = await store.put("parts", bytesOf("abc"));
      expect(await store.put("parts", bytesOf("abc"))).toBe(hash);
      expect(await listed(store.list("parts"))).toHaveLength(1);
    });

    test("twenty puts of the same bytes at once leave one whole object", async () => {
      const store = await opened(open);
      await Promise.all(Array.from({ length: 20 }, () => store.put("parts", bytesOf("abc"))));
      expect(await listed(store.list("parts"))).toEqual([expect.objectContaining({ sizeBytes: 3 })]);
    });

    test("a repeated put counts as stored again", async () => {
      const store = await opened(open);
      await store.put("parts", bytesOf("abc"));
      const [before] = await listed(store.list("parts"));
      // Some stores know the time in seconds only.
      await sleep(1_100);
      await store.put("parts", bytesOf("abc"));
      const [after] = await listed(store.list("parts"));
      expect(after?.storedAtMs).toBeGreaterThan(before?.storedAtMs ?? Number.POSITIVE_INFINITY);
    });

    test("get of an absent object throws MissingObjectError naming kind and hash", async () => {
      const store = await opened(open);
      const hash = "0".repeat(64);
      const error = await store.get("states", hash).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(MissingObjectError);
      expect(error).toMatchObject({ kind: "states", hash });
    });

    test("the kinds are separate", async () => {
      const store = await opened(open);
      const hash = await store.put("parts", bytesOf("abc"));
      await expect(store.get("chunks", hash)).rejects.toThrow(MissingObjectError);
    });

    test("has tells what is stored from what is not", async () => {
      const store = await opened(open);
      const hash = await store.put("parts", bytesOf("abc"));
      expect(await store.has("parts", hash)).toBe(true);
      expect(await store.has("parts", "0".repeat(64))).toBe(false);
    });

    test("list gives every object of the kind with its size", async () => {
      const store = await opened(open);
      const one = await store.put("parts", bytesOf("a"));
      const two = await store.put("parts", bytesOf("bb"));
      await store.put("chunks", bytesOf("ccc"));
      const found = await listed(store.list("parts"));
      expect(new Map(found.map(({ hash, sizeBytes }) => [hash, sizeBytes]))).toEqual(
        new Map([
          [one, 1],
          [two, 2],
        ]),
      );
    });

    test("list gives the time an object was stored, in UTC ms", async () => {
      const store = await opened(open);
      const beforeMs = Date.now();
      await store.put("parts", bytesOf("abc"));
      const [found] = await listed(store.list("parts"));
      expect(found?.storedAtMs).toBeGreaterThan(beforeMs - 2_000);
      expect(found?.storedAtMs).toBeLessThan(Date.now() + 2_000);
    });

    test("list of a kind that holds nothing is empty", async () => {
      const store = await opened(open);
      expect(await listed(store.list("results"))).toEqual([]);
    });

    test("removing while listing neither fails nor hides the others", async () => {
      const store = await opened(open);
      for (let index = 0; index < 30; index++) await store.put("parts", new Uint8Array([index]));
      let seen = 0;
      for await (const { hash } of store.list("parts")) {
        await store.remove("parts", hash);
        seen++;
      }
      expect(seen).toBe(30);
      expect(await listed(store.list("parts"))).toEqual([]);
    });

    test("a removed object is gone", async () => {
      const store = await opened(open);
      const hash = await store.put("parts", bytesOf("abc"));
      await store.remove("parts", hash);
      expect(await store.has("parts", hash)).toBe(false);
    });

    test("removing what is not there changes nothing", async () => {
      const store = await opened(open);
      const hash = await store.put("parts", bytesOf("abc"));
      await store.remove("parts", "0".repeat(64));
      expect(await store.has("parts", hash)).toBe(true);
    });

    test("a removed object can be put again", async () => {
      const store = await opened(open);
      const hash = await store.put("parts", bytesOf("abc"));
      await store.remove("parts", hash);
      await store.put("parts", bytesOf("abc"));
      expect(await store.get("parts", hash)).toEqual(bytesOf("abc"));
    });

    test("refuses a hash that could name something outside the store", async () => {
      const store = await opened(open);
      await expect(store.get("parts", "../../etc/passwd")).rejects.toThrow("64 lower-case hex digits");
    });
  });
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function listed(objects: AsyncIterable<StoredObject>): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  for await (const object of objects) found.push(object);
  return found;
}
