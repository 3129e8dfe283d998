import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import { begunUploadSchema } from "../api/snapshot-schemas.ts";
import { BarsInputError } from "../market/bars-input-error.ts";
import type { Api } from "./api-client.ts";
import { ApiFailedError, ApiRefusedError } from "./api-problem.ts";
import { uploadFile } from "./upload-file.ts";

export type UploadProgress = { readonly sentBytes: number; readonly totalBytes: number };

/** Begins an upload at `path` and sends the files to where it says; returns the upload's id. */
export async function sendFiles(
  api: Api,
  path: "/snapshots" | "/models",
  files: readonly string[],
  onProgress: (progress: UploadProgress) => void,
): Promise<string> {
  const sizes = await Promise.all(files.map(sizeOf));
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  const begun = begunUploadSchema.parse(
    await api.post(path, {
      files: files.map((file, index) => ({ fileName: basename(file), sizeBytes: sizes[index] })),
    }),
  );
  let doneBytes = 0;
  for (const [index, { url, headers }] of begun.uploads.entries()) {
    const [file = "", sizeBytes = 0] = [files[index], sizes[index]];
    // A server that takes the files itself asks who sends them; S3 has its answer in the address.
    const own = url.startsWith(`${api.url}/`) ? await api.headers("PUT", url, headers) : headers;
    await uploadFile({ file, sizeBytes, url, headers: own }, (bytes) =>
      onProgress({ sentBytes: doneBytes + bytes, totalBytes }),
    );
    doneBytes += sizeBytes;
  }
  return begun.uploadId;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    throw new BarsInputError(
      `${file}: expected a file, found none that can be read. Give the path of a CSV, Parquet, zip or gzip file.`,
      {
        cause: error,
      },
    );
  }
}

/** An import is one invocation of a function, which has 15 minutes. */
const longestImportMs = 20 * 60_000;
const longestPauseMs = 2_000;

/** Asks for the state of an import until it is done, and returns that. Throws ApiRefusedError with what made it fail. */
export async function endedImport<
  State extends { readonly status: string; readonly error: { readonly name: string; readonly message: string } | null },
>(uploadId: string, stateNow: () => Promise<State>): Promise<State> {
  const untilMs = Date.now() + longestImportMs;
  for (let pauseMs = 100; Date.now() < untilMs; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const state = await stateNow();
    if (state.status === "done") return state;
    if (state.error !== null) throw new ApiRefusedError(state.error.name, 400, state.error.message);
    await setTimeout(pauseMs);
  }
  throw new ApiFailedError(
    "ImportTimeoutError",
    undefined,
    `Import ${uploadId} did not end within ${longestImportMs / 60_000} minutes. Look at the function's log; import the files again when the cause is mended.`,
  );
}
