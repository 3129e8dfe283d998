import type { SweepFilter, SweepRecord, SweepStore } from "../../sweep/sweep-store.ts";
import { decodeSweep, matchesSweepFilter, sweepPage, sweepsAfter } from "../sweep-records.ts";
import { afterEveryRun, createdAt, createdRun, familyPartition, indexPartitions, sweepKey } from "./keys.ts";
import {
  collect,
  type IndexQuery,
  type Item,
  keyAttributes,
  keyOf,
  queryIndex,
  queryPartition,
  readItem,
  type Table,
  textOf,
} from "./read-items.ts";
import { hasRevision, isAbsent, isPresent, put, remove, writeTogether } from "./write-items.ts";

/** Sweeps in a DynamoDB table; each family of lanes is a partition of the hashes of its results. */
export function openAwsSweepStore(table: Table): SweepStore {
  return {
    createSweep: (sweep) => writeTogether(table, [put(sweepItem(sweep), isAbsent)]),
    async getSweep(sweepId) {
      const item = await readItem(table, sweepKey(sweepId));
      return item && decodeSweep(textOf(item, "record"));
    },
    replaceSweep: (next) => writeTogether(table, [put(sweepItem(next), hasRevision(next.revision - 1))]),
    async listSweeps(filter, limit, cursor) {
      const position = sweepsAfter(cursor);
      const after = position && placeOf(position);
      const found: SweepRecord[] = [];
      const pages = queryIndex(table, {
        ...indexOf(filter),
        from: createdAt(0),
        to: after ?? afterEveryRun,
        newestFirst: true,
        pageSize: Math.min(limit + 2, 100),
      });
      for await (const items of pages) {
        for (const item of items) {
          const sweep = decodeSweep(textOf(item, "record"));
          if (matchesSweepFilter(sweep, filter) && (after === undefined || placeOf(sweep) < after)) found.push(sweep);
        }
        if (found.length > limit) break;
      }
      return sweepPage(found, limit);
    },
    removeSweep: (sweepId) => writeTogether(table, [remove(sweepKey(sweepId), isPresent)]),
    async addLanes(family, resultHash) {
      await writeTogether(table, [put(keyAttributes({ pk: familyPartition(family), sk: resultHash }))]);
    },
    async lanesOf(family) {
      const items = await collect(queryPartition(table, { pk: familyPartition(family), from: "0", to: afterEveryRun }));
      return items.map((item) => keyOf(item).sk);
    },
    async close() {},
  };
}

function indexOf({ status, strategy }: SweepFilter): Pick<IndexQuery, "index" | "partition"> {
  if (status !== undefined) return { index: "byStatus", partition: indexPartitions.sweepStatus(status) };
  if (strategy !== undefined) return { index: "byStrategy", partition: indexPartitions.sweepStrategy(strategy) };
  return { index: "byList", partition: indexPartitions.everySweep };
}

function sweepItem(sweep: SweepRecord): Item {
  return {
    ...keyAttributes(sweepKey(sweep.sweepId)),
    record: { S: JSON.stringify(sweep) },
    revision: { N: String(sweep.revision) },
    list: { S: indexPartitions.everySweep },
    listKey: { S: placeOf(sweep) },
    status: { S: indexPartitions.sweepStatus(sweep.status) },
    strategy: { S: indexPartitions.sweepStrategy(sweep.strategy) },
    createdRun: { S: placeOf(sweep) },
  };
}

function placeOf({ createdAtMs, sweepId }: Pick<SweepRecord, "createdAtMs" | "sweepId">): string {
  return createdRun({ createdAtMs, runId: sweepId });
}
