import { z } from "zod";
import { InputError } from "../../engine/input-error.ts";

/** The folder or a file in it cannot be used as it is: read-only, not permitted, or not what it should be. */
export class StorageError extends InputError {
  override readonly name = "StorageError";
}

/** No room for a write: the disk or a quota is full, or a file would grow past the process's limit. */
export class StorageFullError extends Error {
  override readonly name = "StorageFullError";
}

/** The disk answered a read or write with an error. */
export class StorageFailureError extends Error {
  override readonly name = "StorageFailureError";
}

/** Another process kept the database locked through every try. */
export class StorageBusyError extends Error {
  override readonly name = "StorageBusyError";
}

/** The database file is not one, or damaged. */
export class DatabaseDamagedError extends Error {
  override readonly name = "DatabaseDamagedError";
}

/** Whether the same call may well succeed a moment later. */
export function isTransient(error: unknown): boolean {
  const code = sqliteCode(error);
  if (code !== undefined) return primary(code) === sqlite.busy;
  return ["EAGAIN", "EBUSY", "EINTR"].includes(systemCode(error) ?? "");
}

/** The error of a file operation in this project's words, with the path and the way out; one it does not know is returned as it is. */
export function fileError(error: unknown, path: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  const found = `${path}: ${code}`;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return new StorageFullError(`${found}, no room to write. ${makeRoom}`, { cause: error });
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return new StorageError(`${found}, expected permission to write. ${otherFolder}`, { cause: error });
    case "ENOTDIR":
    case "EEXIST":
    case "EISDIR":
    case "ELOOP":
    case "ENAMETOOLONG":
    case "ENOENT":
      return new StorageError(
        `${found}, expected a folder with files of backstitch's own. Move away what is in the place, or choose another folder with BACKSTITCH_HOME.`,
        { cause: error },
      );
    case "EAGAIN":
    case "EBUSY":
    case "EINTR":
      return new StorageBusyError(`${found} after three tries. ${tryAgain}`, { cause: error });
    case "EIO":
      return new StorageFailureError(`${found}, the disk failed. ${checkDisk}`, { cause: error });
    default:
      return error;
  }
}

/** The error of a database call in this project's words; one it does not know is returned as it is. */
export function databaseError(error: unknown, path: string): unknown {
  const code = sqliteCode(error);
  if (code === undefined) return error;
  const found = `${path}: ${error instanceof Error ? error.message : ""} (SQLite ${code})`;
  switch (primary(code)) {
    case sqlite.full:
      return new StorageFullError(`${found}, no room to write. ${makeRoom}`, { cause: error });
    case sqlite.ioError:
      return code === sqlite.ioErrorSharedMemorySize
        ? new StorageFullError(`${found}, no room to write. ${makeRoom}`, { cause: error })
        : new StorageFailureError(`${found}. ${checkDisk}`, { cause: error });
    case sqlite.permission:
    case sqlite.readOnly:
    case sqlite.cannotOpen:
      return new StorageError(`${found}, expected a database file that can be written. ${otherFolder}`, {
        cause: error,
      });
    case sqlite.corrupt:
    case sqlite.notADatabase:
      return new DatabaseDamagedError(`${found}. ${restore}`, { cause: error });
    case sqlite.busy:
    case sqlite.locked:
      return new StorageBusyError(`${found}: another process holds it. ${tryAgain}`, { cause: error });
    default:
      return error;
  }
}

const makeRoom = "What was saved before is whole: make room (space, quota, file size limit), then repeat the command.";
const otherFolder = "Make it writable for this user, or choose another folder with BACKSTITCH_HOME.";
const tryAgain = "Wait for the other process, then repeat the command.";
const checkDisk = "What was saved before is whole: check the disk's space, limits and health, then repeat the command.";
const restore =
  "Put back a copy of it, or move it away with its -wal and -shm files and start anew: the files under objects/ stay good, data is imported again.";

/** https://www.sqlite.org/rescode.html: the low byte is the primary code, the whole number the extended one. */
const sqlite = {
  permission: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
  ioErrorSharedMemorySize: 4874,
} as const;

function primary(code: number): number {
  return code & 0xff;
}

function sqliteCode(error: unknown): number | undefined {
  const parsed = z.object({ code: z.literal("ERR_SQLITE_ERROR"), errcode: z.int() }).safeParse(error);
  return parsed.success ? parsed.data.errcode : undefined;
}

function systemCode(error: unknown): string | undefined {
  const parsed = z.object({ code: z.string(), syscall: z.string() }).safeParse(error);
  return parsed.success ? parsed.data.code : undefined;
}
