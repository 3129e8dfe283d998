import assert from "node:assert/strict";
import { z } from "zod";
import {
  checkpointDocumentSchema,
  differencesSchema,
  listedCheckpointSchema,
  verificationSchema,
} from "../api/checkpoint-schemas.ts";
import type { CheckpointDocument } from "../report/checkpoint-document.ts";
import type { ListedCheckpoint } from "../run/listed-checkpoints.ts";
import type { RunFilterFlags } from "../run/run-filter.ts";
import type { RunStatus } from "../run/run-store.ts";
import type { RunVerification } from "../run/verify-run.ts";
import type { Api } from "./api-client.ts";

export type RemoteCheckpoints = ReturnType<typeof remoteCheckpoints>;

const perPage = 1_000;

/** Checkpoints on the other side of the API. */
export function remoteCheckpoints(api: Api) {
  return {
    /** Those of one run, or of the newest runs that match, `mostRuns` of them. */
    async list(run: string | undefined, filter: RunFilterFlags, mostRuns: number): Promise<ListedPage> {
      const checkpoints: ListedCheckpoint[] = [];
      const runs = new Set<string>();
      let cursor: string | null = null;
      do {
        const query = { run, ...filter, limit: perPage, cursor: cursor ?? undefined };
        const page: z.output<typeof pageSchema> = pageSchema.parse(await api.get("/checkpoints", query));
        for (const checkpoint of page.checkpoints) {
          runs.add(checkpoint.runId);
          if (runs.size > mostRuns) return { checkpoints, isComplete: false };
          // The schema is that of the stored record: what is optional is there or absent, never undefined.
          checkpoints.push(checkpoint as ListedCheckpoint);
        }
        cursor = page.next;
      } while (cursor !== null);
      return { checkpoints, isComplete: true };
    },
    /** The whole document, its state too. */
    async get(reference: string): Promise<CheckpointDocument> {
      // The schema leaves orders and state open; they are what the engine wrote.
      return checkpointDocumentSchema.parse(await api.get(path(reference))) as CheckpointDocument;
    },
    /** Whose checkpoint it is, without its state. */
    async place(reference: string): Promise<CheckpointPlace> {
      return checkpointDocumentSchema.parse(await api.get(path(reference), { state: false }));
    },
    async differences(a: string, b: string, limit: number) {
      return differencesSchema.parse(await api.get(`${path(a)}/differences`, { with: b, limit }));
    },
    /** A long run is read back a part at a time. */
    async verify(run: string): Promise<RunVerification & { readonly status: RunStatus }> {
      const parts: z.output<typeof verificationSchema>[] = [];
      let cursor: string | null = null;
      do {
        const query = { cursor: cursor ?? undefined };
        const part: z.output<typeof verificationSchema> = verificationSchema.parse(
          await api.get(`/runs/${encodeURIComponent(run)}/verification`, query),
        );
        parts.push(part);
        cursor = part.next;
      } while (cursor !== null);
      const [first] = parts;
      assert(first !== undefined, "The loop has asked at least once.");
      const { runId, status } = first;
      return {
        runId,
        status,
        checkpoints: parts.flatMap(({ checkpoints }) => checkpoints),
        segments: parts.flatMap(({ segments }) => segments),
        problems: parts.flatMap(({ problems }) => problems),
      };
    },
    async remove(reference: string) {
      return removedSchema.parse(await api.delete(path(reference))).removed;
    },
    async cleanUp(keep: number, olderThanMs: number, dryRun: boolean) {
      const olderThan = olderThanMs === 0 ? {} : { olderThan: `${Math.round(olderThanMs / 1_000)}s` };
      const parts: z.output<typeof cleanUpSchema>[] = [];
      let cursor: string | null = null;
      do {
        const from = cursor === null ? {} : { cursor };
        const part: z.output<typeof cleanUpSchema> = cleanUpSchema.parse(
          await api.post("/checkpoints/cleanup", { keep, dryRun, ...olderThan, ...from }),
        );
        parts.push(part);
        cursor = part.next;
      } while (cursor !== null);
      const sum = (of: (part: z.output<typeof cleanUpSchema>) => number) =>
        parts.reduce((total, part) => total + of(part), 0);
      return {
        checkpoints: parts.flatMap(({ checkpoints }) => checkpoints),
        checkpointCount: sum((part) => part.checkpointCount),
        objects: parts.flatMap(({ objects }) => objects),
        objectCount: sum((part) => part.objectCount),
        freedBytes: sum((part) => part.freedBytes),
        isSwept: parts.at(-1)?.isSwept === true,
      };
    },
  };
}

type ListedPage = { readonly checkpoints: readonly ListedCheckpoint[]; readonly isComplete: boolean };
type CheckpointPlace = {
  readonly runId: string;
  readonly sequence: number;
  readonly barIndex: number;
  readonly checkpointId: string;
};

const pageSchema = z.object({ checkpoints: z.array(listedCheckpointSchema), next: z.string().nullable() });
const checkpointName = z.object({ runId: z.string(), sequence: z.number(), checkpointId: z.string() });
const removedSchema = z.object({ removed: z.array(checkpointName) });
const cleanUpSchema = z.object({
  dryRun: z.boolean(),
  checkpointCount: z.number(),
  checkpoints: z.array(checkpointName),
  objectCount: z.number(),
  objects: z.array(z.object({ kind: z.string(), hash: z.string(), sizeBytes: z.number() })),
  freedBytes: z.number(),
  isSwept: z.boolean(),
  next: z.string().nullable(),
});

function path(reference: string): string {
  return `/checkpoints/${encodeURIComponent(reference)}`;
}
