import type { Metrics } from "../engine/metrics.ts";
import type { ObjectStore } from "../market/object-store.ts";
import { momentMs } from "../run/moment.ts";
import { encodeCursor } from "../stores/page-cursor.ts";
import { type Condition, firstBroken } from "../sweep/conditions.ts";
import { parseMetricCondition } from "../sweep/metric-conditions.ts";
import type { SweepFilter, SweepRecord, SweepStore } from "../sweep/sweep-store.ts";
import { loadResult, type SweepEntry, sweepEntry } from "./sweep-document.ts";

/**
 * What sweeps are looked for by: also a date or time of creation from and to which (a date counts to its end), and a condition such as "sharpe > 1", met by the stitched
 * record out of sample, or by the best lane of a sweep without one.
 */
export type SweepQuery = SweepFilter & { readonly from?: string; readonly to?: string; readonly metric?: string };

/** `looked`: how many records were read for the page. A page may be short, even empty, and still have a `next`. */
export type FoundSweeps = {
  readonly sweeps: readonly SweepEntry[];
  readonly next: string | null;
  readonly looked: number;
};

/** Records that one page looks at; beyond it the page ends early and says where to go on. */
const mostLooked = 1_000;
const pageSize = 100;

/** A page of at most `limit` sweeps, newest first. Throws SweepSpecError for a condition that cannot be read, PageCursorError for a cursor that no page returned. */
export async function findSweeps(
  { from, to, metric, ...filter }: SweepQuery,
  limit: number,
  cursor: string | undefined,
  stores: { readonly sweeps: SweepStore; readonly objects: ObjectStore },
): Promise<FoundSweeps> {
  const conditions = metric === undefined ? [] : [parseMetricCondition("metric", metric)];
  const fromMs = from === undefined ? Number.NEGATIVE_INFINITY : momentMs(from, "start");
  const toMs = to === undefined ? Number.POSITIVE_INFINITY : momentMs(to, "end");
  const sweeps: SweepEntry[] = [];
  let [next, looked] = [cursor, 0];
  do {
    const page = await stores.sweeps.listSweeps(filter, pageSize, next);
    for (const [i, sweep] of page.items.entries()) {
      looked += 1;
      // Newest first: what follows is older still.
      if (sweep.createdAtMs < fromMs) return { sweeps, next: null, looked };
      if (sweep.createdAtMs <= toMs && (await meets(sweep, conditions, stores.objects))) sweeps.push(sweepEntry(sweep));
      const isLast = i === page.items.length - 1 && page.next === undefined;
      if (sweeps.length === limit)
        return { sweeps, next: isLast ? null : encodeCursor({ ...sweep, runId: sweep.sweepId }), looked };
    }
    next = page.next;
  } while (next !== undefined && looked < mostLooked);
  return { sweeps, next: next ?? null, looked };
}

async function meets(sweep: SweepRecord, conditions: readonly Condition[], objects: ObjectStore): Promise<boolean> {
  if (conditions.length === 0) return true;
  const result = await loadResult(sweep, objects);
  const metrics: Metrics | undefined = result?.stitched?.metrics ?? result?.best?.metrics;
  return metrics !== undefined && firstBroken(conditions, metrics) === undefined;
}
