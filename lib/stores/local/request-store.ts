import type { DatabaseSync } from "node:sqlite";
import type { RequestStore } from "../../run/request-store.ts";
import { decideRequest, decodeRequest, encodeRequest, withAnswer } from "../request-records.ts";
import { openDatabase, text } from "./database.ts";

/** Requests in the SQLite file at this path; those that have expired are removed by the next one. */
export async function openLocalRequestStore(path: string): Promise<RequestStore & { close(): Promise<void> }> {
  const database = await openDatabase(path);
  return {
    begin: (request) =>
      database.change((db) => {
        const stored = readRequest(db, request.key);
        const outcome = decideRequest(stored === undefined ? undefined : decodeRequest(stored), request);
        if (outcome.kind !== "new") return outcome;
        db.prepare("DELETE FROM requests WHERE expires_at_ms <= ?").run(request.atMs);
        db.prepare("INSERT OR REPLACE INTO requests (request_key, expires_at_ms, record) VALUES (?, ?, ?)").run(
          request.key,
          request.expiresAtMs,
          encodeRequest(request),
        );
        return outcome;
      }),
    answer: (key, answer) =>
      database.change((db) => {
        const stored = readRequest(db, key);
        if (stored === undefined) return;
        db.prepare("UPDATE requests SET record = ? WHERE request_key = ?").run(withAnswer(stored, answer), key);
      }),
    forget: (key) => database.change((db) => void db.prepare("DELETE FROM requests WHERE request_key = ?").run(key)),
    close: () => database.close(),
  };
}

function readRequest(db: DatabaseSync, key: string): string | undefined {
  const row = db.prepare("SELECT record FROM requests WHERE request_key = ?").get(key);
  return row && text(row.record);
}
