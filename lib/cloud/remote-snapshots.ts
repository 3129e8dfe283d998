import { z } from "zod";
import {
  importStateSchema,
  snapshotDocumentSchema,
  snapshotEntrySchema,
  snapshotVerificationSchema,
} from "../api/snapshot-schemas.ts";
import type { BarsRequest } from "../api/uploads.ts";
import type { BarColumns } from "../market/bar-rows.ts";
import type { SnapshotEntry } from "../market/snapshot-catalog.ts";
import type { SnapshotManifest } from "../market/snapshot-manifest.ts";
import type { Api } from "./api-client.ts";
import { ApiRefusedError } from "./api-problem.ts";
import { endedImport, sendFiles, type UploadProgress } from "./remote-imports.ts";

export type RemoteSnapshots = ReturnType<typeof remoteSnapshots>;

export type RemoteSnapshotEntry = z.output<typeof snapshotEntrySchema>;
/** A snapshot's manifest, its name (null when it was asked for by id) and what the name meant before. */
export type RemoteSnapshot = SnapshotManifest & {
  readonly name: string | null;
  readonly history: readonly SnapshotEntry[];
};

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
      request: BarsRequest,
      onProgress: (progress: UploadProgress) => void,
    ): Promise<number> {
      const uploadId = await sendFiles(api, "/snapshots", files, onProgress);
      await api.post(`/snapshots/${uploadId}/import`, request);
      const { addedBarCount } = await endedImport(uploadId, async () =>
        importStateSchema.parse(await api.get(`/snapshots/imports/${uploadId}`)),
      );
      return addedBarCount ?? 0;
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
