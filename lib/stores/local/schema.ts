import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import { InputError } from "../../engine/input-error.ts";

/** The database was written by a newer backstitch. */
export class NewerSchemaError extends InputError {
  override readonly name = "NewerSchemaError";
}

/**
 * Brings the database to this version's schema in one transaction; does nothing when it is there. `user_version` counts the
 * migrations done, and the table `schema_version` says which backstitch each needs, so that an older one can name it.
 */
export function migrate(db: DatabaseSync, path: string): void {
  if (versionOf(db, path) === migrations.length) return;
  db.exec("BEGIN IMMEDIATE");
  // Another process may have migrated while this one waited for the lock.
  const done = versionOf(db, path);
  for (const [index, { needs, sql }] of migrations.entries()) {
    if (index < done) continue;
    db.exec(sql);
    db.prepare("INSERT INTO schema_version (version, needs_backstitch) VALUES (?, ?)").run(index + 1, needs);
  }
  db.exec(`PRAGMA user_version = ${migrations.length}`);
  db.exec("COMMIT");
}

function versionOf(db: DatabaseSync, path: string): number {
  const version = db.prepare("PRAGMA user_version").get()?.user_version;
  assert(typeof version === "number");
  if (version <= migrations.length) return version;
  const needs = db.prepare("SELECT needs_backstitch FROM schema_version ORDER BY version DESC LIMIT 1").get();
  throw new NewerSchemaError(
    `${path}: expected schema ${migrations.length} or older, found ${version}. It needs backstitch ${needs?.needs_backstitch} or newer: update, or choose another folder with BACKSTITCH_HOME.`,
  );
}

/** Added to, never edited. A record is JSON text; the columns beside it are what conditions and filters look at. */
const migrations: readonly { readonly needs: string; readonly sql: string }[] = [
  {
    needs: "0.1.0",
    sql: `
      CREATE TABLE schema_version (version INTEGER PRIMARY KEY, needs_backstitch TEXT NOT NULL) STRICT;

      CREATE TABLE runs (
        run_id TEXT NOT NULL UNIQUE,
        created_at_ms INTEGER NOT NULL,
        strategy TEXT NOT NULL,
        status TEXT NOT NULL,
        head_sequence INTEGER NOT NULL,
        engine_version INTEGER NOT NULL,
        spec_digest TEXT NOT NULL,
        snapshot_id TEXT NOT NULL,
        origin_run_id TEXT,
        origin_checkpoint_id TEXT,
        record TEXT NOT NULL
      ) STRICT;
      CREATE INDEX runs_by_creation ON runs (created_at_ms, run_id);
      CREATE INDEX runs_by_key ON runs (spec_digest, snapshot_id, engine_version);
      CREATE INDEX runs_by_origin ON runs (origin_run_id) WHERE origin_run_id IS NOT NULL;

      CREATE TABLE checkpoints (
        run_id TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        checkpoint_id TEXT NOT NULL,
        record TEXT NOT NULL,
        state TEXT NOT NULL,
        UNIQUE (run_id, sequence)
      ) STRICT;
      CREATE INDEX checkpoints_by_id ON checkpoints (checkpoint_id);

      CREATE TABLE segments (
        run_id TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        record TEXT NOT NULL,
        UNIQUE (run_id, sequence)
      ) STRICT;

      CREATE TABLE events (position INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, record TEXT NOT NULL) STRICT;
      CREATE INDEX events_by_run ON events (run_id, position);

      CREATE TABLE snapshots (snapshot_id TEXT NOT NULL UNIQUE, manifest TEXT NOT NULL) STRICT;
      CREATE TABLE snapshot_names (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        snapshot_id TEXT NOT NULL,
        recorded_at_ms INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX snapshot_names_by_name ON snapshot_names (name, position);
      CREATE INDEX snapshot_names_by_snapshot ON snapshot_names (snapshot_id);
    `,
  },
  {
    needs: "0.1.0",
    sql: `
      CREATE TABLE requests (request_key TEXT NOT NULL UNIQUE, expires_at_ms INTEGER NOT NULL, record TEXT NOT NULL) STRICT;
      CREATE INDEX requests_by_expiry ON requests (expires_at_ms);
    `,
  },
  {
    needs: "0.1.0",
    sql: `
      CREATE TABLE sweeps (sweep_id TEXT NOT NULL UNIQUE, created_at_ms INTEGER NOT NULL, revision INTEGER NOT NULL, record TEXT NOT NULL) STRICT;
      CREATE INDEX sweeps_by_creation ON sweeps (created_at_ms, sweep_id);
      CREATE TABLE sweep_lanes (family TEXT NOT NULL, result_hash TEXT NOT NULL, UNIQUE (family, result_hash)) STRICT;
    `,
  },
];
