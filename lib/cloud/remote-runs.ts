import { z } from "zod";
import { eventsAnswerSchema } from "../api/routes/run-events.ts";
import { runPlanSchema, type WantedFunctions } from "../api/run-plan.ts";
import { factSchema, foundRunsSchema, runActionSchema, runDetailsSchema } from "../api/run-schemas.ts";
import {
  type ExportTable,
  type ExportValue,
  equityColumns,
  factColumns,
  type TableKind,
} from "../report/export-tables.ts";
import type { FoundRun, FoundRuns, RunQuery } from "../report/find-runs.ts";
import type { RunDetails } from "../report/run-details.ts";
import type { Change } from "../run/set-fields.ts";
import type { Api, Query } from "./api-client.ts";

export type RemoteRuns = ReturnType<typeof remoteRuns>;

/** A run after something was asked of it. */
export type RemoteAction = z.output<typeof runActionSchema>;
/** What happened to a run lately, and how far it is. */
export type RemoteEvents = z.output<typeof eventsAnswerSchema>;

export type RemoteResume = "auto" | "execution" | "redrive";

/** Pages of the largest size that the API gives. */
const runsPerPage = 100;
const factsPerPage = 5_000;
/** Records that the server may look at for one list, as one's own stores may. */
const runsLooked = 1_000;

/** Runs on the other side of the API. */
export function remoteRuns(api: Api) {
  const act = async (path: string, body: object): Promise<RemoteAction> =>
    runActionSchema.parse(await api.post(path, body));
  return {
    /** Newest first, `limit` of them, or fewer with a `next` when the server has looked at all that one request may. */
    async list(query: RunQuery, limit: number, cursor?: string): Promise<FoundRuns> {
      const runs: FoundRun[] = [];
      let [next, looked] = [cursor ?? null, 0];
      do {
        const page = await onePage(api, query, Math.min(runsPerPage, limit - runs.length), next);
        runs.push(...page.runs);
        next = page.next;
        looked += page.looked;
      } while (next !== null && runs.length < limit && looked < runsLooked);
      return { runs, next, looked };
    },
    async get(reference: string): Promise<RunDetails> {
      // The schema is that of the document; only the figures' names are not spelled out in it.
      return runDetailsSchema.parse(await api.get(runPath(reference))) as RunDetails;
    },
    /** Runs a spec, or tells what answers it. */
    start: (spec: object, fresh: boolean) => act("/runs", { spec, fresh }),
    plan: async (spec: object, wanted: WantedFunctions) =>
      runPlanSchema.parse(await api.post("/runs/plan", { spec, ...wanted })),
    resume: (reference: string, how: RemoteResume) => act(`${runPath(reference)}/resume`, { how }),
    cancel: (reference: string, force: boolean) => act(`${runPath(reference)}/cancel`, { force }),
    fork: (reference: string, sequence: number, changes: readonly Change[], start: boolean) =>
      act(`${runPath(reference)}/fork`, { sequence, ...changesBody(changes), start }),
    extend: (reference: string, data: string | undefined, changes: readonly Change[]) =>
      act(`${runPath(reference)}/extend`, { ...(data === undefined ? {} : { data }), ...changesBody(changes) }),
    async remove(reference: string): Promise<void> {
      await api.delete(runPath(reference));
    },
    /** How far the run is now, and what happened after a position. */
    async events(reference: string, after?: string): Promise<RemoteEvents> {
      return eventsAnswerSchema.parse(await api.get(`${runPath(reference)}/events`, { after }));
    },
    /** The report of a lane, a page of HTML. */
    report: (reference: string, lane: number) => api.getText(`${runPath(reference)}/report`, { lane }),
    /** What the run did, read page by page. */
    table: (reference: string, kind: TableKind, lanes: readonly number[], laneCount: number): ExportTable =>
      remoteTable(api, reference, { kind, lanes, laneCount }),
  };
}

async function onePage(api: Api, query: RunQuery, limit: number, cursor: string | null): Promise<FoundRuns> {
  // The schema is that of the answer; zod marks what may be absent as undefined too.
  return foundRunsSchema.parse(await api.get("/runs", { ...query, limit, cursor: cursor ?? undefined })) as FoundRuns;
}

function runPath(reference: string): string {
  return `/runs/${encodeURIComponent(reference)}`;
}

/** A change without a value removes its field. */
function changesBody(changes: readonly Change[]): object {
  const [set, remove] = [
    changes.filter(({ value }) => value !== undefined),
    changes.filter(({ value }) => value === undefined),
  ];
  return {
    ...(set.length === 0 ? {} : { set: Object.fromEntries(set.map(({ path, value }) => [path.join("."), value])) }),
    ...(remove.length === 0 ? {} : { remove: remove.map(({ path }) => path.join(".")) }),
  };
}

type TableChoice = { readonly kind: TableKind; readonly lanes: readonly number[]; readonly laneCount: number };

/** The same table as from one's own stores. Facts of all lanes come in one list, equity lane by lane. */
function remoteTable(api: Api, reference: string, { kind, lanes, laneCount }: TableChoice): ExportTable {
  const columns = kind === "equity" ? equityColumns : factColumns(kind);
  const isWhole = lanes.length === laneCount;
  const queries: readonly Query[] = kind === "equity" || !isWhole ? lanes.map((lane) => ({ lane })) : [{}];
  let count = 0;
  const pieces = async function* (): AsyncGenerator<readonly (readonly ExportValue[])[]> {
    for (const query of queries) {
      for await (const records of factPages(api, `${runPath(reference)}/${kind}`, query)) {
        count += records.length;
        yield records.map((record) => columns.map(({ name }) => record[name] ?? null));
      }
    }
  };
  return { columns, pieces: pieces(), rowCount: () => count };
}

const record = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const factPageSchema = z.object({
  facts: z.array(factSchema).optional(),
  points: z.array(record).optional(),
  next: z.string().nullable(),
});

async function* factPages(api: Api, path: string, query: Query) {
  let cursor: string | null = null;
  do {
    const answer: unknown = await api.get(path, { ...query, limit: factsPerPage, cursor: cursor ?? undefined });
    const page = factPageSchema.parse(answer);
    yield page.facts ?? page.points ?? [];
    cursor = page.next;
  } while (cursor !== null);
}
