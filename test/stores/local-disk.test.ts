import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { InputError } from "../../lib/engine/input-error.ts";
import { openLocalObjectStore } from "../../lib/stores/local/object-store.ts";
import { StorageError, StorageFullError } from "../../lib/stores/local/storage-errors.ts";
import { openLocalStores } from "../../lib/stores/local/stores.ts";
import { mountedFolder, mountRefusal } from "./mounted-folder.ts";
import { checkpoint, segment, startRun } from "./run-records.builder.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const writingProcess = fileURLToPath(new URL("writing-process.ts", import.meta.url));
const large = { kind: "inline", text: "s".repeat(200_000) } as const;

test.skipIf(mountRefusal)(
  "an object that does not fit on the disk throws StorageFullError naming the path",
  async () => {
    const home = mountedFolder(1_024).path;
    const { objects } = await openStores(home);
    const error = await objects.put("chunks", new Uint8Array(2_000_000)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StorageFullError);
    expect(error).not.toBeInstanceOf(InputError);
    expect(String(error)).toMatch(/StorageFullError: .*objects\/chunks\/.*: ENOSPC, no room to write\. .*make room/);
  },
);

test.skipIf(mountRefusal)("an object that did not fit leaves nothing behind, and a smaller one is stored", async () => {
  const home = mountedFolder(1_024).path;
  const { objects } = await openStores(home);
  await objects.put("chunks", new Uint8Array(2_000_000)).catch(expectFull);
  expect(await readdir(join(home, "objects", "chunks", "tmp"))).toEqual([]);
  const hash = await objects.put("chunks", new Uint8Array(1_000));
  expect(await objects.get("chunks", hash)).toEqual(new Uint8Array(1_000));
});

test.skipIf(mountRefusal)(
  "a commit that does not fit throws StorageFullError and leaves the head before it",
  async () => {
    const home = mountedFolder(2_048).path;
    const { runs } = await openStores(home);
    await startRun(runs);
    const error = await commitUntilError();
    expect(error).toBeInstanceOf(StorageFullError);
    expect(String(error)).toContain(join(home, "backstitch.db"));
    const head = (await runs.getRun("r1"))?.headSequence ?? 0;
    expect(head).toBeGreaterThan(0);
    expect((await runs.listCheckpoints("r1")).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: head }, (_, index) => index + 1),
    );

    async function commitUntilError(): Promise<unknown> {
      for (let sequence = 1; sequence <= 100; sequence++) {
        try {
          await runs.commit(checkpoint({ sequence, state: large }), segment({ sequence }));
        } catch (thrown) {
          return thrown;
        }
      }
      return undefined;
    }
  },
);

test.skipIf(mountRefusal)("a run whose commit did not fit goes on when there is room", async () => {
  const home = mountedFolder(2_048).path;
  const ballast = join(home, "ballast");
  const { runs } = await openStores(home);
  await startRun(runs);
  await writeFile(ballast, new Uint8Array(1_950_000)).catch(() => undefined);
  await expect(runs.commit(checkpoint({ state: large }), segment())).rejects.toThrow(StorageFullError);
  await rm(ballast);
  expect(await runs.commit(checkpoint({ state: large }), segment())).toEqual({ kind: "committed" });
});

test.skipIf(mountRefusal)(
  "a folder on a read-only disk throws StorageError, a person's error, on opening",
  async () => {
    const mounted = mountedFolder(1_024);
    mounted.makeReadOnly();
    const error = await openLocalStores(join(mounted.path, "home")).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StorageError);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toMatch(/home: EROFS, expected permission to write\. .*BACKSTITCH_HOME/);
  },
);

test.skipIf(mountRefusal)("a database on a read-only disk throws StorageError on opening", async () => {
  const mounted = mountedFolder(1_024);
  await (await openLocalStores(mounted.path)).close();
  mounted.makeReadOnly();
  await expect(openLocalStores(mounted.path)).rejects.toThrow(StorageError);
});

test.skipIf(mountRefusal)("an object put on a disk that has become read-only throws StorageError", async () => {
  const mounted = mountedFolder(1_024);
  // The object store alone: a disk with an open database cannot be made read-only.
  const objects = await openLocalObjectStore(join(mounted.path, "objects"));
  mounted.makeReadOnly();
  await expect(objects.put("parts", new Uint8Array([1]))).rejects.toThrow(StorageError);
});

test("a write past the process's file size limit throws a storage error at the object and at the commit", async () => {
  const home = await emptyFolder();
  // 256 KB: enough for the empty database, too little for one of 400 KB. In bash, ulimit -f counts blocks of 1,024 bytes.
  const steps = await runWriting(home, { size: 400_000, ulimitKb: 256 });
  expect(steps.open).toBe("done");
  expect(steps.put).toMatch(/^StorageFullError: .*EFBIG/);
  expect(steps.commit).toMatch(/^Storage(Full|Failure)Error: .*backstitch\.db/);
});

test("a folder that this user may not write to throws StorageError", async () => {
  const home = await emptyFolder();
  await chmod(home, 0o555);
  // Permissions do not bind root, so root lets an unprivileged user try.
  const steps = await runWriting(home, { size: 10, ...(process.getuid?.() === 0 && { uid: 65_534 }) });
  expect(steps.open).toMatch(/^StorageError: .*EACCES, expected permission to write/);
});

test("a file where the folder should be throws StorageError naming it", async () => {
  const home = join(await emptyFolder(), "home");
  await writeFile(home, "not a folder");
  await expect(openLocalStores(home)).rejects.toThrow(/home: EEXIST, expected a folder/);
  await expect(openLocalStores(home)).rejects.toBeInstanceOf(StorageError);
});

test("a file in the path above the folder throws StorageError", async () => {
  const file = join(await emptyFolder(), "file");
  await writeFile(file, "not a folder");
  await expect(openLocalStores(join(file, "home"))).rejects.toBeInstanceOf(StorageError);
});

test("a file where objects/ should be throws StorageError", async () => {
  const home = await emptyFolder();
  await writeFile(join(home, "objects"), "not a folder");
  await expect(openLocalStores(home)).rejects.toBeInstanceOf(StorageError);
});

test("a folder where the database should be throws StorageError", async () => {
  const home = await emptyFolder();
  await mkdir(join(home, "backstitch.db"));
  await expect(openLocalStores(home)).rejects.toThrow(/backstitch\.db: .*expected a database file that can be written/);
});

async function openStores(home: string) {
  const stores = await openLocalStores(home);
  onTestFinished(stores.close);
  return stores;
}

async function emptyFolder(): Promise<string> {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  return folder.path;
}

function expectFull(error: unknown): void {
  expect(error).toBeInstanceOf(StorageFullError);
}

/** What `writing-process.ts` prints when it runs under these limits. */
async function runWriting(
  home: string,
  limits: { readonly size: number; readonly ulimitKb?: number; readonly uid?: number },
): Promise<Record<string, string>> {
  const { size, ulimitKb, uid } = limits;
  const limit = ulimitKb === undefined ? "" : `ulimit -f ${ulimitKb}; `;
  const { stdout } = await promisify(execFile)(
    "bash",
    ["-c", `${limit}exec "$@"`, "bash", process.execPath, writingProcess, home, String(size)],
    uid === undefined ? {} : { uid },
  );
  return JSON.parse(stdout);
}
