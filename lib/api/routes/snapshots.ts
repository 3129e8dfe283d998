import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { onlyInstrument } from "../../market/open-snapshot.ts";
import type { SnapshotEntry } from "../../market/snapshot-catalog.ts";
import { verifySnapshot } from "../../market/verify-snapshot.ts";
import { allRuns } from "../../run/retention.ts";
import type { ApiDeps } from "../api-deps.ts";
import type { ApiEnv } from "../api-env.ts";
import { jsonAnswer } from "../json-content.ts";
import { nextCursor, pageOf, pageQuery } from "../pages.ts";
import { ProblemError, problemResponses } from "../problem.ts";
import { snapshotReference } from "../references.ts";
import { snapshotOf } from "../snapshot-of-request.ts";
import { snapshotDocumentSchema, snapshotEntrySchema, snapshotVerificationSchema } from "../snapshot-schemas.ts";

const params = z.object({ name: snapshotReference });

const listSnapshots = createRoute({
  method: "get",
  path: "/snapshots",
  summary: "Every name with the snapshot that it means now",
  tags: ["Snapshots"],
  request: { query: z.object(pageQuery(100, 1_000)) },
  responses: {
    200: jsonAnswer(z.object({ snapshots: z.array(snapshotEntrySchema), next: nextCursor }), "A page of snapshots."),
    ...problemResponses(),
  },
});

const getSnapshot = createRoute({
  method: "get",
  path: "/snapshots/{name}",
  summary: "What a snapshot holds, where it came from, and its quality report",
  tags: ["Snapshots"],
  request: { params },
  responses: { 200: jsonAnswer(snapshotDocumentSchema, "The snapshot."), ...problemResponses(404, 413, 422) },
});

const getVerification = createRoute({
  method: "get",
  path: "/snapshots/{name}/verification",
  summary: "Read every chunk and check hashes, counts, times and prices",
  tags: ["Snapshots"],
  request: { params },
  responses: { 200: jsonAnswer(snapshotVerificationSchema, "What was found."), ...problemResponses(404) },
});

const deleteSnapshot = createRoute({
  method: "delete",
  path: "/snapshots/{name}",
  summary: "Forget a name; its bars are freed by the next cleanup when no other name has them",
  tags: ["Snapshots"],
  request: { params },
  responses: {
    200: jsonAnswer(z.object({ removed: z.array(z.string()) }), "It is forgotten."),
    ...problemResponses(404, 409),
  },
});

/** What runs read. */
export function addSnapshots(app: OpenAPIHono<ApiEnv>, { stores }: ApiDeps): void {
  app.openapi(listSnapshots, async (c) => {
    const { items, next } = pageOf(await stores.snapshots.list(), c.req.valid("query"));
    const snapshots = await Promise.all(items.map(entryDocument));
    return c.json({ snapshots, next }, 200);
  });

  app.openapi(getSnapshot, async (c) => {
    const { name } = c.req.valid("param");
    const manifest = await snapshotOf(name, stores.snapshots);
    const history = await stores.snapshots.history(name);
    return c.json({ name: history.length === 0 ? null : name, ...manifest, history }, 200);
  });

  app.openapi(getVerification, async (c) => {
    const report = await verifySnapshot(await snapshotOf(c.req.valid("param").name, stores.snapshots), stores.objects);
    return c.json({ ok: report.problems.length === 0, ...report }, 200);
  });

  app.openapi(deleteSnapshot, async (c) => {
    const { name } = c.req.valid("param");
    const meant = new Set((await stores.snapshots.history(name)).map(({ snapshotId }) => snapshotId));
    if (meant.size === 0) throw unknown(name);
    const reader = await unfinishedReader(meant);
    if (reader !== undefined)
      throw new ProblemError(
        409,
        "snapshot-needed",
        `Run "${reader}" is not finished and reads this snapshot: cancel and delete it first.`,
      );
    await stores.snapshots.removeName(name);
    return c.json({ removed: [name] }, 200);
  });

  async function entryDocument({ name, snapshotId, recordedAtMs }: SnapshotEntry) {
    const manifest = await stores.snapshots.get(snapshotId);
    if (manifest === undefined) throw new Error(`Snapshot ${snapshotId} of name "${name}" is not in the catalog.`);
    const { symbol, timeframe, currency, timeZone, barCount, firstTimeMs, lastTimeMs, chunks } =
      onlyInstrument(manifest);
    const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.sizeBytes, 0);
    return {
      name,
      snapshotId,
      symbol,
      timeframe,
      currency,
      timeZone,
      barCount,
      firstTimeMs,
      lastTimeMs,
      chunkCount: chunks.length,
      sizeBytes,
      recordedAtMs,
    };
  }

  /** A run that could not go on without one of these snapshots, among the newest. */
  async function unfinishedReader(snapshotIds: ReadonlySet<string>): Promise<string | undefined> {
    let looked = 0;
    for await (const run of allRuns(stores.runs)) {
      if (run.status !== "completed" && run.status !== "failed" && snapshotIds.has(run.snapshotId)) return run.runId;
      if (++looked === runsLookedAt) return undefined;
    }
    return undefined;
  }
}

const runsLookedAt = 1_000;

function unknown(name: string): ProblemError {
  return new ProblemError(404, "unknown-snapshot", `There is no snapshot of the name "${name}". See GET /snapshots.`);
}
