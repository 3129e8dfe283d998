import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import {
  begunUploadSchema,
  importStateSchema,
  snapshotDocumentSchema,
  snapshotEntrySchema,
  snapshotVerificationSchema,
} from "../api/snapshot-schemas.ts";
import type { ImportRequest } from "../api/snapshot-uploads.ts";
import type { BarColumns } from "../market/bar-rows.ts";
import { BarsInputError } from "../market/bars-input-error.ts";
import type { SnapshotEntry } from "../market/snapshot-catalog.ts";
import type { SnapshotManifest } from "../market/snapshot-manifest.ts";
import type { Api } from "./api-client.ts";
import { ApiFailedError, ApiRefusedError } from "./api-problem.ts";
import { uploadFile } from "./upload-file.ts";

export type RemoteSnapshots = ReturnType<typeof remoteSnapshots>;

export type RemoteSnapshotEntry = z.output<typeof snapshotEntrySchema>;
/** A snapshot's manifest, its name (null when it was asked for by id) and what the name meant before. */
export type RemoteSnapshot = SnapshotManifest & {
  readonly name: string | null;
  readonly history: readonly SnapshotEntry[];
};

export type ImportProgress = { readonly sentBytes: number; readonly totalBytes: number };

const perPage = 1_000;

/** Snapshots on the other side of the API. */
export function remoteSnapshots(api: Api) {
  return {
    async list(): Promise<readonly RemoteSnapshotEntry[]> {
      const snapshots: RemoteSnapshotEntry[] = [];
      let cursor: string | null = null;
      do {
        const query = { limit: perPage, cursor: cursor ?? undefined };
        const page: z.output<typeof pageSchema> = pageSchema.parse(await api.get("/snapshots", query));
        snapshots.push(...page.snapshots);
        cursor = page.next;
      } while (cursor !== null);
      return snapshots;
    },
    async get(reference: string): Promise<RemoteSnapshot> {
      // The schema is that of the manifest.
      return snapshotDocumentSchema.parse(await api.get(path(reference))) as RemoteSnapshot;
    },
    /** The snapshot, or undefined when there is none of this name or id. */
    async find(reference: string): Promise<RemoteSnapshot | undefined> {
      try {
        return await this.get(reference);
      } catch (error) {
        if (error instanceof ApiRefusedError && error.status === 404) return undefined;
        throw error;
      }
    },
    async verify(reference: string) {
      return snapshotVerificationSchema.parse(await api.get(`${path(reference)}/verification`));
    },
    /** The bars of a snapshot, page by page. */
    bars: (reference: string) => barPages(api, reference),
    async remove(name: string): Promise<void> {
      await api.delete(path(name));
    },
    /** Sends the files to where the API says, has them imported or appended, and waits for it; returns how many bars came new. */
    async import(
      files: readonly string[],
      request: ImportRequest,
      onProgress: (progress: ImportProgress) => void,
    ): Promise<number> {
      const uploadId = await sendFiles(api, files, onProgress);
      await api.post(`/snapshots/${uploadId}/import`, request);
      return importedBars(api, uploadId);
    },
  };
}

const pageSchema = z.object({ snapshots: z.array(snapshotEntrySchema), next: z.string().nullable() });

function path(reference: string): string {
  return `/snapshots/${encodeURIComponent(reference)}`;
}

const barsPerPage = 20_000;

const barsPageSchema = z.object({
  bars: z.array(
    z.object({
      openTimeMs: z.number(),
      open: z.number(),
      high: z.number(),
      low: z.number(),
      close: z.number(),
      volume: z.number(),
      adjustedClose: z.number().optional(),
    }),
  ),
  next: z.string().nullable(),
});

async function* barPages(api: Api, reference: string): AsyncGenerator<BarColumns> {
  let cursor: string | null = null;
  do {
    const query = { limit: barsPerPage, cursor: cursor ?? undefined };
    const page: z.output<typeof barsPageSchema> = barsPageSchema.parse(await api.get(`${path(reference)}/bars`, query));
    const column = (name: keyof (typeof page.bars)[number]) =>
      Float64Array.from(page.bars, (bar) => bar[name] ?? Number.NaN);
    const isAdjusted = page.bars.some((bar) => bar.adjustedClose !== undefined);
    yield {
      openTimeMs: column("openTimeMs"),
      open: column("open"),
      high: column("high"),
      low: column("low"),
      close: column("close"),
      volume: column("volume"),
      ...(isAdjusted ? { adjustedClose: column("adjustedClose") } : {}),
    };
    cursor = page.next;
  } while (cursor !== null);
}

async function sendFiles(
  api: Api,
  files: readonly string[],
  onProgress: (progress: ImportProgress) => void,
): Promise<string> {
  const sizes = await Promise.all(files.map(sizeOf));
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  const begun = begunUploadSchema.parse(
    await api.post("/snapshots", {
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

async function importedBars(api: Api, uploadId: string): Promise<number> {
  const untilMs = Date.now() + longestImportMs;
  for (let pauseMs = 100; Date.now() < untilMs; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const state = importStateSchema.parse(await api.get(`/snapshots/imports/${uploadId}`));
    if (state.status === "done") return state.addedBarCount ?? 0;
    if (state.error !== null) throw new ApiRefusedError(state.error.name, 400, state.error.message);
    await setTimeout(pauseMs);
  }
  throw new ApiFailedError(
    "ImportTimeoutError",
    undefined,
    `Import ${uploadId} did not end within ${longestImportMs / 60_000} minutes. Look at the function's log; import the files again when the cause is mended.`,
  );
}
