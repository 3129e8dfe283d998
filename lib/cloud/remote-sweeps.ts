import { z } from "zod";
import { sweepEventsSchema } from "../api/routes/sweep-progress.ts";
import { sweepEstimateSchema } from "../api/sweep-estimate.ts";
import { sweepActionSchema, sweepDetailsSchema, sweepEntrySchema, sweepLaneSchema } from "../api/sweep-schemas.ts";
import type { ExportTable } from "../report/export-tables.ts";
import type { FactRecord } from "../report/fact-records.ts";
import type { FoundSweeps, SweepQuery } from "../report/find-sweeps.ts";
import { type StitchedKind, stitchedTable } from "../report/stitched-tables.ts";
import type { SweepDocument, SweepLane } from "../report/sweep-document.ts";
import type { Api } from "./api-client.ts";
import { ApiFailedError } from "./api-problem.ts";

export type RemoteSweeps = ReturnType<typeof remoteSweeps>;

/** A sweep after something was asked of it. */
export type RemoteSweepAction = z.output<typeof sweepActionSchema>;

/** How far a sweep is. */
export type RemoteSweepProgress = z.output<typeof sweepEventsSchema>["progress"];

const sweepsPerPage = 100;
const lanesPerPage = 1_000;
const factsPerPage = 5_000;
/** Records that the server may look at for one list, as one's own stores may. */
const sweepsLooked = 1_000;
/** Each request deletes for seconds; a sweep that needs more has more runs than a sweep can have. */
const mostDeletions = 1_000;

/** Sweeps on the other side of the API. */
export function remoteSweeps(api: Api) {
  const act = async (path: string, body: object): Promise<RemoteSweepAction> =>
    sweepActionSchema.parse(await api.post(path, body));
  const summary = async (reference: string): Promise<SweepDocument> =>
    // The schema is that of the document; what is any JSON in it is not spelled out.
    sweepDetailsSchema.parse(await api.get(sweepPath(reference), { lanes: "false" })) as SweepDocument;
  return {
    /** Newest first, `limit` of them, or fewer with a `next` when the server has looked at all that one request may. */
    async list(query: SweepQuery, limit: number, cursor?: string): Promise<FoundSweeps> {
      const sweeps: FoundSweeps["sweeps"][number][] = [];
      let [next, looked] = [cursor ?? null, 0];
      do {
        const answer: unknown = await api.get("/sweeps", {
          ...query,
          limit: Math.min(sweepsPerPage, limit - sweeps.length),
          cursor: next ?? undefined,
        });
        const page = foundSweepsSchema.parse(answer);
        sweeps.push(...page.sweeps);
        next = page.next;
        looked += page.looked;
      } while (next !== null && sweeps.length < limit && looked < sweepsLooked);
      return { sweeps, next, looked };
    },
    /** The document with an empty table. */
    summary,
    /** The whole document; its table is read page by page, for it may be too long for one answer. */
    async get(reference: string): Promise<SweepDocument> {
      const document = await summary(reference);
      const lanes: SweepLane[] = [];
      for await (const rows of lanePages(api, document.sweepId)) lanes.push(...rows);
      return { ...document, lanes };
    },
    /** The rows of the table, page by page. */
    lanes: (sweepId: string) => lanePages(api, sweepId),
    /** The equity or the trades of the stitched record, read page by page. */
    stitched: (sweepId: string, kind: StitchedKind): ExportTable =>
      stitchedTable(kind, stitchedPages(api, sweepId, kind)),
    plan: async (spec: object) => sweepEstimateSchema.parse(await api.post("/sweeps/plan", spec)),
    /** Computes a sweep, or tells what answers it. */
    start: (spec: object) => act("/sweeps", spec),
    resume: (reference: string) => act(`${sweepPath(reference)}/resume`, { how: "auto" }),
    cancel: (reference: string) => act(`${sweepPath(reference)}/cancel`, { force: false }),
    /** How far the sweep is now. */
    events: async (reference: string) => sweepEventsSchema.parse(await api.get(`${sweepPath(reference)}/events`, {})),
    /** Deletes it with its runs, request after request until all are gone. Throws ApiFailedError when that does not end. */
    async remove(sweepId: string): Promise<void> {
      for (let n = 0; n < mostDeletions; n++)
        if (removedSchema.parse(await api.delete(sweepPath(sweepId))).removed.length > 0) return;
      throw new ApiFailedError(
        "SweepRemovalError",
        undefined,
        `Sweep "${sweepId}": not all of its runs are deleted after ${mostDeletions} requests. Delete it again: backstitch sweep rm ${sweepId} --cloud`,
      );
    },
    /** The report, a page of HTML. */
    report: (reference: string) => api.getText(`${sweepPath(reference)}/report`, {}),
  };
}

const foundSweepsSchema = z.object({
  sweeps: z.array(sweepEntrySchema),
  next: z.string().nullable(),
  looked: z.int(),
});
const removedSchema = z.object({ removed: z.array(z.string()) });
const lanePageSchema = z.object({ lanes: z.array(sweepLaneSchema), next: z.string().nullable() });

function sweepPath(reference: string): string {
  return `/sweeps/${encodeURIComponent(reference)}`;
}

async function* lanePages(api: Api, sweepId: string): AsyncGenerator<readonly SweepLane[]> {
  let cursor: string | null = null;
  do {
    const answer: unknown = await api.get(`${sweepPath(sweepId)}/lanes`, {
      limit: lanesPerPage,
      cursor: cursor ?? undefined,
    });
    const page = lanePageSchema.parse(answer);
    yield page.lanes;
    cursor = page.next;
  } while (cursor !== null);
}

const record = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const stitchedPageSchema = z.object({
  points: z.array(record).optional(),
  facts: z.array(record).optional(),
  next: z.string().nullable(),
});

async function* stitchedPages(api: Api, sweepId: string, kind: StitchedKind): AsyncGenerator<readonly FactRecord[]> {
  let cursor: string | null = null;
  do {
    const answer: unknown = await api.get(`${sweepPath(sweepId)}/${kind}`, {
      limit: factsPerPage,
      cursor: cursor ?? undefined,
    });
    const page = stitchedPageSchema.parse(answer);
    yield page.points ?? page.facts ?? [];
    cursor = page.next;
  } while (cursor !== null);
}
