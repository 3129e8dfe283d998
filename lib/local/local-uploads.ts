import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { importFiles } from "../api/import-files.ts";
import { ProblemError } from "../api/problem.ts";
import type { ImportState, Uploads } from "../api/uploads.ts";
import type { Stores } from "../stores/stores.ts";

/** Files may be sent for a day, and what became of them is told for that long. */
const lifeMs = 24 * 3_600_000;
const fileBytes = 5_000_000_000;

const uploadRecord = z.object({
  callerId: z.string(),
  fileNames: z.array(z.string()),
  expiresAtMs: z.int(),
  state: z.union([
    z.object({ status: z.literal("uploading") }),
    z.object({ status: z.literal("running") }),
    z.object({ status: z.literal("done"), name: z.string(), snapshotId: z.string(), addedBarCount: z.int() }),
    z.object({
      status: z.literal("done"),
      name: z.string(),
      modelId: z.string(),
      checked: z.enum(["inference", "files"]),
    }),
    z.object({ status: z.literal("failed"), error: z.object({ name: z.string(), message: z.string() }) }),
  ]),
});
type UploadRecord = z.output<typeof uploadRecord>;

/** Uploads that lie in a folder of their own under `home` until they are imported by this process. */
export function openLocalUploads(home: string, stores: Stores): Uploads {
  const folder = join(home, "uploads");
  /** Imports of this process; one that is "running" and not among them died with another. */
  const running = new Set<string>();

  return {
    begin: async (files, { callerId, origin, nowMs }) => {
      await sweep(folder, nowMs);
      const uploadId = randomUUID();
      await mkdir(join(folder, uploadId), { recursive: true });
      const fileNames = files.map(({ fileName }) => fileName);
      const expiresAtMs = nowMs + lifeMs;
      await write(uploadId, { callerId, fileNames, expiresAtMs, state: { status: "uploading" } });
      const uploads = fileNames.map((fileName, index) => ({
        fileName,
        method: "PUT" as const,
        url: `${origin}/snapshots/${uploadId}/files/${index}`,
        headers: { "Content-Type": "application/octet-stream" },
      }));
      return { uploadId, uploads, expiresAtMs };
    },

    receive: async (uploadId, index, body, callerId) => {
      const upload = await read(uploadId, callerId);
      const fileName = upload?.fileNames[index];
      if (upload === undefined || fileName === undefined) return false;
      if (upload.state.status !== "uploading")
        throw new ProblemError(409, "import-begun", `Upload ${uploadId} takes no more files: its import has begun.`);
      const file = fileOf(uploadId, index, fileName);
      await mkdir(join(folder, uploadId, String(index)), { recursive: true });
      await pipeline(
        Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]),
        atMost(fileBytes),
        createWriteStream(`${file}.part`),
      );
      await rename(`${file}.part`, file);
      return true;
    },

    import: async (uploadId, request, callerId) => {
      const isRunning = running.has(uploadId);
      const upload = await read(uploadId, callerId);
      if (upload === undefined || upload.state.status !== "uploading") return upload && stateOf(upload, isRunning);
      const files = upload.fileNames.map((name, index) => fileOf(uploadId, index, name));
      for (const [index, file] of files.entries())
        if (!(await exists(file)))
          throw new ProblemError(
            409,
            "file-missing",
            `File ${index} (${upload.fileNames[index]}) has not been sent yet.`,
          );
      running.add(uploadId);
      const begun: UploadRecord = { ...upload, state: { status: "running" } };
      await write(uploadId, begun);
      // Whoever asked looks at the state; this promise never rejects.
      importFiles(files, request, stores, Date.now())
        .catch((error: unknown): ImportState => ({ status: "failed", error: describe(error) }))
        .then((state) => write(uploadId, { ...begun, state }))
        .finally(() => running.delete(uploadId))
        .then(() => Promise.all(files.map((file) => rm(file, { force: true }))))
        .catch(() => undefined);
      return begun.state;
    },

    state: async (uploadId, callerId) => {
      // Looked at before the record: an import writes how it ended before it counts as ended.
      const isRunning = running.has(uploadId);
      const upload = await read(uploadId, callerId);
      return upload && stateOf(upload, isRunning);
    },
  };

  function stateOf({ state }: UploadRecord, isRunning: boolean): ImportState {
    if (state.status !== "running" || isRunning) return state;
    return {
      status: "failed",
      error: { name: "Interrupted", message: "the server was stopped. Send the files again." },
    };
  }

  function fileOf(uploadId: string, index: number, fileName: string): string {
    return join(folder, uploadId, String(index), fileName);
  }

  /** Undefined when there is none, it is another caller's, or its time is over. */
  async function read(uploadId: string, callerId: string): Promise<UploadRecord | undefined> {
    const upload = await readRecord(join(folder, uploadId));
    return upload?.callerId === callerId && upload.expiresAtMs > Date.now() ? upload : undefined;
  }

  async function write(uploadId: string, upload: UploadRecord): Promise<void> {
    const file = join(folder, uploadId, "upload.json");
    await writeFile(`${file}.part`, JSON.stringify(upload));
    await rename(`${file}.part`, file);
  }
}

/** Removes uploads whose time is over. */
async function sweep(folder: string, nowMs: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    const upload = await readRecord(join(folder, name));
    if (upload !== undefined && upload.expiresAtMs < nowMs)
      await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function readRecord(folder: string): Promise<UploadRecord | undefined> {
  try {
    return uploadRecord.parse(JSON.parse(await readFile(join(folder, "upload.json"), "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function atMost(maxBytes: number): Transform {
  let sizeBytes = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes)
        done(new ProblemError(413, "body-too-large", `Expected a file of at most ${maxBytes} bytes.`));
      else done(null, chunk);
    },
  });
}

async function exists(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

function describe(error: unknown): { readonly name: string; readonly message: string } {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: "Error", message: String(error) };
}
