import type { Metrics } from "../engine/metrics.ts";
import { loadResult } from "../run/finish.ts";
import type { RunStores } from "../run/opened-run.ts";
import { type RunFilterFlags, runFilter } from "../run/run-filter.ts";
import type { RunRecord } from "../run/run-store.ts";
import { encodeCursor } from "../stores/page-cursor.ts";
import { type Condition, firstBroken } from "../sweep/conditions.ts";
import { namesIn } from "../sweep/expression.ts";
import { parseMetricCondition } from "../sweep/metric-conditions.ts";
import { type RunEntry, runEntry } from "./run-document.ts";

/** What runs are looked for by. `metric`: a condition such as "sharpe > 1 and closedTrades >= 30", met by at least one lane of a completed run. */
export type RunQuery = RunFilterFlags & { readonly tag?: string; readonly metric?: string };

/** A run that was found; with a metric condition, the first lane that meets it and what it speaks of. */
export type FoundRun = RunEntry & {
  readonly match?: { readonly lane: number; readonly metrics: { readonly [name: string]: number | null } };
};

/** `looked`: how many records were read for the page. A page may be short, even empty, and still have a `next`. */
export type FoundRuns = { readonly runs: readonly FoundRun[]; readonly next: string | null; readonly looked: number };

/** Records that one page looks at; beyond it the page ends early and says where to go on. */
const mostLooked = 1_000;
const pageSize = 100;

/** A page of at most `limit` runs, newest first. Throws SweepSpecError for a condition that cannot be read, PageCursorError for a cursor that no page returned. */
export async function findRuns(
  query: RunQuery,
  limit: number,
  cursor: string | undefined,
  stores: RunStores,
): Promise<FoundRuns> {
  const conditions = query.metric === undefined ? [] : [parseMetricCondition("metric", query.metric)];
  const filter = runFilter(query);
  if (query.tag === undefined && conditions.length === 0) {
    const { items, next } = await stores.runs.listRuns(filter, limit, cursor);
    return { runs: items.map(runEntry), next: next ?? null, looked: items.length };
  }
  const runs: FoundRun[] = [];
  let [next, looked] = [cursor, 0];
  do {
    const page = await stores.runs.listRuns(filter, pageSize, next);
    for (const [i, run] of page.items.entries()) {
      looked += 1;
      const found = await matched(run, query.tag, conditions, stores);
      if (found !== undefined) runs.push(found);
      const isLast = i === page.items.length - 1 && page.next === undefined;
      if (runs.length === limit) return { runs, next: isLast ? null : encodeCursor(run), looked };
    }
    next = page.next;
  } while (next !== undefined && looked < mostLooked);
  return { runs, next: next ?? null, looked };
}

async function matched(
  run: RunRecord,
  tag: string | undefined,
  conditions: readonly Condition[],
  stores: RunStores,
): Promise<FoundRun | undefined> {
  const entry = runEntry(run);
  if (tag !== undefined && !entry.tags.includes(tag)) return undefined;
  if (conditions.length === 0) return entry;
  const lanes = (await loadResult(run, stores))?.lanes ?? [];
  const lane = lanes.findIndex(({ metrics }) => firstBroken(conditions, metrics) === undefined);
  const metrics = lanes[lane]?.metrics;
  return metrics === undefined ? undefined : { ...entry, match: { lane, metrics: spokenOf(conditions, metrics) } };
}

function spokenOf(conditions: readonly Condition[], metrics: Metrics) {
  const names = new Set(conditions.flatMap(({ expression }) => namesIn(expression).map(({ name }) => name)));
  return Object.fromEntries(Object.entries(metrics).filter(([name]) => names.has(name)));
}
