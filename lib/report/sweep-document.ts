import type { ObjectStore } from "../market/object-store.ts";
import type { SweepStores } from "../sweep/open-sweep.ts";
import type { TableRow } from "../sweep/sweep-digest.ts";
import { sweepWarnings } from "../sweep/sweep-models.ts";
import { getDocument } from "../sweep/sweep-objects.ts";
import type { SweepResult } from "../sweep/sweep-result.ts";
import { computedLanes, type SweepRecord } from "../sweep/sweep-store.ts";
import type { RunCost } from "./run-document.ts";

/** A sweep as lists show it. */
export type SweepEntry = ReturnType<typeof sweepEntry>;

/** A sweep without its answer. */
export function sweepEntry(sweep: SweepRecord) {
  const { sweepId, name, strategy, tags, status, counts, attempt, createdAtMs, updatedAtMs, durationMs } = sweep;
  return {
    sweepId,
    name,
    strategy,
    tags,
    status,
    reason: sweep.reason ?? null,
    resultDigest: sweep.resultDigest ?? null,
    counts,
    attempt,
    createdAtMs,
    updatedAtMs,
    durationMs,
    snapshotId: sweep.snapshotId,
  };
}

/** What `--json` answers about a sweep. Fractions rather than percent, null where there is nothing. */
export type SweepDocument = Awaited<ReturnType<typeof sweepDocument>>;

/** The sweep with its answer, every row of its table in it (`lanes`) unless none are wanted. Before its end there is none: `best` is null, lists are empty. */
export async function sweepDocument(
  sweep: SweepRecord,
  cost: RunCost,
  stores: Pick<SweepStores, "objects" | "snapshots">,
  rows: "all" | "none" = "all",
) {
  const { objects } = stores;
  const result = await loadResult(sweep, objects);
  const lanes: SweepLane[] = [];
  for (const { hash } of rows === "all" ? (result?.table ?? []) : []) lanes.push(...(await readRows(hash, objects)));
  const { counts, createdAtMs, updatedAtMs, durationMs, attempt } = sweep;
  const computed = computedLanes(counts);
  return {
    sweepId: sweep.sweepId,
    name: sweep.name,
    status: sweep.status,
    reason: sweep.reason ?? null,
    resultDigest: sweep.resultDigest ?? null,
    best: result?.best ?? null,
    lanes,
    windows: result?.windows ?? [],
    stitched: result?.stitched ?? null,
    paths: result?.paths ?? null,
    regimes: result?.regimes ?? null,
    overfitting: result?.overfitting ?? null,
    drift: result?.drift ?? [],
    spreads: result?.spreads ?? {},
    surface: result?.surface ?? null,
    failures: result?.failures ?? {},
    counts,
    warnings: await sweepWarnings(sweep, stores),
    timing: {
      createdAtMs,
      updatedAtMs,
      durationMs,
      attempts: attempt,
      lanesPerSecond: durationMs > 0 && computed > 0 ? (computed / durationMs) * 1_000 : null,
    },
    cost,
    strategy: sweep.strategy,
    tags: sweep.tags,
    seed: sweep.seed,
    engineVersion: sweep.engineVersion,
    specDigest: sweep.specDigest,
    snapshotId: sweep.snapshotId,
    hosts: sweep.hosts ?? [],
    bars: result?.bars ?? null,
    spec: sweep.spec,
  };
}

/** A row of a sweep's table; of `metrics` and `failure` one is null. */
export type SweepLane = {
  readonly window: number;
  readonly range: number;
  readonly lane: number;
  readonly params: TableRow["params"];
  readonly metrics: { readonly [name: string]: number | null } | null;
  readonly failure: string | null;
};

/** Where a page of rows begins: a piece of the table, and a row in it. */
export type LanePlace = { readonly piece: number; readonly row: number };

/** A page of the table's rows, in order, of one window or of all; none before the sweep's end. `next` is absent on the last page. */
export async function sweepLanePage(
  sweep: SweepRecord,
  window: number | undefined,
  from: LanePlace,
  limit: number,
  objects: ObjectStore,
): Promise<{ readonly lanes: readonly SweepLane[]; readonly next?: LanePlace }> {
  const table = (await loadResult(sweep, objects))?.table ?? [];
  const lanes: SweepLane[] = [];
  let { row } = from;
  for (const [piece, { hash, window: own }] of table.entries()) {
    if (piece < from.piece || (window !== undefined && own !== window)) continue;
    if (lanes.length === limit) return { lanes, next: { piece, row: 0 } };
    const rows = await readRows(hash, objects);
    const start = piece === from.piece ? row : 0;
    const end = Math.min(rows.length, start + limit - lanes.length);
    lanes.push(...rows.slice(start, end));
    row = end;
    if (end < rows.length) return { lanes, next: { piece, row } };
  }
  return { lanes };
}

/** The answer of a sweep that has ended; undefined before. */
export async function loadResult(
  { resultHash }: Pick<SweepRecord, "resultHash">,
  objects: ObjectStore,
): Promise<SweepResult | undefined> {
  return resultHash === undefined ? undefined : getDocument<SweepResult>(resultHash, objects);
}

async function readRows(hash: string, objects: ObjectStore): Promise<readonly SweepLane[]> {
  const rows = await getDocument<readonly TableRow[]>(hash, objects);
  return rows.map((row) => ({
    window: row.window,
    range: row.range,
    lane: row.lane,
    params: row.params,
    metrics: "metrics" in row ? (row.metrics as SweepLane["metrics"]) : null,
    failure: "failure" in row ? row.failure : null,
  }));
}
