import type { SweepStore } from "../../sweep/sweep-store.ts";
import { decodeSweep, sweepPage, sweepsAfter } from "../sweep-records.ts";
import { openDatabase, type Survives, text } from "./database.ts";

/** Sweeps in the SQLite file at this path. */
export async function openLocalSweepStore(path: string, survives: Survives = "power"): Promise<SweepStore> {
  const database = await openDatabase(path, survives);
  return {
    createSweep: (sweep) =>
      database.change((db) => {
        const { changes } = db
          .prepare("INSERT OR IGNORE INTO sweeps (sweep_id, created_at_ms, revision, record) VALUES (?, ?, ?, ?)")
          .run(sweep.sweepId, sweep.createdAtMs, sweep.revision, JSON.stringify(sweep));
        return changes === 1;
      }),
    getSweep: (sweepId) =>
      database.read((db) => {
        const row = db.prepare("SELECT record FROM sweeps WHERE sweep_id = ?").get(sweepId);
        return row && decodeSweep(text(row.record));
      }),
    replaceSweep: (next) =>
      database.change((db) => {
        const { changes } = db
          .prepare("UPDATE sweeps SET revision = ?, record = ? WHERE sweep_id = ? AND revision = ?")
          .run(next.revision, JSON.stringify(next), next.sweepId, next.revision - 1);
        return changes === 1;
      }),
    listSweeps: (filter, limit, cursor) =>
      database.read((db) => {
        const after = sweepsAfter(cursor);
        const rows = db
          .prepare(
            `SELECT record FROM sweeps
             WHERE ($strategy IS NULL OR record ->> '$.strategy' = $strategy)
               AND ($status IS NULL OR record ->> '$.status' = $status)
               AND ($tag IS NULL OR EXISTS (SELECT 1 FROM json_each(record, '$.tags') WHERE value = $tag))
               AND ($afterMs IS NULL OR (created_at_ms, sweep_id) < ($afterMs, $afterId))
             ORDER BY created_at_ms DESC, sweep_id DESC LIMIT $limit`,
          )
          .all({
            $strategy: filter.strategy ?? null,
            $status: filter.status ?? null,
            $tag: filter.tag ?? null,
            $afterMs: after?.createdAtMs ?? null,
            $afterId: after?.sweepId ?? null,
            // One more than the page tells whether another page follows.
            $limit: limit + 1,
          });
        return sweepPage(
          rows.map((row) => decodeSweep(text(row.record))),
          limit,
        );
      }),
    removeSweep: (sweepId) =>
      database.change((db) => db.prepare("DELETE FROM sweeps WHERE sweep_id = ?").run(sweepId).changes === 1),
    addLanes: (family, resultHash) =>
      database.change((db) => {
        db.prepare("INSERT OR IGNORE INTO sweep_lanes (family, result_hash) VALUES (?, ?)").run(family, resultHash);
      }),
    lanesOf: (family) =>
      database.read((db) =>
        db
          .prepare("SELECT result_hash FROM sweep_lanes WHERE family = ?")
          .all(family)
          .map((row) => text(row.result_hash)),
      ),
    close: () => database.close(),
  };
}
