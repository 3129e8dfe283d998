import { describe, expect, test } from "vitest";
import type { SnapshotCatalog } from "../../lib/market/snapshot-catalog.ts";
import type { SnapshotManifest } from "../../lib/market/snapshot-manifest.ts";
import { IdPrefixError } from "../../lib/stores/id-prefix.ts";
import { type OpenStore, opened } from "./opened.ts";

const idA = "a".repeat(64);
const idB = "b".repeat(64);
const idC = "c".repeat(64);

/** What every snapshot catalog promises; one test or more for each sentence of the type. */
export function describeSnapshotCatalogContract(name: string, open: OpenStore<SnapshotCatalog>): void {
  describe(`${name}: snapshot catalog`, () => {
    test("put keeps the manifest under its id", async () => {
      const store = await opened(open);
      expect(await store.put(entry({ manifest: manifest(idA) }))).toEqual({ kind: "stored" });
      expect(await store.get(idA)).toEqual(manifest(idA));
    });

    test("put appends to the history of the name, newest first", async () => {
      const store = await opened(open);
      await store.put(entry({ recordedAtMs: 2_000, manifest: manifest(idA) }));
      await store.put(entry({ recordedAtMs: 1_000, manifest: manifest(idB) }));
      expect(await store.history("sp500")).toEqual([
        { name: "sp500", snapshotId: idB, recordedAtMs: 1_000 },
        { name: "sp500", snapshotId: idA, recordedAtMs: 2_000 },
      ]);
    });

    test("a repeat is already stored and changes nothing", async () => {
      const store = await opened(open);
      await store.put(entry({ recordedAtMs: 1_000, manifest: manifest(idA) }));
      expect(await store.put(entry({ recordedAtMs: 2_000, manifest: manifest(idA) }))).toEqual({
        kind: "alreadyStored",
      });
      expect(await store.history("sp500")).toEqual([{ name: "sp500", snapshotId: idA, recordedAtMs: 1_000 }]);
    });

    test("a name may return to a snapshot it meant before", async () => {
      const store = await opened(open);
      for (const id of [idA, idB, idA]) await store.put(entry({ manifest: manifest(id) }));
      expect((await store.history("sp500")).map(({ snapshotId }) => snapshotId)).toEqual([idA, idB, idA]);
    });

    test("a stored manifest keeps its first provenance", async () => {
      const store = await opened(open);
      await store.put(entry({ name: "one", manifest: { ...manifest(idA), importedAtMs: 1_000 } }));
      expect(await store.put(entry({ name: "two", manifest: { ...manifest(idA), importedAtMs: 2_000 } }))).toEqual({
        kind: "stored",
      });
      expect((await store.get(idA))?.importedAtMs).toBe(1_000);
    });

    test("an append replaces the newest of the name", async () => {
      const store = await opened(open);
      await store.put(entry({ manifest: manifest(idA) }));
      expect(await store.put(entry({ manifest: manifest(idB), replaces: idA }))).toEqual({ kind: "stored" });
    });

    test("a repeated append is already stored", async () => {
      const store = await opened(open);
      await store.put(entry({ manifest: manifest(idA) }));
      await store.put(entry({ manifest: manifest(idB), replaces: idA }));
      expect(await store.put(entry({ manifest: manifest(idB), replaces: idA }))).toEqual({ kind: "alreadyStored" });
    });

    test("an append to what is not the newest any more is superseded and changes nothing", async () => {
      const store = await opened(open);
      await store.put(entry({ manifest: manifest(idA) }));
      await store.put(entry({ manifest: manifest(idB), replaces: idA }));
      expect(await store.put(entry({ manifest: manifest(idC), replaces: idA }))).toEqual({
        kind: "superseded",
        newestId: idB,
      });
      expect(await store.get(idC)).toBeUndefined();
      expect(await store.history("sp500")).toHaveLength(2);
    });

    test("an append to an unknown name is superseded by nothing", async () => {
      const store = await opened(open);
      expect(await store.put(entry({ manifest: manifest(idB), replaces: idA }))).toEqual({
        kind: "superseded",
        newestId: undefined,
      });
      expect(await store.list()).toEqual([]);
    });

    test("of twenty appends at once to one snapshot, one is stored", async () => {
      const store = await opened(open);
      await store.put(entry({ manifest: manifest(idA) }));
      const ids = Array.from({ length: 20 }, (_, index) => index.toString(16).padStart(64, "d"));
      const outcomes = await Promise.all(ids.map((id) => store.put(entry({ manifest: manifest(id), replaces: idA }))));
      expect(outcomes.filter(({ kind }) => kind === "stored")).toHaveLength(1);
      expect(outcomes.filter(({ kind }) => kind === "superseded")).toHaveLength(19);
    });

    test("get of an unknown id, or of part of one, is undefined", async () => {
      const store = await opened(open);
      await store.put(entry({ manifest: manifest(idA) }));
      expect(await store.get(idB)).toBeUndefined();
      expect(await store.get(idA.slice(0, 12))).toBeUndefined();
    });

    test("the history of an unknown name is empty", async () => {
      const store = await opened(open);
      expect(await store.history("nothing")).toEqual([]);
    });

    test("list gives every name with what it means now, ordered by code units", async () => {
      const store = await opened(open);
      for (const [name, id] of [
        ["b", idA],
        ["a", idA],
        ["B", idA],
        ["b", idB],
        ["\u{1f600}", idC],
        ["\uff5e", idC],
      ] as const) {
        await store.put(entry({ name, manifest: manifest(id) }));
      }
      // The emoji's first code unit is d83d, before ff5e, although its code point is the larger one.
      expect((await store.list()).map(({ name, snapshotId }) => [name, snapshotId])).toEqual([
        ["B", idA],
        ["a", idA],
        ["b", idB],
        ["\u{1f600}", idC],
        ["\uff5e", idC],
      ]);
    });

    test("findIds gives the ids with the prefix in ascending order, each once", async () => {
      const store = await opened(open);
      const ids = ["abcdef9", "abcdef1", "abcdee"].map((start) => start.padEnd(64, "0"));
      for (const id of ids) await store.put(entry({ name: "one", manifest: manifest(id) }));
      await store.put(entry({ name: "two", manifest: manifest(ids[0] ?? "") }));
      expect(await store.findIds("abcdef")).toEqual([ids[1], ids[0]]);
    });

    test("findIds refuses fewer than six hex digits", async () => {
      const store = await opened(open);
      await expect(store.findIds("abc")).rejects.toThrow(IdPrefixError);
    });

    test("removeName forgets the name, its history and its manifests", async () => {
      const store = await opened(open);
      for (const id of [idA, idB]) await store.put(entry({ manifest: manifest(id) }));
      expect(await store.removeName("sp500")).toBe(true);
      expect(await store.list()).toEqual([]);
      expect(await store.history("sp500")).toEqual([]);
      expect(await store.get(idA)).toBeUndefined();
      expect(await store.get(idB)).toBeUndefined();
    });

    test("removeName keeps manifests that another name's history mentions", async () => {
      const store = await opened(open);
      await store.put(entry({ name: "one", manifest: manifest(idA) }));
      await store.put(entry({ name: "two", manifest: manifest(idA) }));
      await store.put(entry({ name: "two", manifest: manifest(idB) }));
      await store.removeName("one");
      expect(await store.get(idA)).toEqual(manifest(idA));
    });

    test("removeName of an unknown name is false", async () => {
      const store = await opened(open);
      expect(await store.removeName("nothing")).toBe(false);
    });

    test.each(['it\'s "quoted" \\ %_', "日本 👍🏽", "n".repeat(100_000)])(
      "the name %.20s comes back as it is",
      async (name) => {
        const store = await opened(open);
        await store.put(entry({ name, manifest: manifest(idA) }));
        expect((await store.list())[0]?.name).toBe(name);
        expect(await store.history(name)).toHaveLength(1);
      },
    );
  });
}

function entry(changes: { name?: string; recordedAtMs?: number; manifest: SnapshotManifest; replaces?: string }) {
  return { name: "sp500", recordedAtMs: 1_000, ...changes };
}

/** One instrument with one chunk of ten daily bars. */
function manifest(snapshotId: string): SnapshotManifest {
  return {
    format: 1,
    snapshotId,
    chunkBars: 65_536,
    instruments: [
      {
        symbol: "SP500",
        timeframe: "1d",
        currency: "USD",
        timeZone: "America/New_York",
        startBar: 0,
        barCount: 10,
        firstTimeMs: 0,
        lastTimeMs: 777_600_000,
        chunks: [{ hash: "f".repeat(64), startBar: 0, barCount: 10, sizeBytes: 480 }],
      },
    ],
    corporateActions: [],
    missing: "error",
    adjust: "none",
    importedAtMs: 1_000,
    sources: [{ fileName: "sp500.csv", sha256: "0".repeat(64), sizeBytes: 512 }],
    quality: [
      {
        symbol: "SP500",
        rowsRead: 10,
        gapCount: 0,
        missingBarCount: 0,
        gaps: [],
        overlapRowCount: 0,
        filledBarCount: 0,
        droppedRowCount: 0,
        outlierCount: 0,
        outliers: [],
        zeroVolumeBarCount: 0,
        notes: [],
      },
    ],
  };
}
