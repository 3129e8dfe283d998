import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { SnapshotCatalog, SnapshotEntry } from "../../market/snapshot-catalog.ts";
import { decodeManifest, encodeManifest } from "../../market/snapshot-manifest.ts";
import { parseIdPrefix } from "../id-prefix.ts";
import { integer, openDatabase, text } from "./database.ts";

/** Snapshots in the SQLite file at this path. */
export async function openLocalSnapshotCatalog(path: string): Promise<SnapshotCatalog> {
  const database = await openDatabase(path);
  return {
    async put({ name, recordedAtMs, manifest, replaces }) {
      const { snapshotId } = manifest;
      return database.change((db) => {
        const newestId = newestOf(db, name);
        if (newestId === snapshotId) return { kind: "alreadyStored" };
        if (replaces !== undefined && replaces !== newestId) return { kind: "superseded", newestId };
        db.prepare("INSERT INTO snapshots (snapshot_id, manifest) VALUES (?, ?) ON CONFLICT DO NOTHING").run(
          snapshotId,
          encodeManifest(manifest),
        );
        db.prepare("INSERT INTO snapshot_names (name, snapshot_id, recorded_at_ms) VALUES (?, ?, ?)").run(
          name,
          snapshotId,
          recordedAtMs,
        );
        return { kind: "stored" };
      });
    },
    async get(snapshotId) {
      const row = await database.read((db) =>
        db.prepare("SELECT manifest FROM snapshots WHERE snapshot_id = ?").get(snapshotId),
      );
      return row && decodeManifest(text(row.manifest));
    },
    async history(name) {
      const rows = await database.read((db) =>
        db.prepare("SELECT * FROM snapshot_names WHERE name = ? ORDER BY position DESC").all(name),
      );
      return rows.map(decodeEntry);
    },
    async list() {
      const rows = await database.read((db) =>
        db
          .prepare(
            "SELECT * FROM snapshot_names WHERE position IN (SELECT max(position) FROM snapshot_names GROUP BY name)",
          )
          .all(),
      );
      return rows.map(decodeEntry).sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async findIds(idPrefix) {
      const prefix = parseIdPrefix(idPrefix);
      const rows = await database.read((db) =>
        db
          // "g" comes after every hex digit.
          .prepare("SELECT snapshot_id FROM snapshots WHERE snapshot_id >= ? AND snapshot_id < ? ORDER BY snapshot_id")
          .all(prefix, `${prefix}g`),
      );
      return rows.map((row) => text(row.snapshot_id));
    },
    async removeName(name) {
      return database.change((db) => {
        if (newestOf(db, name) === undefined) return false;
        db.prepare("DELETE FROM snapshot_names WHERE name = ?").run(name);
        db.exec("DELETE FROM snapshots WHERE snapshot_id NOT IN (SELECT snapshot_id FROM snapshot_names)");
        return true;
      });
    },
    close: () => database.close(),
  };
}

function newestOf(db: DatabaseSync, name: string): string | undefined {
  const row = db
    .prepare("SELECT snapshot_id FROM snapshot_names WHERE name = ? ORDER BY position DESC LIMIT 1")
    .get(name);
  return row && text(row.snapshot_id);
}

function decodeEntry(row: Record<string, SQLOutputValue>): SnapshotEntry {
  return {
    name: text(row.name),
    snapshotId: text(row.snapshot_id),
    recordedAtMs: integer(row.recorded_at_ms),
  };
}
