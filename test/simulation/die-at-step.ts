/**
 * Preloaded (`node --import`) into a process that is to die in a write: counts the steps of the writes to files and to the database, in every thread, and
 * kills the process at step number DIE_AT_STEP, having printed its name to stderr. What is killed is the real thing: nothing here replaces a write.
 */
import { writeSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { DatabaseSync } from "node:sqlite";

const dieAt = Number(process.env.DIE_AT_STEP ?? 0);
// A thread inherits the environment as it is when it begins; the main thread writes nothing after that.
let steps = Number(process.env.STEPS_DONE ?? 0);

/** Counts one step; true when the process must die in it. */
function isLast(): boolean {
  steps += 1;
  process.env.STEPS_DONE = String(steps);
  return steps === dieAt;
}

function die(step: string): never {
  writeSync(2, `${step}\n`);
  process.kill(process.pid, "SIGKILL");
  // The signal is on its way; nothing may happen before it arrives.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const { open, rename } = fs;
Object.assign(fs, {
  open: async (...args: Parameters<typeof open>) => {
    const file = await open(...args);
    if (args[1] !== "wx") return file;
    const writeFile = file.writeFile.bind(file);
    return Object.assign(file, {
      writeFile: async (bytes: Uint8Array) => {
        if (!isLast()) return writeFile(bytes);
        await writeFile(bytes.subarray(0, bytes.length / 2));
        return die("file half written");
      },
    });
  },
  rename: async (...args: Parameters<typeof rename>) => {
    if (isLast()) die("file written, not renamed");
    await rename(...args);
    if (isLast()) die("file renamed");
  },
});
syncBuiltinESMExports();

const { exec } = DatabaseSync.prototype;
Object.assign(DatabaseSync.prototype, {
  exec(this: DatabaseSync, sql: string): void {
    if (sql === "COMMIT" && isLast()) die("transaction changed, not committed");
    exec.call(this, sql);
    if (sql === "BEGIN IMMEDIATE" && isLast()) die("transaction begun");
    if (sql === "COMMIT" && isLast()) die("transaction committed");
  },
});
