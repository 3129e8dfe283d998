import { expect, test } from "vitest";
import { retryTransient } from "../../lib/stores/local/retry.ts";

test.each(["EAGAIN", "EBUSY", "EINTR"])("a write that meets %s twice succeeds at the third try", async (code) => {
  expect(await retryTransient(failing(systemError(code), 2))).toBe(3);
});

test("a busy database is tried again", async () => {
  expect(await retryTransient(failing(sqliteError(5), 2))).toBe(3);
});

test("a database that is busy with its recovery is tried again", async () => {
  // SQLITE_BUSY_RECOVERY, 5 | 1 << 8
  expect(await retryTransient(failing(sqliteError(261), 1))).toBe(2);
});

test("the third failure is thrown", async () => {
  const error = systemError("EBUSY");
  await expect(retryTransient(failing(error, 3))).rejects.toBe(error);
});

test.each([systemError("ENOSPC"), systemError("EACCES"), sqliteError(13), new Error("a bug")])(
  "%o is thrown at once",
  async (error) => {
    await expect(retryTransient(failing(error, 1))).rejects.toBe(error);
  },
);

/** Throws the error that many times, then returns how often it was called. */
function failing(error: Error, failures: number): () => Promise<number> {
  let calls = 0;
  return async () => {
    calls++;
    if (calls <= failures) throw error;
    return calls;
  };
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}, write`), { code, syscall: "write" });
}

function sqliteError(errcode: number): Error {
  return Object.assign(new Error("SQLite"), { code: "ERR_SQLITE_ERROR", errcode });
}
