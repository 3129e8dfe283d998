import { z } from "zod";
import { InputError } from "../engine/input-error.ts";

/** The place of a run in the list: newest first, and by id among runs of the same millisecond. */
export type RunPosition = { readonly createdAtMs: number; readonly runId: string };

/** A cursor that no page of runs has returned. */
export class PageCursorError extends InputError {
  override readonly name = "PageCursorError";
}

/** Opaque text for the position of the last run of a page. */
export function encodeCursor(last: RunPosition): string {
  return Buffer.from(JSON.stringify([last.createdAtMs, last.runId])).toString("base64url");
}

/** The position after which the next page starts; throws PageCursorError for any other text. */
export function decodeCursor(cursor: string): RunPosition {
  const decoded = z.tuple([z.int(), z.string()]).safeParse(parseJson(Buffer.from(cursor, "base64url").toString()));
  if (!decoded.success) throw cursorError(cursor);
  const [createdAtMs, runId] = decoded.data;
  return { createdAtMs, runId };

  function parseJson(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw cursorError(cursor, error);
    }
  }
}

function cursorError(cursor: string, cause?: unknown): PageCursorError {
  return new PageCursorError(
    `Cursor ${JSON.stringify(cursor.slice(0, 40))}: expected the "next" of an earlier page. Start again without a cursor.`,
    { cause },
  );
}
