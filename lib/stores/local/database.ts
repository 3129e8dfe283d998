import assert from "node:assert/strict";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { retryTransient } from "./retry.ts";
import { migrate } from "./schema.ts";
import { databaseError } from "./storage-errors.ts";

/** One connection to the database file, which other threads and processes use at the same time. */
export type Database = {
  /** One statement's answer. */
  read<T>(query: (db: DatabaseSync) => T): Promise<T>;
  /** All of the change or none of it, after every change of other processes and before the next; as durable as the connection when it returns. */
  change<T>(change: (db: DatabaseSync) => T): Promise<T>;
  /** Closing twice is allowed. */
  close(): Promise<void>;
};

/**
 * What a change outlives when it returns: `power` a power failure; `process` the end of every process, while a power failure may take the newest changes along, in
 * order and whole, unless a change of a connection of the other kind came after them.
 */
export type Survives = "power" | "process";

/** Opens the file, made when absent, and brings it to this version's schema; throws the errors of `storage-errors.ts`. */
export async function openDatabase(path: string, survives: Survives = "power"): Promise<Database> {
  const db = await translated(() => connect(path, survives));
  return {
    read: (query) => translated(() => query(db)),
    change: (change) => translated(() => inTransaction(db, change)),
    async close() {
      if (db.isOpen) db.close();
    },
  };

  async function translated<T>(operation: () => T): Promise<T> {
    try {
      return await retryTransient(operation);
    } catch (error) {
      throw databaseError(error, path);
    }
  }
}

/** The text in a column that is declared TEXT NOT NULL. */
export function text(value: SQLOutputValue | undefined): string {
  assert(typeof value === "string", `A text column held ${typeof value}.`);
  return value;
}

/** The integer in a column that is declared INTEGER NOT NULL. */
export function integer(value: SQLOutputValue | undefined): number {
  assert(typeof value === "number", `An integer column held ${typeof value}.`);
  return value;
}

/** How long SQLite itself waits for another process's transaction, before the call is tried again. */
const busyTimeoutMs = 5_000;

function connect(path: string, survives: Survives): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    // A write-ahead log lets readers go on during a write. FULL syncs it at every commit; NORMAL could lose the last commits when the power fails.
    db.exec("PRAGMA journal_mode = WAL");
    db.exec(`PRAGMA synchronous = ${survives === "power" ? "FULL" : "NORMAL"}`);
    migrate(db, path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function inTransaction<T>(db: DatabaseSync, change: (db: DatabaseSync) => T): T {
  // IMMEDIATE takes the write lock before the first read, so that what is read is still true when it is written.
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = change(db);
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk makes SQLite roll back by itself.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
